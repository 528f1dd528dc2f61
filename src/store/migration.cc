#include "store/migration.h"

#include <fmt/format.h>

#include <set>

#include "store/transaction.h"

namespace tocsin::store {
namespace {

constexpr std::string_view kMakeTable =
    "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL)";

// Two processes that start at once take turns. SQLite's BEGIN IMMEDIATE does the same.
Result<> take_turn(Session& session) {
  if (session.backend() == Backend::kSqlite) return {};
  // A migration of a large table may take its time.
  RETURN_IF_ERROR(session.run("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"));
  ASSIGN_OR_RETURN(const Rows rows, session.query("SELECT pg_advisory_xact_lock(hashtextextended("
                                                  "'tocsin migrations ' || current_schema(), 0))"));
  return {};
}

Result<std::set<int64_t>> read_numbers(Session& session) {
  ASSIGN_OR_RETURN(const Rows rows, session.query("SELECT number FROM schema_version"));
  std::set<int64_t> numbers;
  for (const Row& row : rows) numbers.insert(row.integer(0));
  return numbers;
}

Result<> check_not_newer(const std::set<int64_t>& applied, int newest) {
  if (applied.empty() || *applied.rbegin() <= newest) return {};
  return fail(Code::kFailedPrecondition,
              fmt::format("the database has schema {}, this binary knows {}; use the newer binary "
                          "that made it",
                          *applied.rbegin(), newest));
}

// One migration in one transaction; false when another process was faster.
Result<bool> apply(Session& session, const Migration& migration, int newest) {
  bool ran = false;
  const auto body = [&]() -> Result<> {
    RETURN_IF_ERROR(take_turn(session));
    ASSIGN_OR_RETURN(const std::set<int64_t> applied, read_numbers(session));
    RETURN_IF_ERROR(check_not_newer(applied, newest));
    if (applied.contains(migration.number)) return {};
    RETURN_IF_ERROR(session.run(migration.sql));
    RETURN_IF_ERROR(session.exec("INSERT INTO schema_version (number, name) VALUES ($1, $2)",
                                 migration.number, migration.name));
    ran = true;
    return {};
  };
  RETURN_IF_ERROR(in_write_transaction(session, body));
  return ran;
}

}  // namespace

Result<int> migrate(Session& session, std::span<const Migration> migrations) {
  int newest = 0;
  for (const Migration& migration : migrations) {
    if (migration.number <= newest) bug("migrations are not in rising order");
    newest = migration.number;
  }
  const auto make_table = [&]() -> Result<> {
    RETURN_IF_ERROR(take_turn(session));
    return session.run(kMakeTable);
  };
  RETURN_IF_ERROR(in_write_transaction(session, make_table));
  ASSIGN_OR_RETURN(const std::set<int64_t> applied, read_numbers(session));
  RETURN_IF_ERROR(check_not_newer(applied, newest));

  int count = 0;
  for (const Migration& migration : migrations) {
    if (applied.contains(migration.number)) continue;
    Result<bool> ran = apply(session, migration, newest);
    if (!ran) return fail(std::move(ran.error()).in(fmt::format("migration {}", migration.name)));
    count += *ran ? 1 : 0;
  }
  return count;
}

}  // namespace tocsin::store
