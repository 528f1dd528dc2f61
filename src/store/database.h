#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tocsin::store {

class Lease;

// What a column holds. Booleans are 0 and 1, times are microseconds since 1970 (column type
// BIGINT), JSON is text.
struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};
// As a parameter alone: a text or bytes of the caller's, which outlive the call.
struct TextRef {
  std::string_view text;
  bool operator==(const TextRef&) const = default;
};
struct BlobRef {
  std::string_view bytes;
  bool operator==(const BlobRef&) const = default;
};
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob, TextRef, BlobRef>;

// Makes a Value of what a caller has: integers, bool, double, texts, Time, strong ids, optional.
inline Value value(int64_t v) { return v; }
inline Value value(int v) { return int64_t{v}; }
inline Value value(bool v) { return int64_t{v}; }
inline Value value(double v) { return v; }
inline Value value(std::string v) { return v; }
inline Value value(std::string_view v) { return std::string(v); }
inline Value value(const char* v) { return std::string(v); }
inline Value value(Blob v) { return v; }
inline Value value(Time v) { return to_micros(v); }
inline Value value(Duration v) { return int64_t{v.count()}; }
template <class T>
  requires requires(const T& t) {
    typename T::value_type;
    t.value();
    t.empty();
  }
Value value(const T& id) {
  return value(id.value());
}
template <class T>
Value value(const std::optional<T>& v) {
  return v ? value(*v) : Value{};
}

// A parameter of a call that uses it up before it returns: texts and bytes are not copied.
template <class T>
Value parameter(const T& v) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return TextRef{v};
  } else if constexpr (std::is_same_v<T, BlobRef>) {
    return v;
  } else if constexpr (std::is_same_v<T, Blob>) {
    return BlobRef{v.bytes};
  } else if constexpr (requires {
                         typename T::value_type;
                         v.value();
                         v.empty();
                       }) {
    return parameter(v.value());
  } else {
    return value(v);
  }
}

// One row of a result. Columns are counted from 0. A wrong type or index is a bug of ours.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  bool is_null(size_t column) const;
  int64_t integer(size_t column) const;
  bool flag(size_t column) const { return integer(column) != 0; }
  double real(size_t column) const;  // an integer is converted
  const std::string& text(size_t column) const;
  const std::string& blob(size_t column) const;
  Time time(size_t column) const { return from_micros(integer(column)); }
  std::optional<Time> maybe_time(size_t column) const;
  std::optional<std::string> maybe_text(size_t column) const;
  size_t size() const { return values_.size(); }

 private:
  std::vector<Value> values_;
};
using Rows = std::vector<Row>;

enum class Backend { kSqlite, kPostgres };

// One connection, used by one thread at a time. Statements are prepared once and cached by their
// text. Placeholders are $1, $2, ...; the same SQL runs on both backends (see docs/store.md for the
// subset).
//
// Errors: kUnavailable the database cannot be reached or is busy (try again); kResourceExhausted
// the disk is full; kAborted the transaction lost a race; kAlreadyExists a unique constraint;
// kFailedPrecondition another constraint, or a read-only database; kDataLoss a damaged file;
// kInvalidArgument a value that cannot be stored (text that is not UTF-8 or holds a NUL, NaN);
// kUnknown nobody can tell whether a COMMIT happened; kInternal wrong SQL.
//
// A lost connection to PostgreSQL ends the transaction: in_transaction() is false, and until
// ROLLBACK whatever would have run inside it fails with kUnavailable. After that the session
// connects again at its next use.
class Session {
 public:
  virtual ~Session() = default;
  virtual Result<Rows> query(std::string_view sql, std::span<const Value> params) = 0;
  // The count of rows changed.
  virtual Result<int64_t> exec(std::string_view sql, std::span<const Value> params) = 0;
  // Several statements without parameters, for migrations and BEGIN, COMMIT and the like.
  virtual Result<> run(std::string_view script) = 0;
  virtual Backend backend() const = 0;
  // Whether a transaction is open. A failure may end one (full disk, lost connection): whoever
  // began it looks before going on, or the next statement would stand alone.
  virtual bool in_transaction() const = 0;

  // session.query("... WHERE id = $1 AND at < $2", id, now)
  template <class... Args>
  Result<Rows> query(std::string_view sql, const Args&... args)
    requires(!(std::is_convertible_v<Args, std::span<const Value>> || ...) || sizeof...(Args) == 0)
  {
    const std::array<Value, sizeof...(Args)> params{parameter(args)...};
    return query(sql, std::span<const Value>(params));
  }
  template <class... Args>
  Result<int64_t> exec(std::string_view sql, const Args&... args)
    requires(!(std::is_convertible_v<Args, std::span<const Value>> || ...) || sizeof...(Args) == 0)
  {
    const std::array<Value, sizeof...(Args)> params{parameter(args)...};
    return exec(sql, std::span<const Value>(params));
  }
};

// Where state lives. Thread-safe; sessions are not.
class Database {
 public:
  // "sqlite:PATH" (the file is made if missing, mode 0600; WAL, synchronous=FULL, foreign keys on)
  // or "postgresql://...". Refuses what it cannot use, naming the fix.
  static Result<std::unique_ptr<Database>> open(const std::string& url);
  virtual ~Database() = default;

  virtual Result<std::unique_ptr<Session>> connect() = 0;  // reads and writes
  // A session that cannot change anything: a write fails with kFailedPrecondition.
  virtual Result<std::unique_ptr<Session>> connect_for_reading() = 0;
  // What Lease::acquire calls.
  virtual Result<std::unique_ptr<Lease>> acquire_lease(const std::string& holder, Time now) = 0;
  virtual Backend backend() const = 0;
  virtual std::string describe() const = 0;  // for people and logs: no password
};

}  // namespace tocsin::store
