#include "checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/alert_store.h"

namespace tocsin::simulation {
namespace {

constexpr std::string_view kRingingWithoutTimer =
    "SELECT incident FROM escalation WHERE state = 'ringing' AND NOT EXISTS (SELECT 1 FROM timers"
    " WHERE timers.kind = 'page.escalate' AND timers.subject = escalation.incident)";
constexpr std::string_view kFiringAndNobodyRung =
    "SELECT alert.id FROM alert JOIN incident ON incident.id = alert.incident"
    " WHERE alert.state = 'firing' AND alert.severity = 'page' AND incident.is_open = 1"
    " AND NOT EXISTS (SELECT 1 FROM escalation WHERE escalation.incident = incident.id"
    " AND escalation.state IN ('ringing', 'acknowledged'))";
constexpr std::string_view kPageWithoutIncident =
    "SELECT id FROM alert WHERE state = 'firing' AND severity = 'page' AND incident = ''";
constexpr std::string_view kRingingForNothing =
    "SELECT incident FROM escalation WHERE state = 'ringing' AND NOT EXISTS (SELECT 1 FROM alert"
    " WHERE alert.incident = escalation.incident AND alert.state = 'firing'"
    " AND alert.severity = 'page')";
constexpr std::string_view kLivePageOfASilentEscalation =
    "SELECT page.id FROM page JOIN escalation ON escalation.incident = page.incident"
    " WHERE page.is_live = 1 AND escalation.state <> 'ringing'"
    // Those who were brought in are rung also while somebody has it.
    " AND NOT (page.step = -1 AND escalation.state = 'acknowledged' AND escalation.is_calm = 0)";
constexpr std::string_view kDeliveryWithoutTimer =
    "SELECT id FROM outbox WHERE (state = 'pending' AND NOT EXISTS (SELECT 1 FROM timers WHERE"
    " timers.kind = 'outbox.send' AND timers.subject = outbox.id)) OR (state = 'held' AND NOT "
    "EXISTS"
    " (SELECT 1 FROM outbox AS before WHERE before.line = outbox.line AND before.place <"
    " outbox.place)) OR (state = 'sending' AND NOT"
    " EXISTS (SELECT 1 FROM timers WHERE timers.kind = 'outbox.deadline' AND"
    " timers.subject = outbox.id))";
constexpr std::string_view kCleanButFiring =
    "SELECT id FROM incident WHERE is_open = 1 AND clean_since IS NOT NULL AND EXISTS (SELECT 1"
    " FROM alert WHERE alert.incident = incident.id AND alert.state = 'firing'"
    " AND alert.severity = 'page')";
constexpr std::string_view kNeitherCleanNorFiring =
    "SELECT id FROM incident WHERE is_open = 1 AND clean_since IS NULL AND NOT EXISTS (SELECT 1"
    " FROM alert WHERE alert.incident = incident.id AND alert.state = 'firing'"
    " AND alert.severity = 'page')";
constexpr std::string_view kTiersAndAlertsDiffer =
    "SELECT objective FROM alert_tier WHERE NOT EXISTS (SELECT 1 FROM alert WHERE"
    " alert.objective = alert_tier.objective AND alert.class = alert_tier.class"
    " AND alert.state = 'firing') UNION ALL SELECT objective FROM alert WHERE state = 'firing'"
    " AND labels LIKE '%\"objective\":%'"
    " AND NOT EXISTS (SELECT 1 FROM alert_tier WHERE alert_tier.objective = alert.objective"
    " AND alert_tier.class = alert.class)";
constexpr std::string_view kTwoIncidents =
    "SELECT MIN(id) FROM incident WHERE is_open = 1 GROUP BY service, team HAVING COUNT(*) > 1";
constexpr std::string_view kTwoAlertsOfOneProblem =
    "SELECT objective FROM alert WHERE state = 'firing' GROUP BY objective, class"
    " HAVING COUNT(*) > 1";
constexpr std::string_view kSourceOfTwo =
    "SELECT MIN(labels) FROM alert_source WHERE left_at IS NULL AND role = 'source'"
    " GROUP BY fingerprint HAVING COUNT(*) > 1";
constexpr std::string_view kMadeOfNothing =
    "SELECT id FROM alert WHERE state = 'firing' AND labels LIKE '%\"problem\":%' AND NOT EXISTS"
    " (SELECT 1 FROM alert_source WHERE alert_source.alert = alert.id AND left_at IS NULL"
    " AND role = 'source')";
constexpr std::string_view kSourceOfTheOver =
    "SELECT alert_source.labels FROM alert_source JOIN alert ON alert.id = alert_source.alert"
    " WHERE left_at IS NULL AND role = 'source' AND alert.state = 'resolved'"
    " AND alert.labels LIKE '%\"problem\":%'";
// Of each alert for which an incident rings, and of its sources where it is made of posted ones.
constexpr std::string_view kWhatItRingsFor =
    "SELECT CASE WHEN alert.labels LIKE '%\"problem\":%' THEN 1 ELSE 0 END,"
    " alert_source.fingerprint FROM alert LEFT JOIN alert_source ON alert_source.alert = alert.id"
    " AND left_at IS NULL AND role = 'source' WHERE alert.incident = $1"
    " AND alert.state = 'firing' AND alert.severity = 'page'";

constexpr std::string_view kFiringAtRest = "SELECT id FROM alert WHERE state = 'firing'";
constexpr std::string_view kOpenAtRest = "SELECT id FROM incident WHERE is_open = 1";
constexpr std::string_view kRingingAtRest =
    "SELECT incident FROM escalation WHERE state <> 'stopped'";
constexpr std::string_view kUnderWayAtRest = "SELECT id FROM outbox WHERE finished IS NULL";
constexpr std::string_view kTimersAtRest =
    "SELECT kind FROM timers WHERE kind IN ('page.escalate', 'page.way', 'page.rule',"
    " 'page.gather', 'page.wake', 'page.bring_in', 'incident.recovery', 'outbox.send',"
    " 'outbox.deadline')";
constexpr std::string_view kNotToldOfTheEnd =
    "SELECT DISTINCT page.incident || ' ' || page.person FROM page WHERE first_sent IS NOT NULL AND"
    " NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.subject_kind = 'recovery'"
    " AND outbox.subject_id = page.incident AND outbox.person = page.person)";

}  // namespace

void Checks::none(std::string_view rule, std::string_view sql) {
  const auto rows = house_.t.reader().query(sql, std::span<const store::Value>());
  if (!rows) return note(fmt::format("{}: {}", rule, rows.error().message));
  for (const auto& row : *rows) note(fmt::format("{}: {}", rule, row.text(0)));
}

void Checks::after_commit() {
  // The auditor of the house finds nothing, whatever happened, but for what it is for.
  if (house_.auditor) {
    for (const std::string& finding : house_.auditor->findings()) {
      const bool is_failing_timer = finding.find("fails at every try") != std::string::npos;
      if (!is_failing_timer || !has_trouble || !has_trouble()) note("the auditor: " + finding);
    }
  }
  none("an escalation rings without a timer", kRingingWithoutTimer);
  none("an alert fires and nobody is rung or has it", kFiringAndNobodyRung);
  none("a page alert has no incident", kPageWithoutIncident);
  none("an escalation rings though no alert fires", kRingingForNothing);
  none("a page is wanted though nobody is rung", kLivePageOfASilentEscalation);
  none("a delivery waits without a timer", kDeliveryWithoutTimer);
  none("an incident is clean while an alert fires", kCleanButFiring);
  none("an incident is neither clean nor firing", kNeitherCleanNorFiring);
  none("tiers and alerts differ", kTiersAndAlertsDiffer);
  none("a service has two open incidents", kTwoIncidents);
  none("two alerts of one problem fire", kTwoAlertsOfOneProblem);
  none("a posted alert is a source of two alerts", kSourceOfTwo);
  none("an alert made of posted ones fires without one", kMadeOfNothing);
  none("a posted alert stays at an alert that is over", kSourceOfTheOver);
  const auto rows = house_.t.reader().query("SELECT id FROM page WHERE is_live = 0");
  if (!rows) return note(rows.error().message);
  ended_pages_.clear();
  for (const auto& row : *rows) ended_pages_.insert(row.text(0));
}

void Checks::before_try(const notify::Delivery& delivery) {
  if (delivery.subject.kind == "page" && ended_pages_.contains(delivery.subject.id)) {
    note(fmt::format("a try for page {} to {} began after the commit that ended it",
                     delivery.subject.id, delivery.person.value()));
  }
  if (delivery.subject.kind == "page" && is_all_over(delivery.message.incident_id)) {
    note(fmt::format("{} is rung for incident {} though all its posted alerts are long over",
                     delivery.person.value(), delivery.message.incident_id));
  }
}

bool Checks::is_all_over(const std::string& incident) {
  if (!is_long_over) return false;
  const auto rows = house_.t.reader().query(kWhatItRingsFor, incident);
  if (!rows) note(rows.error().message);
  return rows && !rows->empty() && std::ranges::all_of(*rows, [&](const store::Row& row) {
           return row.integer(0) == 1 && is_long_over(alert::fingerprint_of(row.integer(1)));
         });
}

void Checks::logbook() {
  const auto records = store::read_logbook(house_.t.reader(), 0, 1'000'000);
  if (!records) return note(records.error().message);
  int64_t expected = 1;
  for (const auto& record : *records) {
    if (record.seq != expected) {
      return note(fmt::format("the logbook has {} where {} should be", record.seq, expected));
    }
    ++expected;
  }
}

void Checks::at_rest() {
  none("an alert still fires", kFiringAtRest);
  none("an incident is still open", kOpenAtRest);
  none("an escalation has not stopped", kRingingAtRest);
  none("a delivery is still under way", kUnderWayAtRest);
  none("a timer is left", kTimersAtRest);
  none("somebody was told and does not know that it is over", kNotToldOfTheEnd);
}

std::set<std::string> Checks::firing_tiers() {
  std::set<std::string> names;
  const auto tiers = alert::all_firing_tiers(house_.t.reader());
  if (!tiers) {
    note(tiers.error().message);
    return names;
  }
  for (const auto& tier : *tiers) names.insert(tier.objective.value() + "/" + tier.tier);
  return names;
}

std::set<std::string> Checks::ringing() {
  std::set<std::string> ids;
  const auto rows =
      house_.t.reader().query("SELECT incident FROM escalation WHERE state = 'ringing'");
  if (!rows) {
    note(rows.error().message);
    return ids;
  }
  for (const auto& row : *rows) ids.insert(row.text(0));
  return ids;
}

}  // namespace tocsin::simulation
