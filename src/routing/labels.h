#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::routing {

using LabelPair = std::pair<std::string_view, std::string_view>;

// Names and values, sorted by the bytes of the names, each name once. Held in one block of memory,
// name 0xFF value 0xFF after another: 0xFF is in no UTF-8 text, and the block is what the
// fingerprint is taken over. A few dozen labels are meant: lookups walk. Immutable, a value.
//
// Annotations are kept in it, too; there the empty value is allowed.
class Labels {
 public:
  Labels() = default;
  // Any order. Of a name given twice the last wins; then pairs with an empty value are left out, as
  // Alertmanager does. Texts must be UTF-8 (one with a byte 0xFF would read back as other labels).
  static Labels from(std::vector<LabelPair> pairs) { return from_buffer(pairs); }
  static Labels of(std::initializer_list<LabelPair> pairs) { return from(pairs); }
  static Labels with_empty_values(std::vector<LabelPair> pairs);  // for annotations
  // The same for a caller with a buffer to reuse, which is left in disorder: no allocation but the
  // block. Pairs that come sorted, as from Prometheus, cost one walk.
  static Labels from_buffer(std::span<LabelPair> pairs);
  static Labels with_empty_values_from_buffer(std::span<LabelPair> pairs);
  // Only the block of bytes(), behind what `out` holds.
  enum class EmptyValues { kLeaveOut, kKeep };
  static void append_bytes(std::string& out, std::span<LabelPair> pairs, EmptyValues empty);

  class Iterator {
   public:
    using value_type = LabelPair;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(std::string_view rest);
    const LabelPair& operator*() const { return pair_; }
    const LabelPair* operator->() const { return &pair_; }
    Iterator& operator++();
    Iterator operator++(int);
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void read();
    const char* at_ = nullptr;  // of the current pair; the end of the block at the end
    std::string_view rest_;     // behind the current pair
    LabelPair pair_;
  };
  Iterator begin() const { return Iterator(bytes_); }
  Iterator end() const;

  // The value, empty when there is no such label: the two mean the same to a matcher.
  std::string_view get(std::string_view name) const { return value_in(bytes_, name); }
  static std::string_view value_in(std::string_view bytes, std::string_view name);
  bool has(std::string_view name) const;
  bool empty() const { return bytes_.empty(); }
  size_t size() const;

  // FNV-1a 64 over the block: LabelSet.Fingerprint of github.com/prometheus/common
  // model/signature.go. Known since the labels were made, but for annotations.
  uint64_t fingerprint() const { return fingerprint_ != 0 ? fingerprint_ : fingerprint_of(bytes_); }
  static uint64_t fingerprint_of(std::string_view bytes);
  // The fingerprint of labels that come one by one, sorted.
  class Hasher {
   public:
    void add(std::string_view name, std::string_view value);
    uint64_t fingerprint() const { return hash_; }

   private:
    uint64_t hash_ = 14695981039346656037U;
  };
  std::string_view bytes() const { return bytes_; }
  static Labels from_bytes(std::string bytes);  // what bytes() gave
  // The same of which the fingerprint is known already, or is not worth knowing: 0.
  static Labels from_bytes(std::string bytes, uint64_t fingerprint);

  // {a="x", b="y"}, values quoted as Go's %q does.
  std::string to_text() const;
  static void append_text(std::string& out, std::string_view bytes);

  bool operator==(const Labels& other) const { return bytes_ == other.bytes_; }
  // The order in which Alertmanager lists label sets (github.com/prometheus/common
  // model/labelset.go, LabelSet.Before): fewer labels first; then name by name and value by value,
  // where a set that lacks the name comes first.
  std::strong_ordering operator<=>(const Labels& other) const;

 private:
  std::string bytes_;
  uint64_t fingerprint_ = 0;  // 0: not known
};

std::string fingerprint_text(uint64_t fingerprint);               // 16 hex digits
std::optional<uint64_t> fingerprint_from(std::string_view text);  // what fingerprint_text() gave

}  // namespace tocsin::routing
