#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "store/database.h"
#include "store/postgres_value.h"

struct pg_conn;
struct pg_result;

namespace tocsin::store {

// One connection over libpq. Used by one thread at a time. A call that outlasts its limits (a
// minute a statement, ten seconds for a lock) is given up by the server.
class PostgresSession final : public Session {
 public:
  using Session::exec;
  using Session::query;

  // `where` is how messages call the database. Connects at once.
  static Result<std::unique_ptr<PostgresSession>> open(const std::string& url,
                                                       const std::string& where, bool reading);
  ~PostgresSession() override;

  Result<Rows> query(std::string_view sql, std::span<const Value> params) override;
  Result<int64_t> exec(std::string_view sql, std::span<const Value> params) override;
  Result<> run(std::string_view script) override;
  Backend backend() const override { return Backend::kPostgres; }
  bool in_transaction() const override;

  // Whether the server still holds the other end, as far as this machine has heard. Does not wait.
  bool is_alive();

 private:
  struct CloseConnection {
    void operator()(pg_conn* connection) const;
  };
  struct ClearResult {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, ClearResult>;

  PostgresSession(std::string url, std::string where, bool reading);

  Result<> connect();
  Result<> check_server();
  Result<> ready();  // connects again if need be
  Result<Answer> call(std::string_view sql, std::span<const Value> params);
  Result<Answer> call_once(std::string_view sql, const PostgresParams& params);
  Result<std::string> prepare(std::string_view sql, const PostgresParams& params);
  Result<Answer> run_once(std::string_view script);
  Result<> commit();
  Result<> find_out(const std::string& transaction, const Error& failure);
  Result<Answer> check(Answer answer, std::string_view sql);
  void drop_connection();

  const std::string url_;
  const std::string where_;
  const bool reading_;
  std::unique_ptr<pg_conn, CloseConnection> connection_;
  bool broken_ = false;  // the connection was lost in a transaction; ROLLBACK has not come yet
  std::unordered_map<std::string, std::string> statements_;  // signature and SQL -> name
  uint64_t next_name_ = 0;
};

}  // namespace tocsin::store
