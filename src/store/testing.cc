#include "store/testing.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "base/rng.h"
#include "store/migration.h"

namespace tocsin::store::testing {
namespace {

template <class T>
T must(Result<T> result, std::string_view what) {
  if (!result) throw std::runtime_error(fmt::format("{}: {}", what, result.error().message));
  return *std::move(result);
}

const char* postgres_url() { return ::getenv("TOCSIN_TEST_POSTGRES"); }

// In memory where there is such a place: thousands of commits a test cost nothing there.
std::string make_folder() {
  const bool shared_memory = ::access("/dev/shm", W_OK) == 0;
  std::string name =
      (shared_memory ? std::string("/dev/shm") : std::filesystem::temp_directory_path().string()) +
      "/tocsin-test-XXXXXX";
  if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for a test database: " + name);
  return name;
}

std::string make_schema_name() {
  SystemRng rng;
  return fmt::format("test_{:016x}", rng.next());
}

void run_on_postgres(const std::string& script) {
  const auto database = must(Database::open(postgres_url()), "TOCSIN_TEST_POSTGRES");
  const auto session = must(database->connect(), "TOCSIN_TEST_POSTGRES");
  const Result<> done = session->run(script);
  if (!done) throw std::runtime_error(done.error().message);
}

class FaultySession final : public Session {
 public:
  FaultySession(std::unique_ptr<Session> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  Result<Rows> query(std::string_view sql, std::span<const Value> params) override {
    return around(sql, [&] { return inner_->query(sql, params); });
  }
  Result<int64_t> exec(std::string_view sql, std::span<const Value> params) override {
    return around(sql, [&] { return inner_->exec(sql, params); });
  }
  Result<> run(std::string_view script) override {
    return around(script, [&] { return inner_->run(script); });
  }
  Backend backend() const override { return inner_->backend(); }
  bool in_transaction() const override { return inner_->in_transaction(); }

 private:
  template <class Call>
  auto around(std::string_view sql, Call call) -> decltype(call()) {
    if (faults_.before) {
      if (auto error = faults_.before(sql)) return fail(*std::move(error));
    }
    auto result = call();
    if (faults_.after) {
      if (auto error = faults_.after(sql)) return fail(*std::move(error));
    }
    return result;
  }

  const std::unique_ptr<Session> inner_;
  Faults& faults_;
};

class FaultyDatabase final : public Database {
 public:
  FaultyDatabase(Database& inner, Faults& faults) : inner_(inner), faults_(faults) {}

  Result<std::unique_ptr<Session>> connect() override { return wrap(inner_.connect()); }
  Result<std::unique_ptr<Session>> connect_for_reading() override {
    return wrap(inner_.connect_for_reading());
  }
  Result<std::unique_ptr<Lease>> acquire_lease(const std::string& holder, Time now) override {
    return inner_.acquire_lease(holder, now);
  }
  Backend backend() const override { return inner_.backend(); }
  std::string describe() const override { return inner_.describe(); }

 private:
  Result<std::unique_ptr<Session>> wrap(Result<std::unique_ptr<Session>> session) {
    if (!session) return session;
    return std::make_unique<FaultySession>(*std::move(session), faults_);
  }

  Database& inner_;
  Faults& faults_;
};

}  // namespace

std::vector<Backend> backends() { return {Backend::kSqlite, Backend::kPostgres}; }

std::string backend_name(const ::testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgres";
}

std::optional<std::string> missing(Backend backend) {
  if (backend == Backend::kSqlite || postgres_url()) return std::nullopt;
  return "TOCSIN_TEST_POSTGRES is not set; run the test through script/with-postgres";
}

FreshDatabase::FreshDatabase(Backend backend) : backend_(backend) {
  if (backend == Backend::kSqlite) {
    folder_ = make_folder();
    url_ = "sqlite:" + path();
  } else {
    if (const auto why = missing(backend)) throw std::runtime_error(*why);
    schema_ = make_schema_name();
    run_on_postgres(fmt::format("CREATE SCHEMA {}", schema_));
    url_ = postgres_url();
    url_ += url_.find('?') == std::string::npos ? '?' : '&';
    url_ += "options=-csearch_path%3D" + schema_;
  }
  database_ = must(Database::open(url_), url_);
}

FreshDatabase::~FreshDatabase() {
  database_.reset();
  if (backend_ == Backend::kSqlite) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    return;
  }
  try {
    run_on_postgres(fmt::format("DROP SCHEMA {} CASCADE", schema_));
  } catch (const std::exception& e) {
    ADD_FAILURE() << "schema " << schema_ << " is left behind: " << e.what();
  }
}

std::string FreshDatabase::path() const { return folder_ + "/tocsin.db"; }

void BackendTest::SetUp() {
  if (const auto why = missing(GetParam())) GTEST_SKIP() << *why;
  database_.emplace(GetParam());
}

std::unique_ptr<Session> BackendTest::connect() { return must((*database_)->connect(), "connect"); }

std::unique_ptr<Session> BackendTest::connect_migrated() {
  auto session = connect();
  must(migrate(*session), "migrate");
  return session;
}

std::unique_ptr<Database> with_faults(Database& inner, Faults& faults) {
  return std::make_unique<FaultyDatabase>(inner, faults);
}

}  // namespace tocsin::store::testing
