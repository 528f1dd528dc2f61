#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tocsin::parity {

// Starts a program of PATH, its output and its errors into these files; throws when there is none.
pid_t spawn(const std::vector<std::string>& arguments, const std::filesystem::path& output,
            const std::filesystem::path& errors);

int free_port();  // of the loopback address
std::string content_of(const std::filesystem::path& file);

// A folder that ends with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace tocsin::parity
