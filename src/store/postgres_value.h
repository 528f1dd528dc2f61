#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace tocsin::store {

// The parameters of one call in the form that libpq takes. Types are told to the server by what
// each value is: a text for a BIGINT column is then an error here as it should be, where SQLite
// would guess. A NULL has no type; the server finds it from the statement.
class PostgresParams {
 public:
  static Result<PostgresParams> make(std::span<const Value> values);

  int count() const { return static_cast<int>(types_.size()); }
  const unsigned int* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  // One letter a parameter: part of the key of the prepared statement.
  const std::string& signature() const { return signature_; }

 private:
  std::vector<std::string> texts_;  // of numbers, and those that had no zero at their end
  std::vector<unsigned int> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::string signature_;
};

// A column of a result in text format. kInternal when the text does not fit the type.
Result<Value> read_postgres_value(unsigned int type, std::string_view text);

// The highest n of $n outside of quotes and comments.
size_t count_placeholders(std::string_view sql);

}  // namespace tocsin::store
