#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/lease.h"

// For tests only: link tocsin::store_testing.
namespace tocsin::store::testing {

// Both, for INSTANTIATE_TEST_SUITE_P(Backends, X, ValuesIn(backends()), backend_name).
std::vector<Backend> backends();
std::string backend_name(const ::testing::TestParamInfo<Backend>& info);

// Why tests of this backend cannot run here; nothing if they can. PostgreSQL needs
// TOCSIN_TEST_POSTGRES, which script/with-postgres sets.
std::optional<std::string> missing(Backend backend);

// An empty database that ends with this object: a file in a folder of its own, or a schema of its
// own in the database that TOCSIN_TEST_POSTGRES names.
class FreshDatabase {
 public:
  explicit FreshDatabase(Backend backend);
  ~FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  const std::string& url() const { return url_; }
  std::string path() const;  // SQLite: of the file
  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }

 private:
  const Backend backend_;
  std::string folder_;  // SQLite
  std::string schema_;  // PostgreSQL
  std::string url_;
  std::unique_ptr<Database> database_;
};

// The base of a test that runs on every backend; skips where one is missing.
class BackendTest : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;
  FreshDatabase& database() { return *database_; }
  // Fails the test and aborts it by an exception when there is none.
  std::unique_ptr<Session> connect();
  std::unique_ptr<Session> connect_migrated();

 private:
  std::optional<FreshDatabase> database_;
};

// Stands before another database and makes its sessions fail on demand. `before` sees each
// statement and script before it runs: an error goes back to the caller and nothing runs. `after`
// sees it afterwards: an error replaces the answer, as if that was lost on its way. Both may be
// empty. Not for more than one thread at a time.
struct Faults {
  using Hook = std::function<std::optional<Error>(std::string_view sql)>;
  Hook before;
  Hook after;
};
std::unique_ptr<Database> with_faults(Database& inner, Faults& faults);

}  // namespace tocsin::store::testing
