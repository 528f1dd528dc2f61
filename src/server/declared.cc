#include "server/declared.h"

#include <fmt/format.h>

#include <filesystem>
#include <ranges>

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

constexpr size_t kMostNamed = 10;  // in a line of trouble

// A contact that is called by an address inside, as far as that can be told before it is called.
struct Refused {
  std::string declared;  // "people.yaml:4: person ada: contact pager"
  std::string who;       // "ada by pager"
  std::string host;
};

bool is_refused(const catalog::Contact& contact, const notify::NotifyConfig& config) {
  return !notify::may_lead_inside(config, contact) && notify::is_written_inside(contact);
}

std::vector<Refused> find_refused(const Declared& declared, const notify::NotifyConfig& config) {
  std::vector<Refused> out;
  for (const auto& [id, person] : declared.catalog->people) {
    for (const catalog::Contact& contact : person.contacts) {
      if (!is_refused(contact, config)) continue;
      out.push_back({fmt::format("{}:{}: person {}: contact {}", person.origin.file,
                                 person.origin.place.line, id.value(), contact.name),
                     fmt::format("{} by {}", id.value(), contact.name),
                     std::string(notify::host_of(contact.address))});
    }
  }
  for (const oncall::Policy& policy : declared.policies) {
    for (const oncall::Channel& channel : policy.channels) {
      if (!is_refused(channel.contact, config)) continue;
      out.push_back({fmt::format("policy {}: channel {}", policy.id.value(), channel.name),
                     fmt::format("channel {} of policy {}", channel.name, policy.id.value()),
                     std::string(notify::host_of(channel.contact.address))});
    }
  }
  return out;
}

// The same for every contact that is called by its address.
std::string_view fix() { return notify::how_to_allow(catalog::Contact::Kind::kWebhook); }

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
  for (const Refused& one : find_refused(declared, config)) {
    out.push_back(fmt::format(
        "{} leads to {}, a loopback or private address, so nothing is sent there; use a public "
        "address, or {}",
        one.declared, one.host, fix()));
  }
  return out;
}

std::string trouble_of_refused(const Declared& declared, const notify::NotifyConfig& config) {
  const std::vector<Refused> refused = find_refused(declared, config);
  if (refused.empty()) return {};
  std::string named;
  for (const Refused& one : refused | std::views::take(kMostNamed)) {
    named += fmt::format("{}{} ({})", named.empty() ? "" : ", ", one.who, one.host);
  }
  if (refused.size() > kMostNamed) {
    named += fmt::format(" and {} more, which tocsin check names", refused.size() - kMostNamed);
  }
  return fmt::format(
      "nothing is sent to {} of the catalog at loopback or private addresses: {}; use public "
      "addresses, or {} and restart",
      refused.size() == 1 ? "a contact" : fmt::format("{} contacts", refused.size()), named, fix());
}

}  // namespace tocsin::server
