#include "store/postgres_session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <charconv>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "store/postgres_error.h"

namespace tocsin::store {
namespace {

constexpr int kOldestServer = 150000;
constexpr size_t kMaxCachedStatements = 500;

// How long to ask what became of a COMMIT whose answer was lost: a server that restarts is back
// within seconds.
constexpr int kAskTimes = 50;
constexpr auto kAskEvery = std::chrono::milliseconds(200);

// Our durability and texts do not depend on what the server's owner chose as defaults, and no
// statement hangs for ever. `local` and stronger settings of synchronous_commit are left alone.
constexpr const char* kSettings =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off';"
    "SET client_min_messages = warning; SET bytea_output = hex; SET extra_float_digits = 1;"
    "SET standard_conforming_strings = on; SET timezone = 'UTC'; SET lock_timeout = '10s';"
    "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET idle_session_timeout = 0;";

std::string_view state_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state ? state : "";
}

}  // namespace

void PostgresSession::CloseConnection::operator()(pg_conn* connection) const {
  PQfinish(connection);
}
void PostgresSession::ClearResult::operator()(pg_result* result) const { PQclear(result); }

PostgresSession::PostgresSession(std::string url, std::string where, bool reading)
    : url_(std::move(url)), where_(std::move(where)), reading_(reading) {}
PostgresSession::~PostgresSession() = default;

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(const std::string& url,
                                                               const std::string& where,
                                                               bool reading) {
  std::unique_ptr<PostgresSession> session(new PostgresSession(url, where, reading));
  RETURN_IF_ERROR(session->connect());
  return session;
}

