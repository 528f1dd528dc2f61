#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <string>

#include "base/text.h"
#include "store/lease.h"
#include "store/lease_row.h"
#include "store/sqlite.h"

namespace tocsin::store {
namespace {

// The lock goes with the open file, so that it ends with the process, however that ends.
class LockFile {
 public:
  LockFile() = default;
  explicit LockFile(int fd) : fd_(fd) {}
  ~LockFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

std::string read_lock_file(int fd) {
  char text[512];
  const ssize_t got = ::pread(fd, text, sizeof text, 0);
  const std::string_view line =
      got > 0 ? trim(std::string_view(text, static_cast<size_t>(got))) : "";
  return line.empty() ? "another process" : std::string(line);
}

Result<LockFile> lock(const std::string& path, const std::string& holder) {
  LockFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd() < 0) {
    return fail(Code::kFailedPrecondition,
                fmt::format("lock file {}: {}; this user must be able to write there", path,
                            strerror(errno)));
  }
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(Code::kUnavailable, fmt::format("lock file {}: {}", path, strerror(errno)));
    }
    return fail(Code::kFailedPrecondition,
                fmt::format("the database is in use by {} (lock file {}); stop that process first",
                            read_lock_file(file.fd()), path));
  }
  // For the message above only; a half-written line does no harm.
  const std::string line = holder + '\n';
  if (::ftruncate(file.fd(), 0) != 0 ||
      ::pwrite(file.fd(), line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    return fail(Code::kResourceExhausted,
                fmt::format("lock file {}: {}; make room on the disk", path, strerror(errno)));
  }
  return file;
}

class SqliteLease final : public Lease {
 public:
  SqliteLease(LockFile file, int64_t epoch) : file_(std::move(file)), epoch_(epoch) {}
  int64_t epoch() const override { return epoch_; }
  // The write lock of the transaction keeps the row as it is until COMMIT.
  Result<> check(Session& session) override { return check_epoch(session, epoch_, ""); }

 private:
  const LockFile file_;
  const int64_t epoch_;
};

}  // namespace

Result<std::unique_ptr<Lease>> acquire_sqlite_lease(Database& database, const std::string& path,
                                                    const std::string& holder, Time now) {
  const std::string who = with_process(holder);
  ASSIGN_OR_RETURN(LockFile file, lock(path + ".lock", who));
  ASSIGN_OR_RETURN(const auto session, database.connect());
  ASSIGN_OR_RETURN(const int64_t epoch, raise_epoch(*session, who, now));
  return std::make_unique<SqliteLease>(std::move(file), epoch);
}

}  // namespace tocsin::store
