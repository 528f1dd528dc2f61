#include "door/opsgenie_heartbeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "receiver/truncate.h"

namespace tocsin::door {
namespace {

using codec::Node;

constexpr size_t kLongestName = 200;  // characters
constexpr size_t kLongestDescription = 10'000;
constexpr size_t kLongestMessage = 130;
constexpr int64_t kMostDays = 400;

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array<Unit, 3> kUnits = {
    {{"minutes", minutes(1)}, {"hours", hours(1)}, {"days", days(1)}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPriorities = {
    {{"P1", "critical"}, {"P2", "error"}, {"P3", "warning"}, {"P4", "info"}, {"P5", "info"}}};

std::string trimmed(const Node* node) { return std::string(trim(text_of(node))); }

bool is_name(std::string_view name) {
  return !name.empty() && receiver::count_runes(name) <= kLongestName &&
         std::ranges::none_of(name, [](char c) {
           return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// The largest unit that fits, as people had it.
Unit unit_of(Duration every) {
  for (const Unit& unit : {kUnits[2], kUnits[1]}) {
    if (every >= unit.length && every % unit.length == Duration(0)) return unit;
  }
  return kUnits[0];
}

void read_interval(const Node& body, HeartbeatSpec& spec, bool is_required,
                   OpsgenieErrors& errors) {
  const std::string interval = trimmed(body.find("interval"));
  const std::string unit_name = to_lower(trimmed(body.find("intervalUnit")));
  if (!is_required && interval.empty() && unit_name.empty()) return;
  const auto unit = std::ranges::find(kUnits, unit_name, &Unit::name);
  if (unit == kUnits.end()) errors["intervalUnit"] = "Must be minutes, hours or days.";
  int64_t count = 0;
  const auto [end, error] =
      std::from_chars(interval.data(), interval.data() + interval.size(), count);
  if (error != std::errc() || end != interval.data() + interval.size() || count < 1) {
    errors["interval"] = "Must be a whole number from 1 on.";
  } else if (unit != kUnits.end() && count > days(kMostDays) / unit->length) {
    errors["interval"] = fmt::format("Must be at most {} days.", kMostDays);
  } else if (unit != kUnits.end()) {
    spec.every = count * unit->length;
  }
}

void read_words(const Node& body, HeartbeatSpec& spec, OpsgenieErrors& errors) {
  if (const Node* node = body.find("description")) {
    spec.description = receiver::truncate_runes(trimmed(node), kLongestDescription);
  }
  if (const Node* node = body.find("alertMessage")) {
    spec.summary = receiver::truncate_runes(trimmed(node), kLongestMessage);
  }
  if (const Node* node = body.find("alertTags")) {
    std::vector<std::string> tags;
    for (const Node& tag : node->items) tags.push_back(trimmed(&tag));
    spec.tags = node->kind == Node::Kind::kScalar ? trimmed(node) : join(tags, ", ");
  }
  if (const std::string priority = trimmed(body.find("alertPriority")); !priority.empty()) {
    const auto known =
        std::ranges::find(kPriorities, priority, [](const auto& p) { return p.first; });
    if (known == kPriorities.end()) {
      errors["alertPriority"] = "Must be one of P1, P2, P3, P4 and P5.";
    } else {
      spec.severity = known->second;
    }
  }
}

std::optional<bool> flag_of(const Node* node) {
  if (node == nullptr || node->is_null()) return std::nullopt;
  return to_lower(text_of(node)) == "true";
}

}  // namespace

std::expected<OpsgenieHeartbeat, OpsgenieErrors> read_opsgenie_heartbeat(const Node& body) {
  OpsgenieErrors errors;
  OpsgenieHeartbeat out;
  HeartbeatSpec& spec = out.spec;
  spec.origin = HeartbeatSpec::Origin::kOpsgenie;
  spec.severity = "warning";  // P3
  spec.name = trimmed(body.find("name"));
  if (!is_name(spec.name)) {
    errors["name"] = fmt::format("Must have 1 to {} characters, and no '/'.", kLongestName);
  }
  read_interval(body, spec, true, errors);
  read_words(body, spec, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  out.is_enabled = flag_of(body.find("enabled")).value_or(true);
  return out;
}

std::expected<OpsgenieHeartbeat, OpsgenieErrors> read_opsgenie_change(const Node& body,
                                                                      const HeartbeatSpec& known) {
  OpsgenieErrors errors;
  OpsgenieHeartbeat out{known, flag_of(body.find("enabled"))};
  read_interval(body, out.spec, false, errors);
  read_words(body, out.spec, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return out;
}

codec::JsonObject opsgenie_view(const Heartbeat& heartbeat) {
  const HeartbeatSpec& spec = heartbeat.spec;
  const Unit unit = unit_of(spec.every);
  codec::JsonArray tags;
  for (const std::string_view tag : split(spec.tags, ',')) {
    if (!trim(tag).empty()) tags.emplace_back(trim(tag));
  }
  const auto priority =
      std::ranges::find(kPriorities, spec.severity, [](const auto& p) { return p.second; });
  return {{"name", spec.name},
          {"description", spec.description},
          {"interval", spec.every / unit.length},
          {"intervalUnit", unit.name},
          {"enabled", heartbeat.is_enabled},
          {"expired", heartbeat.missed.has_value()},
          {"alertMessage", spec.summary},
          {"alertTags", std::move(tags)},
          {"alertPriority", priority == kPriorities.end() ? "P3" : priority->first},
          {"lastPingTime",
           heartbeat.last_ping ? codec::Json(to_rfc3339(*heartbeat.last_ping)) : codec::Json()}};
}

}  // namespace tocsin::door
