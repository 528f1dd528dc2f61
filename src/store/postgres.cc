#include "store/postgres.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <map>

#include "base/text.h"
#include "store/lease.h"
#include "store/postgres_session.h"

namespace tocsin::store {
namespace {

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string url, std::string where)
      : url_(std::move(url)), where_(std::move(where)) {}

  Result<std::unique_ptr<Session>> connect() override {
    return PostgresSession::open(url_, where_, /*reading=*/false);
  }
  Result<std::unique_ptr<Session>> connect_for_reading() override {
    return PostgresSession::open(url_, where_, /*reading=*/true);
  }
  Result<std::unique_ptr<Lease>> acquire_lease(const std::string& holder, Time now) override {
    return acquire_postgres_lease(url_, where_, holder, now);
  }
  Backend backend() const override { return Backend::kPostgres; }
  std::string describe() const override { return where_; }

 private:
  const std::string url_;
  const std::string where_;
};

// Says where the database is and leaves the password out.
Result<std::string> describe_url(const std::string& url) {
  char* raw_error = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(url.c_str(), &raw_error), PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> error(raw_error, PQfreemem);
  if (!options) {
    // libpq's message repeats parts of the URL, which may hold the password.
    return invalid(
        "database: the URL cannot be read; write "
        "postgresql://USER:PASSWORD@HOST:PORT/NAME and percent-encode odd characters");
  }
  std::map<std::string_view, std::string_view> parts;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
    if (option->val) parts[option->keyword] = option->val;
  }
  const auto part = [&](std::string_view key, std::string_view fallback) {
    const auto found = parts.find(key);
    return found == parts.end() || found->second.empty() ? fallback : found->second;
  };
  return fmt::format("PostgreSQL {} on {}:{} as {}", part("dbname", "(default)"),
                     part("host", "the local socket"), part("port", "5432"),
                     part("user", "(this user)"));
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
  ASSIGN_OR_RETURN(std::string where, describe_url(url));
  auto database = std::make_unique<PostgresDatabase>(url, std::move(where));
  // Tells at once whether the server is there and can be used.
  ASSIGN_OR_RETURN(const auto session, database->connect());
  return database;
}

}  // namespace tocsin::store
