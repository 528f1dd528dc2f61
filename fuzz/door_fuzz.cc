// The bodies of every door that reads JSON: whatever comes, what is taken is an alert that can be
// stored and shown again.

#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "door/heartbeat.h"
#include "door/mapping.h"
#include "door/opsgenie.h"
#include "door/opsgenie_heartbeats.h"
#include "door/pagerduty.h"

namespace {

using namespace tocsin;

const Time kNow = from_micros(1'767'571'200'000'000);
const door::Sender kSender{"fuzz", "checkout"};

void check(bool holds) {
  if (!holds) bug("a door took what cannot be stored and shown");
}

void check_pairs(const routing::Labels& pairs) {
  check(is_valid_utf8(codec::to_text(codec::Json(pairs.to_text()))));
  check(routing::Labels::from_bytes(std::string(pairs.bytes())) == pairs);
  for (const auto& [name, value] : pairs) {
    check(!name.empty() && is_valid_utf8(name) && is_valid_utf8(value));
    check(value.size() <= door::kLongestAnnotation);
  }
}

void check_alert(const routing::PostedAlert& alert) {
  check(!alert.labels.empty() && alert.labels.has(door::kSourceLabel));
  check_pairs(alert.labels);
  check_pairs(alert.annotations);
  check(alert.annotations.bytes().size() <= 2 * door::kMostAnnotations);
  check(alert.starts <= alert.ends && alert.starts <= kNow);
  check(is_valid_utf8(alert.generator_url));
}

void check_batch(const Result<door::PostedBatch>& batch) {
  if (!batch) return;
  for (const routing::PostedAlert& alert : batch->alerts) check_alert(alert);
  for (const std::string& why : batch->invalid) check(is_valid_utf8(why));
}

door::DoorSpec mapping() {
  const auto path = [](std::string_view text) { return *door::Path::parse(text); };
  door::DoorSpec spec;
  spec.name = "fuzz";
  spec.alerts = path("alerts[*]");
  spec.labels = {{"alertname", {path("labels.alertname"), {}, ""}},
                 {"all", {path("$.alerts[*].labels[*]"), {{"a", "b"}}, "none"}}};
  spec.annotations = {{"summary", {path("annotations"), {}, ""}}};
  spec.start = path("startsAt");
  spec.end = path("endsAt");
  spec.state = path("status");
  spec.resolved = {"resolved"};
  spec.generator_url = path("generatorURL");
  return spec;
}

void read_events(const codec::Node& body) {
  door::pagerduty_routing_key(body);
  if (const auto event = door::read_pagerduty_event(body)) {
    check_alert(door::alert_of(*event, kSender, kNow));
  } else {
    check(!event.error().empty());
    codec::to_text(door::pagerduty_refused(event.error()));
  }
  if (const auto change = door::read_pagerduty_change(body)) {
    check(codec::to_text(change->custom_details).size() <= door::kMostAnnotations);
  }
  if (const auto alert = door::read_opsgenie_alert(body)) {
    const auto posted = door::alert_of(*alert, kSender, kNow);
    check_alert(posted);
    const door::OpsgenieItem item{std::make_shared<routing::PostedAlert>(posted), {}, kNow};
    check(codec::parse_json(codec::to_text(door::opsgenie_view(item))).has_value());
    check(codec::parse_json(codec::to_text(door::opsgenie_row(item))).has_value());
  } else {
    codec::to_text(door::opsgenie_refused({"id", 0}, "no", alert.error()));
  }
  static_cast<void>(door::read_opsgenie_action(body, true));
  if (const auto made = door::read_opsgenie_heartbeat(body)) {
    check(made->spec.every > Duration(0));
    const auto again = door::heartbeat_from_json(codec::to_text(door::to_json(made->spec)),
                                                 made->spec.name, made->spec.origin);
    check(again.has_value() && *again == made->spec);
    static_cast<void>(door::read_opsgenie_change(body, made->spec));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const door::DoorSpec kMapping = mapping();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_batch(door::read_webhook(door::Webhook::kAlertmanager, text, kNow));
  check_batch(door::read_webhook(door::Webhook::kGrafana, text, kNow));
  check_batch(door::read_mapped(kMapping, text, kNow));
  const auto body = codec::parse_json(text);
  if (body && body->kind == codec::Node::Kind::kMapping) read_events(*body);
  return 0;
}