Result<> PostgresSession::connect() {
  // What comes first gives way to what the URL says. A peer that is gone is noticed in seconds.
  const char* const keys[] = {"connect_timeout",     "tcp_user_timeout", "keepalives_idle",
                              "keepalives_interval", "keepalives_count", "dbname",
                              "client_encoding",     "application_name", nullptr};
  const char* const values[] = {"5",          "10000", "10",     "5",    "3",
                                url_.c_str(), "UTF8",  "tocsin", nullptr};
  statements_.clear();
  connection_.reset(PQconnectdbParams(keys, values, /*expand_dbname=*/1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why(trim(PQerrorMessage(connection_.get())));
    connection_.reset();
    return fail(Code::kUnavailable, fmt::format("{}: {}", where_, why));
  }
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  Result<> usable = check_server();
  if (usable) {
    const Result<Answer> set = run_once(
        std::string(kSettings) + (reading_ ? "SET default_transaction_read_only = on;" : ""));
    if (!set) usable = fail(set.error());
  }
  if (!usable) connection_.reset();
  return usable;
}

Result<> PostgresSession::check_server() {
  const int version = PQserverVersion(connection_.get());
  if (version < kOldestServer) {
    return fail(
        Code::kFailedPrecondition,
        fmt::format("{}: the server is PostgreSQL {}; use 15 or newer", where_, version / 10000));
  }
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (!encoding || std::string_view(encoding) != "UTF8") {
    return fail(Code::kFailedPrecondition,
                fmt::format("{}: the database's encoding is {}; make it with createdb -E UTF8 -T "
                            "template0",
                            where_, encoding ? encoding : "unknown"));
  }
  return {};
}

Result<> PostgresSession::ready() {
  if (broken_) {
    return fail(Code::kUnavailable,
                fmt::format("{}: the connection was lost and the transaction with it", where_));
  }
  return connection_ ? Result<>() : connect();
}

bool PostgresSession::in_transaction() const {
  return connection_ && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool PostgresSession::is_alive() {
  if (!connection_) return false;
  pollfd waits{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  while (::poll(&waits, 1, 0) > 0) {
    if (PQconsumeInput(connection_.get()) == 0 || PQstatus(connection_.get()) != CONNECTION_OK) {
      drop_connection();
      return false;
    }
  }
  return true;
}

void PostgresSession::drop_connection() {
  connection_.reset();
  statements_.clear();
}

Result<PostgresSession::Answer> PostgresSession::check(Answer answer, std::string_view sql) {
  const ExecStatusType status = answer ? PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
    return answer;
  }
  const std::string_view state = answer ? state_of(answer.get()) : std::string_view();
  const char* primary =
      answer ? PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  const Code code = code_of_sqlstate(state);
  std::string message =
      fmt::format("{}: {}", where_, trim(primary ? primary : PQerrorMessage(connection_.get())));
  if (code == Code::kInternal) message += fmt::format(" (SQLSTATE {}) in: {}", state, sql);
  message += fix_for_sqlstate(state);
  if (PQstatus(connection_.get()) != CONNECTION_OK || ends_connection(state)) drop_connection();
  return fail(code, std::move(message));
}

Result<std::string> PostgresSession::prepare(std::string_view sql, const PostgresParams& params) {
  const std::string key = params.signature() + '\n' + std::string(sql);
  if (const auto known = statements_.find(key); known != statements_.end()) return known->second;
  if (const size_t wanted = count_placeholders(sql);
      wanted != static_cast<size_t>(params.count())) {
    return fail(Code::kInternal,
                fmt::format("{} values for {} placeholders in: {}", params.count(), wanted, sql));
  }
  // Texts that are put together from parts must not fill the server's memory.
  if (statements_.size() >= kMaxCachedStatements) {
    statements_.clear();
    Answer ignored(PQexec(connection_.get(), "DEALLOCATE ALL"));
  }
  std::string name = fmt::format("s{}", next_name_++);
  Answer answer(PQprepare(connection_.get(), name.c_str(), std::string(sql).c_str(), params.count(),
                          params.types()));
  ASSIGN_OR_RETURN(answer, check(std::move(answer), sql));
  statements_.emplace(key, name);
  return name;
}

Result<PostgresSession::Answer> PostgresSession::call_once(std::string_view sql,
                                                           const PostgresParams& params) {
  RETURN_IF_ERROR(ready());
  ASSIGN_OR_RETURN(const std::string name, prepare(sql, params));
  Answer answer(PQexecPrepared(connection_.get(), name.c_str(), params.count(), params.values(),
                               params.lengths(), params.formats(), /*resultFormat=*/0));
  // 0A000: "cached plan must not change result type", after a migration.
  const bool stale = answer && state_of(answer.get()) == "0A000";
  Result<Answer> checked = check(std::move(answer), sql);
  if (!checked && stale) {
    statements_.erase(params.signature() + '\n' + std::string(sql));
    checked.error().code = Code::kUnavailable;
  }
  return checked;
}

Result<PostgresSession::Answer> PostgresSession::call(std::string_view sql,
                                                      std::span<const Value> params) {
  const bool was_in_transaction = in_transaction();
  ASSIGN_OR_RETURN(const PostgresParams converted, PostgresParams::make(params));
  Result<Answer> answer = call_once(sql, converted);
  if (answer || answer.error().code != Code::kUnavailable || broken_) return answer;
  if (was_in_transaction) {
    broken_ = !connection_;
    return answer;
  }
  // A read may be asked again; what a write has done is not known. A stale plan did nothing.
  if (reading_ || connection_) return call_once(sql, converted);
  return answer;
}

Result<Rows> PostgresSession::query(std::string_view sql, std::span<const Value> params) {
  ASSIGN_OR_RETURN(const Answer answer, call(sql, params));
  const PGresult* result = answer.get();
  Rows rows;
  const int count = PQntuples(result), columns = PQnfields(result);
  rows.reserve(static_cast<size_t>(count));
  for (int r = 0; r < count; ++r) {
    std::vector<Value> values(static_cast<size_t>(columns));
    for (int c = 0; c < columns; ++c) {
      if (PQgetisnull(result, r, c)) continue;
      const std::string_view text(PQgetvalue(result, r, c),
                                  static_cast<size_t>(PQgetlength(result, r, c)));
      ASSIGN_OR_RETURN(values[static_cast<size_t>(c)],
                       read_postgres_value(PQftype(result, c), text));
    }
    rows.emplace_back(std::move(values));
  }
  return rows;
}

Result<int64_t> PostgresSession::exec(std::string_view sql, std::span<const Value> params) {
  ASSIGN_OR_RETURN(const Answer answer, call(sql, params));
  const std::string_view count = PQcmdTuples(answer.get());
  int64_t rows = 0;
  std::from_chars(count.data(), count.data() + count.size(), rows);
  return rows;
}

Result<PostgresSession::Answer> PostgresSession::run_once(std::string_view script) {
  Answer answer(PQexec(connection_.get(), std::string(script).c_str()));
  return check(std::move(answer), script);
}

Result<> PostgresSession::run(std::string_view script) {
  if (broken_ && script == "ROLLBACK") {
    broken_ = false;
    return {};
  }
  RETURN_IF_ERROR(ready());
  if (script == "COMMIT") return commit();
  const bool was_in_transaction = in_transaction();
  Result<Answer> answer = run_once(script);
  if (!answer && !connection_) {
    broken_ = was_in_transaction && script != "ROLLBACK";
    // An idle connection that the server closed is noticed only now; to begin twice is safe.
    if (!was_in_transaction && script.starts_with("BEGIN")) {
      RETURN_IF_ERROR(ready());
      answer = run_once(script);
    }
  }
  if (!answer) return fail(answer.error());
  return {};
}

// When the answer to COMMIT is lost, the transaction's number tells later whether it happened.
Result<> PostgresSession::commit() {
  std::string transaction;
  if (!reading_ && PQtransactionStatus(connection_.get()) == PQTRANS_INTRANS) {
    Result<Answer> number = run_once("SELECT pg_current_xact_id_if_assigned()::text");
    if (!number) {
      broken_ = !connection_;
      return fail(number.error());
    }
    if (!PQgetisnull(number->get(), 0, 0)) transaction = PQgetvalue(number->get(), 0, 0);
  }
  const Result<Answer> answer = run_once("COMMIT");
  if (!answer) {
    if (connection_ || transaction.empty()) return fail(answer.error());
    return find_out(transaction, answer.error());
  }
  // The server answers so when an earlier statement had failed.
  if (std::string_view(PQcmdStatus(answer->get())) == "ROLLBACK") {
    return fail(
        Code::kAborted,
        fmt::format("{}: a statement of the transaction failed; it was rolled back", where_));
  }
  return {};
}

Result<> PostgresSession::find_out(const std::string& transaction, const Error& failure) {
  for (int i = 0; i < kAskTimes; ++i) {
    if (i > 0) std::this_thread::sleep_for(kAskEvery);
    if (!connection_ && !connect()) continue;
    const Result<Answer> answer =
        run_once(fmt::format("SELECT pg_xact_status('{}'::xid8)", transaction));
    if (!answer) continue;
    const std::string_view status = PQgetvalue(answer->get(), 0, 0);
    if (status == "committed") return {};
    if (status == "aborted") return fail(Error(failure));
    if (status.empty()) break;  // too old: the server has forgotten it
  }
  return fail(Code::kUnknown,
              fmt::format("{}: the connection was lost during COMMIT and nobody can tell whether "
                          "it happened; look before doing it again ({})",
                          where_, failure.message));
}

}  // namespace tocsin::store
