#include "gotemplate/alert_data.h"

#include <algorithm>
#include <set>

namespace tocsin::gotemplate {
namespace {

using Args = std::span<const Value>;

constexpr std::string_view kAlertName = "alertname";

extern const Type kPair;
extern const Type kPairs;
extern const Type kLabelSet;

// The name of the alert stands first, the others follow in their order.
std::vector<Value> sorted_pairs(const Value& labels) {
  std::vector<Value> pairs;
  const auto& entries = labels.entries();
  const auto name = entries.find(std::string(kAlertName));
  const auto add = [&](const std::string& key, const Value& value) {
    pairs.push_back(Value::object({Value(key), value}, kPair));
  };
  if (name != entries.end()) add(name->first, name->second);
  for (const auto& [key, value] : entries) {
    if (key != kAlertName) add(key, value);
  }
  return pairs;
}

// The names (0) or values (1) of pairs.
Value column(const std::vector<Value>& pairs, size_t which) {
  std::vector<Value> out;
  for (const Value& pair : pairs) out.push_back(pair.fields()[which]);
  return Value::list(std::move(out), kTextList);
}

std::string pairs_text(const std::vector<Value>& pairs) {
  std::string out;
  for (const Value& pair : pairs) {
    if (!out.empty()) out += ", ";
    out += pair.fields()[0].text() + "=" + pair.fields()[1].text();
  }
  return out;
}

Result<Value> pairs_names(Args args, const Call&) { return column(args[0].items(), 0); }
Result<Value> pairs_values(Args args, const Call&) { return column(args[0].items(), 1); }
Result<Value> pairs_string(Args args, const Call&) { return Value(pairs_text(args[0].items())); }

Result<Value> labels_pairs(Args args, const Call&) {
  return Value::list(sorted_pairs(args[0]), kPairs);
}
Result<Value> labels_names(Args args, const Call&) { return column(sorted_pairs(args[0]), 0); }
Result<Value> labels_values(Args args, const Call&) { return column(sorted_pairs(args[0]), 1); }
Result<Value> labels_string(Args args, const Call&) {
  return Value(pairs_text(sorted_pairs(args[0])));
}
Result<Value> labels_remove(Args args, const Call&) {
  std::set<std::string_view> names;
  for (const Value& name : args[1].items()) names.insert(name.text());
  std::map<std::string, Value> kept;
  for (const auto& [key, value] : args[0].entries()) {
    if (!names.contains(key)) kept.emplace(key, value);
  }
  return Value::map(std::move(kept), kLabelSet);
}

const Type kPair = {
    .name = "template.Pair", .fields = {"Name", "Value"}, .json_names = {"Name", "Value"}};
const Type kPairs = {.name = "template.Pairs",
                     .methods = {{"Names", {}, {}, pairs_names},
                                 {"Values", {}, {}, pairs_values},
                                 {"String", {}, {}, pairs_string}},
                     .to_string = [](const Value& value) { return pairs_text(value.items()); }};
const Type kLabelSet = {
    .name = "template.KV",
    .holds_text = true,
    .methods = {{"SortedPairs", {}, {}, labels_pairs},
                {"Names", {}, {}, labels_names},
                {"Values", {}, {}, labels_values},
                {"Remove", {Param::kTexts}, {}, labels_remove},
                {"String", {}, {}, labels_string}},
    .to_string = [](const Value& value) { return pairs_text(sorted_pairs(value)); }};

const Type kAlert = {.name = "template.Alert",
                     .fields = {"Status", "Labels", "Annotations", "StartsAt", "EndsAt",
                                "GeneratorURL", "Fingerprint"},
                     .json_names = {"status", "labels", "annotations", "startsAt", "endsAt",
                                    "generatorURL", "fingerprint"}};
const Type kAlertList = {.name = "[]template.Alert"};

// Those in one state; the result is a plain list without these methods, as in Go.
Result<Value> in_state(Args args, std::string_view state) {
  std::vector<Value> out;
  std::ranges::copy_if(args[0].items(), std::back_inserter(out),
                       [&](const Value& alert) { return alert.fields()[0].text() == state; });
  return Value::list(std::move(out), kAlertList);
}

const Type kAlerts = {
    .name = "template.Alerts",
    .methods = {
        {"Firing", {}, {}, [](Args args, const Call&) { return in_state(args, "firing"); }},
        {"Resolved", {}, {}, [](Args args, const Call&) { return in_state(args, "resolved"); }}}};

const Type kData = {
    .name = "template.Data",
    .fields = {"Receiver", "Status", "Alerts", "NotificationReason", "GroupLabels", "CommonLabels",
               "CommonAnnotations", "RouteLabels", "ExternalURL"},
    .json_names = {"receiver", "status", "alerts", "notification_reason", "groupLabels",
                   "commonLabels", "commonAnnotations", "routeLabels", "externalURL"}};

// Keeps what `labels` says in the same way.
void keep_common(Labels& common, const Labels& labels) {
  std::erase_if(common, [&](const auto& entry) {
    const auto found = labels.find(entry.first);
    // An absent label is an empty one.
    return (found == labels.end() ? std::string_view() : found->second) != entry.second;
  });
}

}  // namespace

void fill_common(NotificationFacts& facts) {
  const bool fires = std::ranges::any_of(
      facts.alerts, [](const AlertFacts& alert) { return alert.status == "firing"; });
  facts.status = fires ? "firing" : "resolved";
  facts.common_labels.clear();
  facts.common_annotations.clear();
  if (facts.alerts.empty()) return;
  facts.common_labels = facts.alerts[0].labels;
  facts.common_annotations = facts.alerts[0].annotations;
  for (const AlertFacts& alert : facts.alerts) {
    keep_common(facts.common_labels, alert.labels);
    keep_common(facts.common_annotations, alert.annotations);
  }
}

Value to_value(const Labels& labels) {
  std::map<std::string, Value> entries;
  for (const auto& [key, value] : labels) entries.emplace_hint(entries.end(), key, Value(value));
  return Value::map(std::move(entries), kLabelSet);
}

Value to_value(const AlertFacts& facts) {
  return Value::object({Value(facts.status), to_value(facts.labels), to_value(facts.annotations),
                        Value(facts.starts_at), Value(facts.ends_at), Value(facts.generator_url),
                        Value(facts.fingerprint)},
                       kAlert);
}

Value to_value(const NotificationFacts& facts) {
  std::vector<Value> alerts;
  for (const AlertFacts& alert : facts.alerts) alerts.push_back(to_value(alert));
  return Value::object(
      {Value(facts.receiver), Value(facts.status), Value::list(std::move(alerts), kAlerts),
       Value(facts.notification_reason), to_value(facts.group_labels),
       to_value(facts.common_labels), to_value(facts.common_annotations),
       to_value(facts.route_labels), Value(facts.external_url)},
      kData);
}

}  // namespace tocsin::gotemplate
