#include "notify/incident_channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/hours.h"

namespace tocsin::notify {
namespace {

constexpr std::array<std::string_view, 5> kSeverities{"SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"};
constexpr size_t kLongestPrefix = 21;  // so that the rest of a name has room

bool is_prefix(std::string_view text) {
  return !text.empty() && text.size() <= kLongestPrefix && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

bool IncidentChannels::opens_at(int severity) const {
  return std::ranges::find(severities, severity) != severities.end();
}

IncidentChannels read_incident_channels(codec::Fields fields) {
  IncidentChannels out;
  for (const std::string& name : fields.texts("severity")) {
    const auto found = std::ranges::find(kSeverities, name);
    if (found == kSeverities.end()) {
      fields.problem("severity", fmt::format("'{}' is not one of {}", codec::shown(name),
                                             fmt::join(kSeverities, ", ")));
      continue;
    }
    out.severities.push_back(static_cast<int>(found - kSeverities.begin()) + 1);
  }
  out.prefix = fields.text("prefix", out.prefix);
  if (!is_prefix(out.prefix)) {
    fields.problem("prefix", fmt::format("has at most {} lower-case letters, digits, '-' and '_'",
                                         kLongestPrefix));
  }
  out.is_private = fields.flag("private", false);
  if (fields.has("archive_after")) {
    out.archive_after = fields.duration("archive_after", std::nullopt, std::chrono::minutes(1),
                                        std::chrono::days(365));
  } else {
    fields.raw("archive_after");
  }
  out.language = catalog::read_language(fields);
  fields.finish();
  return out;
}

}  // namespace tocsin::notify
