#include "alert/problem_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/numbers.h"
#include "alert/posted_store.h"

namespace tocsin::alert {
namespace {

std::string service_name(const Owner& owner) {
  if (owner.service != nullptr) {
    return owner.service->name.empty() ? owner.service->id.value() : owner.service->name;
  }
  if (owner.team != nullptr)
    return owner.team->name.empty() ? owner.team->id.value() : owner.team->name;
  return "Nobody's";
}

bool is_link(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

std::vector<catalog::Link> links_of(const routing::PostedAlert& alert, const Owner& owner) {
  std::vector<catalog::Link> links;
  if (is_link(alert.generator_url)) links.push_back({"Source", alert.generator_url});
  for (const char* name : {"dashboard_url", "dashboard", "panel_url"}) {
    if (const auto url = alert.annotations.get(name); is_link(url)) {
      links.push_back({"Dashboard", std::string(url)});
    }
  }
  if (owner.service != nullptr) {
    links.insert(links.end(), owner.service->dashboards.begin(), owner.service->dashboards.end());
  }
  return links;
}

}  // namespace

std::string summary_of(const routing::PostedAlert& alert) {
  for (const char* name : {"summary", "description", "message"}) {
    if (const auto text = alert.annotations.get(name); !text.empty()) return std::string(text);
  }
  return alert.labels.to_text();
}

Alert make_problem(const routing::PostedAlert& first, const PostedPolicy& policy,
                   const Owner& owner, const std::string& about, bool is_page, Time now,
                   const std::string& external_url) {
  Alert alert;
  alert.severity = is_page ? slo::Severity::kPage : slo::Severity::kTicket;
  if (owner.service != nullptr) alert.service = owner.service->id;
  if (owner.team != nullptr) alert.team = owner.team->id;
  alert.labels = {{"alertname", std::string(first.labels.get("alertname"))},
                  {"problem", about},
                  {"service", alert.service.value()},
                  {"severity", is_page ? "page" : "ticket"}};
  alert.fingerprint = fingerprint(alert.labels);
  const std::string impact = impact_of(first, policy);
  alert.problem = impact.empty() ? summary_of(first) : impact;
  alert.summary = fmt::format("{}: {}", service_name(owner), summary_of(first));
  alert.runbook = runbook_of(first, policy, owner);
  alert.links = links_of(first, owner);
  alert.links.insert(alert.links.begin(), {"Alerts", external_url + "/alerts"});
  alert.impact_started = std::min(first.starts, now);
  alert.started = now;
  alert.updated = now;
  return alert;
}

void describe_problem(Alert& alert, const std::vector<AlertSource>& first, int64_t count,
                      Time now) {
  std::vector<std::string> named;
  for (const AlertSource& source : first) named.push_back(source.summary);
  std::string list = fmt::format("{}", fmt::join(named, "; "));
  if (const int64_t more = count - std::ssize(first); more > 0) {
    list += fmt::format("; and {} more", more);
  }
  alert.impact =
      fmt::format("{}. {} {} since {}: {}", alert.problem, count, count == 1 ? "alert" : "alerts",
                  moment(alert.impact_started, now), list);
  alert.updated = std::max(alert.updated, now);
}

void resolve_problem(Alert& alert, Time at, std::string_view why) {
  alert.state = AlertState::kResolved;
  alert.ended = std::max(at, alert.started);
  alert.updated = *alert.ended;
  const std::string end = moment(*alert.ended, *alert.ended);
  alert.impact = why.empty() ? fmt::format("Over: {} from {} to {}.", alert.problem,
                                           moment(alert.impact_started, *alert.ended), end)
                             : fmt::format("Ended at {}: {}.", end, why);
}

}  // namespace tocsin::alert
