#include "door/mapping.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::door {
namespace {

using codec::Node;

std::string value_at(const std::optional<Path>& path, const Node& body, const Node& alert) {
  if (!path) return "";
  std::vector<std::string> texts;
  for (const Node* node : path->find(body, alert)) texts.push_back(text_of(node));
  std::erase(texts, "");
  return join(texts, ", ");
}

std::string value_of(const ValueRule& rule, const Node& body, const Node& alert) {
  std::string said = value_at(rule.path, body, alert);
  if (const auto known = rule.map.find(said); known != rule.map.end()) return known->second;
  return said.empty() ? rule.fallback : said;
}

std::optional<Time> time_at(const std::optional<Path>& path, const Node& body, const Node& alert) {
  if (!path) return std::nullopt;
  const auto found = path->find(body, alert);
  return found.empty() ? std::nullopt : time_of(found.front());
}

bool is_listed(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

// One alert of the body, nothing when the mapping leaves it out.
Result<std::optional<routing::PostedAlert>> read_alert(const DoorSpec& door, const Node& body,
                                                       const Node& alert, Time now) {
  const std::string state = to_lower(trim(value_at(door.state, body, alert)));
  if (is_listed(door.ignored, state)) return std::nullopt;
  Draft draft;
  if (door.dedup) {
    const std::string key = value_at(door.dedup, body, alert);
    if (key.empty()) {
      return invalid(fmt::format("nothing is at {}, which spec.dedup names", door.dedup->text()));
    }
    draft.label(kKeyLabel, key);
  }
  for (const auto& [name, value] : door.fixed_labels) draft.label(name, value);
  for (const auto& [name, rule] : door.labels) draft.label(name, value_of(rule, body, alert));
  draft.label("alertname", door.name);
  draft.label(kSourceLabel, door.name);
  for (const auto& [name, rule] : door.annotations) {
    draft.annotation(name, value_of(rule, body, alert));
  }
  draft.generator_url = value_at(door.generator_url, body, alert);

  const Time starts = time_at(door.start, body, alert).value_or(now);
  const auto ends = time_at(door.end, body, alert);
  if (is_listed(door.resolved, state) || (ends && *ends <= now)) {
    return draft.resolved(starts, ends.value_or(now), now);
  }
  routing::PostedAlert out = draft.firing(starts, now);
  if (ends) {
    out.ends = *ends;
    out.is_timeout = false;
  }
  return out;
}

}  // namespace

Result<PostedBatch> read_mapped(const DoorSpec& door, std::string_view text, Time now) {
  ASSIGN_OR_RETURN(const Node body, codec::parse_json(text));
  std::vector<const Node*> alerts = {&body};
  if (door.alerts) {
    alerts = door.alerts->find(body, body);
    // A path to the list itself means each of its items.
    if (alerts.size() == 1 && alerts[0]->kind == Node::Kind::kSequence) {
      const Node* list = alerts[0];
      alerts.clear();
      for (const Node& item : list->items) alerts.push_back(&item);
    }
  }
  if (alerts.size() > kMostAlertsOfBody) {
    return invalid(
        fmt::format("there are more than {} alerts; send less at once", kMostAlertsOfBody));
  }
  PostedBatch out;
  for (size_t i = 0; i < alerts.size(); ++i) {
    if (alerts[i]->kind != Node::Kind::kMapping) {
      out.invalid.push_back(fmt::format("alert {}: is not an object", i + 1));
      continue;
    }
    auto alert = read_alert(door, body, *alerts[i], now);
    if (!alert) {
      out.invalid.push_back(fmt::format("alert {}: {}", i + 1, alert.error().message));
    } else if (*alert) {
      out.alerts.push_back(**std::move(alert));
    } else {
      ++out.ignored;
    }
  }
  return out;
}

}  // namespace tocsin::door
