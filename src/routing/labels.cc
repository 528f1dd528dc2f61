#include "routing/labels.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "routing/go_text.h"

namespace tocsin::routing {
namespace {

constexpr char kEnd = '\xff';  // behind each name and each value

uint64_t fnv(std::string_view bytes, uint64_t hash) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

// The text up to the next kEnd, taken off the front together with it.
std::string_view take(std::string_view& block) {
  const auto* end = static_cast<const char*>(std::memchr(block.data(), kEnd, block.size()));
  // A block that from_bytes was given in error still ends.
  const size_t size = end == nullptr ? block.size() : static_cast<size_t>(end - block.data());
  const std::string_view text = block.substr(0, size);
  block.remove_prefix(std::min(size + 1, block.size()));
  return text;
}

// By name, and of equal names in the order given. Insertion, for labels are few and mostly sorted
// already, and it needs no memory; what nobody sends in earnest must not cost a square.
void sort_by_name(std::span<LabelPair> pairs) {
  constexpr size_t kFew = 64;
  if (pairs.size() > kFew) {
    std::vector<std::pair<std::string_view, size_t>> order;
    for (size_t i = 0; i < pairs.size(); ++i) order.emplace_back(pairs[i].first, i);
    std::ranges::sort(order);
    const std::vector<LabelPair> given(pairs.begin(), pairs.end());
    for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = given[order[i].second];
    return;
  }
  for (size_t i = 1; i < pairs.size(); ++i) {
    if (pairs[i - 1].first <= pairs[i].first) continue;
    const LabelPair moved = pairs[i];
    size_t at = i;
    for (; at > 0 && moved.first < pairs[at - 1].first; --at) pairs[at] = pairs[at - 1];
    pairs[at] = moved;
  }
}

}  // namespace

void Labels::append_bytes(std::string& out, std::span<LabelPair> pairs, EmptyValues empty) {
  sort_by_name(pairs);
  size_t size = 0, kept = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const bool is_overruled = i + 1 < pairs.size() && pairs[i].first == pairs[i + 1].first;
    if (is_overruled || (pairs[i].second.empty() && empty == EmptyValues::kLeaveOut)) continue;
    size += pairs[i].first.size() + pairs[i].second.size() + 2;
    pairs[kept++] = pairs[i];
  }
  const size_t begin = out.size();
  // Not the size that it is given: g++ 12's library says the capacity where it had to grow.
  out.resize_and_overwrite(begin + size, [&](char* bytes, size_t) {
    char* at = bytes + begin;
    const auto put = [&at](std::string_view text) {
      at = std::ranges::copy(text, at).out;
      *at++ = kEnd;
    };
    for (const auto& [name, value] : pairs.first(kept)) {
      put(name);
      put(value);
    }
    return begin + size;
  });
}

Labels Labels::from_buffer(std::span<LabelPair> pairs) {
  std::string bytes;
  append_bytes(bytes, pairs, EmptyValues::kLeaveOut);
  return from_bytes(std::move(bytes));
}

Labels Labels::with_empty_values_from_buffer(std::span<LabelPair> pairs) {
  std::string bytes;
  append_bytes(bytes, pairs, EmptyValues::kKeep);
  return from_bytes(std::move(bytes), 0);
}

Labels Labels::with_empty_values(std::vector<LabelPair> pairs) {
  return with_empty_values_from_buffer(pairs);
}

Labels Labels::from_bytes(std::string bytes) {
  const uint64_t fingerprint = fingerprint_of(bytes);
  return from_bytes(std::move(bytes), fingerprint);
}

Labels Labels::from_bytes(std::string bytes, uint64_t fingerprint) {
  Labels labels;
  labels.bytes_ = std::move(bytes);
  labels.fingerprint_ = fingerprint;
  return labels;
}

Labels::Iterator::Iterator(std::string_view rest) : at_(rest.data()), rest_(rest) { read(); }

void Labels::Iterator::read() {
  if (rest_.empty()) return;
  pair_.first = take(rest_);
  pair_.second = take(rest_);
}

Labels::Iterator& Labels::Iterator::operator++() {
  at_ = rest_.data();
  read();
  return *this;
}

Labels::Iterator Labels::Iterator::operator++(int) {
  Iterator before = *this;
  ++*this;
  return before;
}

Labels::Iterator Labels::end() const {
  return Iterator(std::string_view(bytes_).substr(bytes_.size()));
}

// Compares in place and skips by memchr: a pair that is not the one is never split.
std::string_view Labels::value_in(std::string_view rest, std::string_view name) {
  while (rest.size() > name.size()) {
    if (rest[name.size()] == kEnd && rest.starts_with(name)) {
      rest.remove_prefix(name.size() + 1);
      return take(rest);
    }
    take(rest);
    take(rest);
  }
  return {};
}

bool Labels::has(std::string_view name) const {
  for (const LabelPair& pair : *this) {
    if (pair.first == name) return true;
  }
  return false;
}

size_t Labels::size() const { return static_cast<size_t>(std::ranges::count(bytes_, kEnd)) / 2; }

uint64_t Labels::fingerprint_of(std::string_view bytes) {
  return fnv(bytes, Hasher().fingerprint());
}

void Labels::Hasher::add(std::string_view name, std::string_view value) {
  constexpr std::string_view end(&kEnd, 1);
  hash_ = fnv(end, fnv(value, fnv(end, fnv(name, hash_))));
}

std::string Labels::to_text() const {
  std::string out;
  append_text(out, bytes_);
  return out;
}

void Labels::append_text(std::string& out, std::string_view bytes) {
  out += '{';
  for (bool is_first = true; !bytes.empty(); is_first = false) {
    if (!is_first) out += ", ";
    out.append(take(bytes)).push_back('=');
    append_go_quoted(out, take(bytes));
  }
  out += '}';
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  if (bytes_ == other.bytes_) return std::strong_ordering::equal;
  if (const auto order = size() <=> other.size(); order != 0) return order;
  for (Iterator a = begin(), b = other.begin(); a != end() && b != other.end(); ++a, ++b) {
    // The smaller of two names is the one that the other set lacks.
    if (a->first != b->first) return b->first <=> a->first;
    if (a->second != b->second) return a->second <=> b->second;
  }
  return std::strong_ordering::equal;
}

std::string fingerprint_text(uint64_t fingerprint) {
  constexpr size_t kDigits = 16;
  std::string text(kDigits, '0');
  for (size_t i = kDigits; i-- > 0; fingerprint >>= 4) {
    text[i] = "0123456789abcdef"[fingerprint & 0xf];
  }
  return text;
}

std::optional<uint64_t> fingerprint_from(std::string_view text) {
  uint64_t fingerprint = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), fingerprint, 16);
  if (text.size() != 16 || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return fingerprint;
}

}  // namespace tocsin::routing
