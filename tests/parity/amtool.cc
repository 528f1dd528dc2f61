#include "parity/amtool.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "base/text.h"
#include "routing/go_text.h"

namespace tocsin::parity {
namespace {

// What a program of PATH writes to its output; the exit status does not matter, amtool says the
// rest.
std::string output_of(const std::vector<std::string>& arguments, const Folder& folder) {
  const pid_t pid = spawn(arguments, folder / "out", folder / "errors");
  ::waitpid(pid, nullptr, 0);
  std::string output = content_of(folder / "out");
  if (output.empty())
    throw std::runtime_error("amtool says only: " + content_of(folder / "errors"));
  return output;
}

}  // namespace

std::filesystem::path Amtool::write(const std::string& config, size_t number) {
  const std::filesystem::path path = folder_ / fmt::format("{}.yml", number);
  std::ofstream(path) << config;
  return path;
}

std::vector<std::string> Amtool::check(std::span<const std::string> configs) {
  std::vector<std::string> arguments = {"amtool", "check-config"};
  for (size_t i = 0; i < configs.size(); ++i) arguments.push_back(write(configs[i], i).string());
  const std::string output = output_of(arguments, folder_);
  std::vector<std::string> answers;
  size_t at = 0;
  for (size_t i = 0; i < configs.size(); ++i) {
    const std::string head = fmt::format("Checking '{}'  ", arguments[i + 2]);
    const size_t start = output.find(head, at);
    if (start == std::string::npos) throw std::runtime_error("amtool says: " + output.substr(at));
    at = start + head.size();
    const std::string_view rest = std::string_view(output).substr(at);
    constexpr std::string_view kFailed = "FAILED: ";
    if (!rest.starts_with(kFailed)) {
      if (!rest.starts_with("SUCCESS"))
        throw std::runtime_error("amtool says: " + output.substr(at));
      answers.emplace_back();
      continue;
    }
    const size_t next = rest.find("\n\nChecking '");
    const size_t end = next == std::string_view::npos ? rest.size() - 2 : next;
    answers.emplace_back(rest.substr(kFailed.size(), end - kFailed.size()));
  }
  return answers;
}

std::vector<std::string> Amtool::routes(const std::string& config) {
  const std::string output = output_of(
      {"amtool", "config", "routes", "show", "--config.file=" + write(config, 0).string()},
      folder_);
  constexpr std::string_view kReceiver = "  receiver: r";
  std::vector<std::string> out;
  for (std::string_view line : split(output, '\n')) {
    if (!line.ends_with(kReceiver)) continue;
    line.remove_suffix(kReceiver.size());
    const size_t start = std::min(line.find('{'), line.find("default-route"));
    if (start != std::string_view::npos) out.emplace_back(line.substr(start));
  }
  if (out.empty()) throw std::runtime_error("amtool shows no routes: " + output);
  out.erase(out.begin());  // the root
  return out;
}

std::vector<std::string> Amtool::receivers(const std::string& config, const std::string& label) {
  const std::string output = output_of(
      {"amtool", "config", "routes", "test", "--config.file=" + write(config, 0).string(), label},
      folder_);
  std::vector<std::string> out;
  for (const std::string_view name : split(trim(output), ',')) out.emplace_back(trim(name));
  return out;
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [point, width] = routing::first_rune(text);
    const auto number = static_cast<uint32_t>(point);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += text.front();
    } else if (point >= ' ' && point < 0x7f) {
      out += text.front();
    } else {
      out += fmt::format("\\U{:08x}", number);
    }
    text.remove_prefix(width);
  }
  return out += '"';
}

}  // namespace tocsin::parity
