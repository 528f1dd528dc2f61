#include "server/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace tocsin::server {
namespace {

std::unexpected<Error> failed(const std::string& path, int error) {
  return fail(error == ENOSPC ? Code::kResourceExhausted : Code::kUnavailable,
              fmt::format("{} cannot be written: {}", path, std::strerror(error)));
}

}  // namespace

Result<> write_file(const std::string& path, std::string_view text, unsigned mode) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return failed(path, errno);
  for (size_t done = 0; done < text.size();) {
    const ssize_t put = ::write(fd, text.data() + done, text.size() - done);
    if (put < 0 && errno != EINTR) {
      const int error = errno;
      ::close(fd);
      return failed(path, error);
    }
    if (put > 0) done += static_cast<size_t>(put);
  }
  if (::close(fd) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) return failed(path, errno);
  return {};
}

}  // namespace tocsin::server
