#include "oncall/auditor.h"

#include <fmt/format.h>

#include "notify/outbox_audit.h"
#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

constexpr const char* kAuditTimer = "audit";
constexpr const char* kSubject = "escalations";

using Findings = std::vector<std::string>;

// Escalations that ring and that nothing would take further.
Result<> mend_escalations(engine::Tx& tx, Findings& found) {
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query("SELECT incident FROM escalation WHERE state = 'ringing' AND NOT EXISTS"
                     " (SELECT 1 FROM timers WHERE timers.kind = $1"
                     " AND timers.subject = escalation.incident) ORDER BY incident LIMIT 100",
                     kEscalateTimer));
  for (const auto& row : rows) {
    RETURN_IF_ERROR(
        tx.set_timer({.kind = kEscalateTimer, .subject = row.text(0), .due = tx.now()}));
    found.push_back(fmt::format("the escalation of {} rang and had no timer", row.text(0)));
  }
  return {};
}

Result<> find_unpaged(engine::Tx& tx, Findings& found) {
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query("SELECT id, service FROM alert WHERE state = 'firing' AND severity = 'page'"
                     " AND started < $1 AND NOT EXISTS (SELECT 1 FROM escalation"
                     " WHERE escalation.incident = alert.incident) ORDER BY started LIMIT 100",
                     tx.now() - Auditor::kGrace));
  for (const auto& row : rows) {
    found.push_back(fmt::format("alert {} of {} asks for a page, fires, and nobody is rung for it",
                                row.text(0), row.text(1)));
  }
  return {};
}

}  // namespace

Auditor::Auditor(engine::Engine& engine, Log& log, Metrics& metrics)
    : log_(log),
      found_metric_(metrics.counter("tocsin_audit_findings_total",
                                    "Pages or deliveries found without a next action in time")) {
  engine.on_timer(kAuditTimer, [this](engine::Tx& tx, const std::string&) { return look(tx); });
  engine.submit(
      [](engine::Tx& tx) {
        return tx.set_timer({.kind = kAuditTimer, .subject = kSubject, .due = tx.now() + kEvery});
      },
      [&log](Result<> done) {
        if (!done) log.warn("the auditor could not be started", {{"error", done.error()}});
      });
}

Findings Auditor::findings() const {
  const std::lock_guard lock(mutex_);
  return findings_;
}

std::optional<Time> Auditor::looked_at() const {
  const std::lock_guard lock(mutex_);
  return looked_at_;
}

Result<> Auditor::look(engine::Tx& tx) {
  RETURN_IF_ERROR(
      tx.set_timer({.kind = kAuditTimer, .subject = kSubject, .due = tx.now() + kEvery}));
  Findings found;
  RETURN_IF_ERROR(mend_escalations(tx, found));
  RETURN_IF_ERROR(find_unpaged(tx, found));
  ASSIGN_OR_RETURN(const Findings deliveries, notify::mend_outbox(tx));
  found.insert(found.end(), deliveries.begin(), deliveries.end());
  tx.after_commit([this, found = std::move(found), now = tx.now()] {
    for (const std::string& finding : found) {
      found_metric_.add();
      log_.error("the auditor found something without a next action", {{"what", finding}});
    }
    const std::lock_guard lock(mutex_);
    findings_ = found;
    looked_at_ = now;
  });
  return {};
}

}  // namespace tocsin::oncall
