#include "server/declared.h"

#include <fmt/format.h>

#include <filesystem>

#include "notify/address.h"
#include "notify/reach.h"
#include "server/canary_objective.h"
#include "slo/openslo.h"
#include "telemetry/signal_spec.h"

namespace tocsin::server {
namespace {

slo::Surroundings surroundings(const Config& config,
                               const std::vector<telemetry::SignalSpec>& signals) {
  slo::Surroundings around;
  for (const telemetry::SignalSpec& signal : signals) {
    if (signal.by.empty()) around.signals.emplace(signal.name.value(), signal.kind);
  }
  for (const telemetry::QuerySource& source : config.sources.query) {
    around.query_sources.insert(source.name);
  }
  return around;
}

// Empty when the contact is not refused, or nobody can tell before it is called.
std::string why_refused(const catalog::Contact& contact, const notify::NotifyConfig& config) {
  if (notify::may_lead_inside(config, contact) || !notify::is_written_inside(contact)) return {};
  return fmt::format(
      "leads to {}, a loopback or private address, so nothing is sent there; use a public "
      "address, or {}",
      notify::host_of(contact.address), notify::how_to_allow(contact.kind));
}

}  // namespace

Declared load_declared(const Config& config, codec::Problems& problems) {
  Declared declared;
  catalog::Catalog catalog;
  if (std::filesystem::is_directory(config.catalog) || !config.is_default_catalog) {
    catalog = catalog::load(config.catalog, problems, canary_documents(config.canary));
  }
  declared.signals = telemetry::read_signals(catalog, config.sources, problems);
  slo::Declared promised =
      slo::read_openslo(catalog, surroundings(config, declared.signals), problems);
  for (telemetry::SignalSpec& signal : promised.signals)
    declared.signals.push_back(std::move(signal));
  declared.objectives = std::move(promised.objectives);
  declared.posted = alert::read_posted_policy(catalog, problems);
  declared.schedules = oncall::read_schedules(catalog, problems);
  std::vector<oncall::ScheduleId> schedules;
  for (const oncall::ScheduleSpec& spec : declared.schedules) schedules.push_back(spec.schedule.id);
  declared.policies = oncall::read_policies(catalog, schedules, problems);
  declared.doors = door::read_doors(catalog, problems);
  declared.heartbeats = door::read_heartbeats(catalog, problems);
  declared.catalog = std::make_shared<const catalog::Catalog>(std::move(catalog));
  return declared;
}

std::vector<std::string> refused_contacts(const Declared& declared,
                                          const notify::NotifyConfig& config) {
  std::vector<std::string> out;
  for (const auto& [id, person] : declared.catalog->people) {
    for (const catalog::Contact& contact : person.contacts) {
      const std::string why = why_refused(contact, config);
      if (why.empty()) continue;
      out.push_back(fmt::format("{}:{}: person {}: contact {} {}", person.origin.file,
                                person.origin.place.line, id.value(), contact.name, why));
    }
  }
  for (const oncall::Policy& policy : declared.policies) {
    for (const oncall::Channel& channel : policy.channels) {
      const std::string why = why_refused(channel.contact, config);
      if (why.empty()) continue;
      out.push_back(fmt::format("policy {}: channel {} {}", policy.id.value(), channel.name, why));
    }
  }
  return out;
}

}  // namespace tocsin::server
