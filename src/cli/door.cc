#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cli/commands.h"
#include "cli/print.h"
#include "door/mapping.h"
#include "door/opsgenie.h"
#include "door/pagerduty.h"
#include "server/config.h"
#include "server/declared.h"

namespace tocsin::cli {
namespace {

// Stands for the token, whose name nobody knows here.
const door::Sender kSender{"TOKEN", ""};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return not_found(fmt::format("{} cannot be read; name a file that is there", path));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<codec::Node> read_object(std::string_view body) {
  ASSIGN_OR_RETURN(codec::Node node, codec::parse_json(body));
  if (node.kind != codec::Node::Kind::kMapping) return invalid("the body is no JSON object");
  return node;
}

Result<door::PostedBatch> try_pagerduty(std::string_view body, Time now) {
  ASSIGN_OR_RETURN(codec::Node node, read_object(body));
  auto event = door::read_pagerduty_event(std::move(node));
  if (!event) return door::PostedBatch{{}, event.error(), 0};
  if (event->dedup_key.empty()) event->dedup_key = "(made)";
  return door::PostedBatch{{door::alert_of(*event, kSender, now)}, {}, 0};
}

Result<door::PostedBatch> try_opsgenie(std::string_view body, Time now) {
  ASSIGN_OR_RETURN(codec::Node node, read_object(body));
  auto alert = door::read_opsgenie_alert(std::move(node));
  if (!alert) {
    door::PostedBatch out;
    for (const auto& [field, why] : alert.error()) {
      out.invalid.push_back(fmt::format("{}: {}", field, why));
    }
    return out;
  }
  if (alert->alias.empty()) alert->alias = "(made)";
  return door::PostedBatch{{door::alert_of(*alert, kSender, now)}, {}, 0};
}

Result<door::PostedBatch> try_declared(const std::string& config_file, const std::string& name,
                                       std::string_view body, Time now) {
  codec::Problems problems;
  const server::Config config = server::load_config(config_file, problems);
  const server::Declared declared = server::load_declared(config, problems);
  RETURN_IF_ERROR(problems.as_result());
  const auto spec = std::ranges::find(declared.doors, name, &door::DoorSpec::name);
  if (spec != declared.doors.end()) return door::read_mapped(*spec, body, now);
  std::vector<std::string> known = {"alertmanager", "grafana", "opsgenie", "pagerduty"};
  for (const door::DoorSpec& door : declared.doors) known.push_back(door.name);
  return not_found(fmt::format("there is no door '{}'{} (known: {})", codec::shown(name),
                               codec::did_you_mean(name, known), fmt::join(known, ", ")));
}

Result<door::PostedBatch> try_door(const std::string& config_file, const std::string& name,
                                   std::string_view body, Time now) {
  if (name == "pagerduty") return try_pagerduty(body, now);
  if (name == "opsgenie") return try_opsgenie(body, now);
  if (name == "grafana") return door::read_webhook(door::Webhook::kGrafana, body, now);
  if (name == "alertmanager") return door::read_webhook(door::Webhook::kAlertmanager, body, now);
  return try_declared(config_file, name, body, now);
}

void add_pairs(std::string& out, std::string_view title, const routing::Labels& pairs) {
  if (pairs.empty()) return;
  out += fmt::format("  {}:\n", title);
  for (const auto& [name, value] : pairs) out += fmt::format("    {}: {}\n", name, value);
}

std::string describe(const routing::PostedAlert& alert, Time now) {
  std::string out = fmt::format("{} since {}", alert.is_resolved(now) ? "resolved" : "firing",
                                to_rfc3339(alert.starts));
  if (alert.is_resolved(now)) out += fmt::format(", over since {}", to_rfc3339(alert.ends));
  out += "\n";
  add_pairs(out, "labels", alert.labels);
  add_pairs(out, "annotations", alert.annotations);
  if (!alert.generator_url.empty())
    out += fmt::format("  generator URL: {}\n", alert.generator_url);
  return out;
}

}  // namespace

Result<> run_door_try(const std::string& config_file, const std::string& name,
                      const std::string& file) {
  ASSIGN_OR_RETURN(const std::string body, read_file(file));
  const Time now = SystemClock().now();
  ASSIGN_OR_RETURN(const door::PostedBatch batch, try_door(config_file, name, body, now));
  for (const routing::PostedAlert& alert : batch.alerts) print(describe(alert, now));
  print(fmt::format("{} alerts, {} ignored; nothing was posted.\n", batch.alerts.size(),
                    batch.ignored));
  if (!batch.invalid.empty()) {
    return invalid(fmt::format("left out: {}", fmt::join(batch.invalid, "; ")));
  }
  return {};
}

}  // namespace tocsin::cli
