#include "routing/http_settings.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "base/text.h"

namespace tocsin::routing {

Result<Secret> SecretSource::read() const {
  if (file.empty()) return value;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return fail(Code::kFailedPrecondition, fmt::format("cannot read the secret in {}", file));
  }
  const std::string content = text.str();
  const std::string_view trimmed = trim(content);
  if (trimmed.empty()) {
    return fail(Code::kFailedPrecondition, fmt::format("the secret's file {} is empty", file));
  }
  return Secret(std::string(trimmed));
}

}  // namespace tocsin::routing
