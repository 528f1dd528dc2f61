#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <mutex>
#include <unordered_map>

#include "store/lease.h"
#include "store/value_check.h"

namespace tocsin::store {
namespace {

// The writer waits for nobody but a person with another tool at the same file; not for long.
constexpr int kBusyTimeoutMs = 500;
constexpr size_t kMaxCachedStatements = 500;

Code code_of(sqlite3* db, int rc) {
  switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return Code::kAlreadyExists;
    case SQLITE_BUSY_SNAPSHOT: return Code::kAborted;
    default: break;
  }
  switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return Code::kUnavailable;
    case SQLITE_FULL:
    case SQLITE_NOMEM: return Code::kResourceExhausted;
    case SQLITE_IOERR: {
      // SQLITE_FULL is for ENOSPC alone, and a failing COMMIT does not always keep its errno: a
      // quota that is reached may still look like a broken disk.
      const int why = db ? sqlite3_system_errno(db) : 0;
      const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
      return full ? Code::kResourceExhausted : Code::kUnavailable;
    }
    case SQLITE_CONSTRAINT:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return Code::kFailedPrecondition;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Code::kDataLoss;
    case SQLITE_TOOBIG: return Code::kInvalidArgument;
    case SQLITE_INTERRUPT: return Code::kCancelled;
    default: return Code::kInternal;
  }
}

std::string_view fix_for(Code code, int rc) {
  if (code == Code::kUnavailable && (rc & 0xff) == SQLITE_IOERR) {
    return "; look at the disk: its room, its quota, its health";
  }
  switch (code) {
    case Code::kResourceExhausted: return "; make room on the disk";
    case Code::kDataLoss: return "; restore the file from a backup, or try sqlite3's .recover";
    default: return "";
  }
}

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};

struct Statement {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  std::vector<size_t> slots;  // SQLite's parameter i + 1 is our $(slots[i])
  size_t parameters = 0;      // the highest $n
};

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Leaves the statement ready for its next use, whatever way its use ended.
class ResetOnExit {
 public:
  explicit ResetOnExit(sqlite3_stmt* s) : statement_(s) {}
  ~ResetOnExit() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  ResetOnExit(const ResetOnExit&) = delete;
  ResetOnExit& operator=(const ResetOnExit&) = delete;

 private:
  sqlite3_stmt* statement_;
};

Value read_column(sqlite3_stmt* s, int i) {
  const auto bytes = [&](const void* data) {
    const auto size = static_cast<size_t>(sqlite3_column_bytes(s, i));
    return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
  };
  switch (sqlite3_column_type(s, i)) {
    case SQLITE_INTEGER: return int64_t{sqlite3_column_int64(s, i)};
    case SQLITE_FLOAT: return sqlite3_column_double(s, i);
    case SQLITE_TEXT: return bytes(sqlite3_column_text(s, i));
    case SQLITE_BLOB: return Blob{bytes(sqlite3_column_blob(s, i))};
    default: return std::monostate{};
  }
}

