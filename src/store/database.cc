#include "store/database.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "store/lease.h"
#include "store/postgres.h"
#include "store/sqlite.h"
#include "store/value_check.h"

namespace tocsin::store {
namespace {

constexpr std::string_view kTypes[] = {"NULL",   "an integer", "a real", "a text",
                                       "a blob", "a text",     "a blob"};

const Value& at(const std::vector<Value>& values, size_t column) {
  if (column >= values.size()) {
    bug(fmt::format("column {} of a row with {}", column, values.size()));
  }
  return values[column];
}

template <class T>
const T& as(const std::vector<Value>& values, size_t column, std::string_view wanted) {
  const Value& value = at(values, column);
  const T* held = std::get_if<T>(&value);
  if (!held) bug(fmt::format("column {} is {}, not {}", column, kTypes[value.index()], wanted));
  return *held;
}

}  // namespace

bool Row::is_null(size_t column) const {
  return std::holds_alternative<std::monostate>(at(values_, column));
}

int64_t Row::integer(size_t column) const { return as<int64_t>(values_, column, "an integer"); }

double Row::real(size_t column) const {
  if (const auto* whole = std::get_if<int64_t>(&at(values_, column))) {
    return static_cast<double>(*whole);
  }
  return as<double>(values_, column, "a real");
}

const std::string& Row::text(size_t column) const {
  return as<std::string>(values_, column, "a text");
}

const std::string& Row::blob(size_t column) const {
  return as<Blob>(values_, column, "a blob").bytes;
}

std::optional<Time> Row::maybe_time(size_t column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

std::optional<std::string> Row::maybe_text(size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

namespace {

Result<> check_text(std::string_view text, size_t number) {
  if (text.find('\0') != std::string_view::npos) {
    return invalid(fmt::format("the text for ${} holds a NUL byte; take it out", number));
  }
  if (!is_valid_utf8(text)) {
    return invalid(fmt::format("the text for ${} is not UTF-8; convert it first", number));
  }
  return {};
}

}  // namespace

Result<> check_storable(const Value& v, size_t number) {
  if (const auto* text = std::get_if<std::string>(&v)) return check_text(*text, number);
  if (const auto* ref = std::get_if<TextRef>(&v)) return check_text(ref->text, number);
  if (const auto* real = std::get_if<double>(&v); real && std::isnan(*real)) {
    return invalid(fmt::format("the number for ${} is NaN; store NULL instead", number));
  }
  return {};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& url) {
  if (url.starts_with("sqlite:")) return open_sqlite(url.substr(7));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return open_postgres(url);
  }
  return invalid(
      fmt::format("database: '{}' is not a database; use sqlite:PATH or "
                  "postgresql://USER@HOST:PORT/NAME",
                  url.substr(0, url.find(':'))));
}

Result<std::unique_ptr<Lease>> Lease::acquire(Database& database, const std::string& holder,
                                              Time now) {
  return database.acquire_lease(holder, now);
}

}  // namespace tocsin::store
