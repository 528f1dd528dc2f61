#include "oncall/auditor.h"

#include <fmt/format.h>

#include "notify/outbox_audit.h"

namespace tocsin::oncall {
namespace {

constexpr const char* kAuditTimer = "audit";
constexpr const char* kSubject = "escalations";

// Of one look: what a defect of ours brings about a thousand times is understood before.
constexpr size_t kMostSentences = 1000;

using Findings = std::vector<std::string>;

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

// An alert that fires again makes its escalation go on in the same transaction; a person's decision
// to end it has moved the incident on.
Result<> find_silent(engine::Tx& tx, Findings& found) {
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query("SELECT alert.id, alert.service, escalation.state FROM alert"
                     " JOIN escalation ON escalation.incident = alert.incident"
                     " LEFT JOIN incident ON incident.id = alert.incident"
                     " WHERE alert.state = 'firing' AND alert.severity = 'page'"
                     " AND alert.started < $1 AND (escalation.state = 'paused'"
                     " OR (escalation.state = 'stopped' AND incident.state = 'triage'))"
                     " ORDER BY alert.started LIMIT 100",
                     tx.now() - Auditor::kGrace));
  for (const auto& row : rows) {
    found.push_back(
        fmt::format("alert {} of {} asks for a page and fires, and its escalation is {}",
                    row.text(0), row.text(1), row.text(2)));
  }
  return {};
}

void add(Findings& found, const Findings& more) {
  found.insert(found.end(), more.begin(), more.end());
}

}  // namespace

Auditor::Auditor(engine::Engine& engine, Log& log, Metrics& metrics)
    : log_(log),
      found_metric_(metrics.counter("tocsin_audit_findings_total",
                                    "Pages or deliveries found without a next action in time")) {
  engine.on_timer(kAuditTimer, [this](engine::Tx& tx, const std::string&) { return go_on(tx); });
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

Result<> Auditor::go_on(engine::Tx& tx) {
  Findings found;
  AuditProgress at = look_ ? look_->at : AuditProgress();
  PutOffTimers put_off;
  if (at.timers) {
    ASSIGN_OR_RETURN(put_off, look_at_timers(tx, at, found));
  }
  if (at.pages) {
    ASSIGN_OR_RETURN(const MendedWays ways, mend_ways(tx, *at.pages));
    add(found, ways.found);
    at.pages = ways.next;
  }
  const Duration wait = at.is_end() ? Duration(kEvery) : Duration(0);
  RETURN_IF_ERROR(tx.set_timer({.kind = kAuditTimer, .subject = kSubject, .due = tx.now() + wait}));
  tx.after_commit([this, found = std::move(found), put_off = std::move(put_off), at = std::move(at),
                   now = tx.now()]() mutable {
    if (!look_) look_.emplace();
    look_->put_off.merge(put_off);
    look_->at = std::move(at);
    note(std::move(found));
    if (look_->at.is_end()) finish(now);
  });
  return {};
}

// When they are through, all else that is seen at once.
Result<PutOffTimers> Auditor::look_at_timers(engine::Tx& tx, AuditProgress& at, Findings& found) {
  ASSIGN_OR_RETURN(PutOffPiece piece, put_off_timers(tx, *at.timers));
  add(found, still_failing(put_off_, piece.timers));
  at.timers = piece.next;
  if (!at.timers) {
    RETURN_IF_ERROR(look_at_rest(tx, found));
    at.pages = begin_of_pages(tx.now());
  }
  return std::move(piece.timers);
}

Result<> Auditor::look_at_rest(engine::Tx& tx, Findings& found) {
  ASSIGN_OR_RETURN(const Findings lost, mend_pager_timers(tx));
  add(found, lost);
  RETURN_IF_ERROR(find_unpaged(tx, found));
  RETURN_IF_ERROR(find_silent(tx, found));
  ASSIGN_OR_RETURN(const Findings deliveries, notify::mend_outbox(tx));
  add(found, deliveries);
  return {};
}

void Auditor::note(Findings found) {
  for (std::string& finding : found) {
    found_metric_.add();
    if (look_->found.size() >= kMostSentences) {
      ++look_->left_out;
      continue;
    }
    log_.error("the auditor found something without a next action", {{"what", finding}});
    look_->found.push_back(std::move(finding));
  }
}

void Auditor::finish(Time now) {
  if (look_->left_out > 0) {
    look_->found.push_back(fmt::format("and {} more of the kind", look_->left_out));
  }
  put_off_ = std::move(look_->put_off);
  const std::lock_guard lock(mutex_);
  findings_ = std::move(look_->found);
  looked_at_ = now;
  look_.reset();
}

}  // namespace tocsin::oncall
