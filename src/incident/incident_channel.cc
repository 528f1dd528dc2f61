#include "incident/incident_channel.h"

#include <fmt/format.h>

#include "base/text.h"
#include "incident/severity.h"
#include "notify/mime.h"

namespace tocsin::incident {
namespace {

constexpr size_t kLongestName = 80;
constexpr size_t kLongestTopic = 250;

std::string as_name(std::string_view text) {
  std::string out;
  for (const char c : to_lower(text)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (is_plain) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

// '&', '<' and '>' mean something to Slack, in a topic, too.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

}  // namespace

std::string channel_name(std::string_view prefix, const Incident& incident, int suffix) {
  const std::string& whose =
      incident.service.empty() ? incident.team.value() : incident.service.value();
  const std::string head = fmt::format("{}-{}", as_name(prefix), incident.number);
  const std::string tail = suffix > 1 ? fmt::format("-{}", suffix) : "";
  std::string middle = as_name(whose);
  if (!middle.empty()) middle = "-" + middle;
  if (head.size() + middle.size() + tail.size() > kLongestName) {
    middle.resize(kLongestName - head.size() - tail.size());
  }
  while (middle.ends_with('-')) middle.pop_back();
  return head + middle + tail;
}

std::string channel_topic(const Incident& incident, std::string_view url) {
  const std::string link = fmt::format(" {}", url);
  const std::string what = fmt::format("{} {}{}", severity_name(incident.severity), incident.title,
                                       incident.impact.empty() ? "" : ": " + incident.impact);
  if (escaped(what).size() + link.size() <= kLongestTopic) return escaped(what) + link;
  const size_t room = kLongestTopic > link.size() + 3 ? kLongestTopic - link.size() - 3 : 0;
  // Cut before it is escaped, so that no entity is cut in two.
  std::string_view cut = notify::utf8_prefix(what, room);
  while (escaped(cut).size() > room) cut = notify::utf8_prefix(cut, cut.size() - 1);
  return escaped(cut) + "..." + link;
}

}  // namespace tocsin::incident