int bind(sqlite3_stmt* s, int at, const Value& v) {
  // The caller's values outlive the step, so SQLite need not copy them.
  struct Visitor {
    sqlite3_stmt* s;
    int at;
    int operator()(std::monostate) const { return sqlite3_bind_null(s, at); }
    int operator()(int64_t n) const { return sqlite3_bind_int64(s, at, n); }
    int operator()(double d) const { return sqlite3_bind_double(s, at, d); }
    // Without an address SQLite would take an empty one for NULL.
    int text(std::string_view t) const {
      return sqlite3_bind_text64(s, at, t.data() ? t.data() : "", t.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    int bytes(std::string_view b) const {
      return sqlite3_bind_blob64(s, at, b.data() ? b.data() : "", b.size(), SQLITE_STATIC);
    }
    int operator()(const std::string& t) const { return text(t); }
    int operator()(const TextRef& t) const { return text(t.text); }
    int operator()(const Blob& b) const { return bytes(b.bytes); }
    int operator()(const BlobRef& b) const { return bytes(b.bytes); }
  };
  return std::visit(Visitor{s, at}, v);
}

class SqliteSession final : public Session {
 public:
  using Session::exec;
  using Session::query;
  SqliteSession(std::unique_ptr<sqlite3, CloseDatabase> db, std::string path)
      : path_(std::move(path)), db_(std::move(db)) {}

  Result<Rows> query(std::string_view sql, std::span<const Value> params) override {
    Rows rows;
    RETURN_IF_ERROR(step_through(sql, params, &rows));
    return rows;
  }

  Result<int64_t> exec(std::string_view sql, std::span<const Value> params) override {
    const int64_t before = sqlite3_total_changes64(db_.get());
    RETURN_IF_ERROR(step_through(sql, params, nullptr));
    // changes() still holds the count of an earlier statement when this one changed no row.
    if (sqlite3_total_changes64(db_.get()) == before) return 0;
    return sqlite3_changes64(db_.get());
  }

  Result<> run(std::string_view script) override {
    const int rc = sqlite3_exec(db_.get(), std::string(script).c_str(), nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return error(rc, script);
    return {};
  }

  Backend backend() const override { return Backend::kSqlite; }
  bool in_transaction() const override { return sqlite3_get_autocommit(db_.get()) == 0; }

 private:
  std::unexpected<Error> error(int rc, std::string_view sql) const {
    const Code code = code_of(db_.get(), rc);
    std::string message = fmt::format("database {}: {}", path_, sqlite3_errmsg(db_.get()));
    if (rc == SQLITE_MISUSE || code == Code::kInternal) message += fmt::format(" in: {}", sql);
    message += fix_for(code, rc);
    return fail(code, std::move(message));
  }

  Result<> step_through(std::string_view sql, std::span<const Value> params, Rows* rows) {
    ASSIGN_OR_RETURN(Statement * statement, prepare(sql));
    if (statement->parameters != params.size()) {
      return fail(Code::kInternal, fmt::format("{} values for {} placeholders in: {}",
                                               params.size(), statement->parameters, sql));
    }
    sqlite3_stmt* s = statement->handle.get();
    const ResetOnExit reset(s);
    for (size_t i = 0; i < statement->slots.size(); ++i) {
      const size_t number = statement->slots[i];
      RETURN_IF_ERROR(check_storable(params[number - 1], number));
      const int rc = bind(s, static_cast<int>(i + 1), params[number - 1]);
      if (rc != SQLITE_OK) return error(rc, sql);
    }
    int rc = sqlite3_step(s);
    for (; rc == SQLITE_ROW; rc = sqlite3_step(s)) {
      if (!rows) continue;
      std::vector<Value> values;
      const int columns = sqlite3_column_count(s);
      values.reserve(static_cast<size_t>(columns));
      for (int i = 0; i < columns; ++i) values.push_back(read_column(s, i));
      rows->emplace_back(std::move(values));
    }
    if (rc != SQLITE_DONE) return error(rc, sql);
    return {};
  }

  Result<Statement*> prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) {
      return &known->second;
    }
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int rc = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
    Statement statement;
    statement.handle.reset(raw);
    if (rc != SQLITE_OK) return error(rc, sql);
    const std::string_view rest(tail, static_cast<size_t>(sql.data() + sql.size() - tail));
    if (!raw || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
      return fail(Code::kInternal, fmt::format("not one statement: {}", sql));
    }
    RETURN_IF_ERROR(find_slots(statement, sql));
    // Texts that are put together from parts must not fill the memory.
    if (statements_.size() >= kMaxCachedStatements) statements_.clear();
    return &statements_.emplace(std::string(sql), std::move(statement)).first->second;
  }

  // SQLite numbers $n by first appearance and knows n only as a name.
  static Result<> find_slots(Statement& statement, std::string_view sql) {
    sqlite3_stmt* s = statement.handle.get();
    for (int i = 1; i <= sqlite3_bind_parameter_count(s); ++i) {
      const char* raw_name = sqlite3_bind_parameter_name(s, i);
      const std::string_view name = raw_name ? raw_name : "?";
      size_t number = 0;
      const auto [end, failure] =
          std::from_chars(name.data() + 1, name.data() + name.size(), number);
      if (name[0] != '$' || failure != std::errc() || end != name.data() + name.size() ||
          number == 0) {
        return fail(Code::kInternal, fmt::format("placeholder '{}' is not $n in: {}", name, sql));
      }
      statement.slots.push_back(number);
      statement.parameters = std::max(statement.parameters, number);
    }
    return {};
  }

  const std::string path_;
  // Declared before the statements, which must go first.
  std::unique_ptr<sqlite3, CloseDatabase> db_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

// The order that PostgreSQL calls "C", so that ORDER BY name COLLATE "C" runs on both.
int compare_bytes(void*, int left_size, const void* left, int right_size, const void* right) {
  const int order = memcmp(left, right, static_cast<size_t>(std::min(left_size, right_size)));
  return order != 0 ? order : left_size - right_size;
}

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<Session>> connect() override { return open_session(false); }
  Result<std::unique_ptr<Session>> connect_for_reading() override { return open_session(true); }
  Result<std::unique_ptr<Lease>> acquire_lease(const std::string& holder, Time now) override {
    return acquire_sqlite_lease(*this, path_, holder, now);
  }
  Backend backend() const override { return Backend::kSqlite; }
  std::string describe() const override { return fmt::format("SQLite {}", path_); }

 private:
  Result<std::unique_ptr<Session>> open_session(bool reading) const {
    sqlite3* raw = nullptr;
    const int rc = sqlite3_open_v2(
        path_.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    std::unique_ptr<sqlite3, CloseDatabase> db(raw);
    if (rc != SQLITE_OK) {
      return fail(code_of(raw, rc), fmt::format("database {}: {}", path_,
                                                raw ? sqlite3_errmsg(raw) : sqlite3_errstr(rc)));
    }
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_create_collation_v2(raw, "C", SQLITE_UTF8, nullptr, compare_bytes, nullptr);

    auto session = std::make_unique<SqliteSession>(std::move(db), path_);
    // A read-only file cannot change its mode; it may be in WAL mode already.
    ASSIGN_OR_RETURN(const Rows mode, session->query("PRAGMA journal_mode = WAL"));
    if (mode.empty() || mode[0].text(0) != "wal") {
      return fail(
          Code::kFailedPrecondition,
          fmt::format("database {}: the file system does not allow write-ahead logging; put "
                      "the file on a local disk",
                      path_));
    }
    RETURN_IF_ERROR(
        session->run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                     "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                     "PRAGMA journal_size_limit = 67108864;"));
    if (reading) RETURN_IF_ERROR(session->run("PRAGMA query_only = ON"));
    return session;
  }

  const std::string path_;
};

std::unexpected<Error> cannot_open(const std::string& path, int why) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::string fix;
  if (why == ENOENT) fix = fmt::format("; make the folder: mkdir -p '{}'", folder);
  if (why == EACCES) fix = "; give this user the right to write there";
  if (why == EROFS) fix = "; the file system is read-only, choose another place";
  return fail(why == ENOSPC ? Code::kResourceExhausted : Code::kFailedPrecondition,
              fmt::format("database {}: {}{}", path, strerror(why), fix));
}

// Makes the file for this user alone; SQLite gives its companions the same mode.
Result<> make_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_open(path, errno);
  ::close(fd);
  // The name must survive a power cut as the content does.
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) return cannot_open(folder, errno);
  const int rc = ::fsync(dir);
  const int why = errno;
  ::close(dir);
  if (rc != 0) return cannot_open(folder, why);
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  if (path.empty() || path.starts_with(":")) {
    return invalid("database: 'sqlite:' wants the path of a file, as in sqlite:./var/tocsin.db");
  }
  // Before SQLite's first use. What a savepoint or an INSERT of many rows would take back stays in
  // memory: a temporary file for every request that changes more than 64 KiB is SQLite's own way,
  // and a limit of 128 KiB or more does not work, for SQLite spills the whole of it by one write
  // and writes at most 131,071 bytes at once (seekAndWriteFd of os_unix.c): "disk is full".
  static std::once_flag configured;
  std::call_once(configured, [] { sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1); });
  RETURN_IF_ERROR(make_file(path));
  auto database = std::make_unique<SqliteDatabase>(path);
  // Tells at once whether the file is a database that can be read.
  ASSIGN_OR_RETURN(const auto session, database->connect());
  ASSIGN_OR_RETURN(const Rows rows, session->query("SELECT count(*) FROM sqlite_master"));
  return database;
}

}  // namespace tocsin::store
