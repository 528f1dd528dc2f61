#include "alert/problem_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "alert/alert_json.h"
#include "alert/open_problems.h"
#include "alert/problem_text.h"

namespace tocsin::alert {
namespace {

using routing::PostedAlert;
using routing::PostedAlertRef;

constexpr size_t kMostAtOnce = 64;  // looked at in one commit
constexpr int kAllSources = std::numeric_limits<int>::max();
constexpr int kComplainEvery = 30;  // failures in a row between two lines of the log
constexpr std::string_view kOver = "it has resolved";

bool is_live_source(const AlertSource& source) { return source.role == SourceRole::kSource; }

store::Actor ourselves() { return store::system_actor("problem-desk"); }

AlertSource source_at(const Belonging& place, SourceRole role, uint64_t fingerprint,
                      const PostedAlert& alert, bool is_cause, Time now) {
  AlertSource source;
  source.alert = place.alert;
  source.fingerprint = fingerprint;
  source.joined = now;
  source.role = role;
  source.is_cause = is_cause;
  source.why = place.why;
  source.labels = alert.labels.to_text();
  source.summary = summary_of(alert);
  return source;
}

}  // namespace

ProblemDesk::ProblemDesk(Parts parts)
    : parts_(std::move(parts)),
      fired_metric_(parts_.metrics.counter("tocsin_alerts_fired_total", "Alerts that began")),
      resolved_metric_(parts_.metrics.counter("tocsin_alerts_resolved_total", "Alerts that ended")),
      held_back_metric_(parts_.metrics.counter(
          "tocsin_posted_alerts_held_back_total",
          "Posted alerts that asked for a page and did not pass an enforced gate")),
      open_(std::make_shared<std::vector<OpenProblem>>()) {
  auto empty = std::make_shared<catalog::Catalog>();
  world_ = std::make_shared<World>(World{empty, PostedPolicy::defaults(), Dependents(*empty)});
}

ProblemDesk::~ProblemDesk() { stop(); }

void ProblemDesk::use(std::shared_ptr<const catalog::Catalog> catalog, PostedPolicy policy) {
  auto next = std::make_shared<World>(World{catalog, std::move(policy), Dependents(*catalog)});
  {
    const std::lock_guard lock(mutex_);
    world_ = std::move(next);
  }
  wake_all();
}

Result<> ProblemDesk::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto live, all_live_fingerprints(sql));
  const std::lock_guard lock(mutex_);
  live_ = std::move(live);
  return {};
}

std::shared_ptr<const ProblemDesk::World> ProblemDesk::world() const {
  const std::lock_guard lock(mutex_);
  return world_;
}

// --- what others say

void ProblemDesk::on_posted(std::span<const PostedAlertRef> changed) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& alert : changed) dirty_.insert(alert->fingerprint());
  }
  wake_.notify_all();
}

void ProblemDesk::wake_all() {
  {
    const std::lock_guard lock(mutex_);
    is_all_dirty_ = true;
  }
  wake_.notify_all();
}

// It decides where posted alerts belong: those of its service and of what its service depends on.
void ProblemDesk::wake_about(const catalog::ServiceId& service, std::span<const AlertSource> left) {
  {
    const std::lock_guard lock(mutex_);
    dirty_services_.insert(service);
    for (const AlertSource& source : left) dirty_.insert(source.fingerprint);
  }
  wake_.notify_all();
}

Result<> ProblemDesk::on_fired(engine::Tx& tx, Alert& alert) {
  tx.after_commit([this, service = alert.service] { wake_about(service); });
  return listener_ != nullptr ? listener_->on_fired(tx, alert) : Result<>{};
}

Result<> ProblemDesk::on_changed(engine::Tx& tx, const Alert& alert) {
  return listener_ != nullptr ? listener_->on_changed(tx, alert) : Result<>{};
}

Result<> ProblemDesk::on_resolved(engine::Tx& tx, const Alert& alert) {
  ASSIGN_OR_RETURN(auto left, live_sources_at(tx.sql(), alert.id, kAllSources));
  tx.after_commit(
      [this, service = alert.service, left = std::move(left)] { wake_about(service, left); });
  return listener_ != nullptr ? listener_->on_resolved(tx, alert) : Result<>{};
}

ProblemDesk::Known ProblemDesk::whose(const routing::Labels& labels) const {
  const auto current = world();
  const PostedPolicy& policy = current->policy;
  const Owner owner = owner_of(labels, policy, *current->catalog);
  return {owner.service ? owner.service->id.value() : std::string(labels.get(policy.service_label)),
          owner.team ? owner.team->id.value() : std::string(labels.get(policy.team_label))};
}

bool ProblemDesk::holds_back(const PostedAlert& posted, const std::string& receiver) const {
  std::shared_ptr<const World> world;
  std::shared_ptr<const std::vector<OpenProblem>> open;
  {
    const std::lock_guard lock(mutex_);
    world = world_;
    open = open_;
  }
  if (std::ranges::find(world->policy.paging_receivers, receiver) ==
      world->policy.paging_receivers.end()) {
    return false;
  }
  const Owner owner = owner_of(posted.labels, world->policy, *world->catalog);
  const GateVerdict verdict =
      judge(posted, world->policy, owner, has_symptom(owner, world->dependents, *open));
  return verdict.mode == catalog::PageGate::kEnforce && !verdict.reasons.empty();
}

// --- the loop

void ProblemDesk::start() {
  thread_ = std::jthread([this](const std::stop_token& stopping) {
    const auto has_work = [this] {
      return is_all_dirty_ || !dirty_.empty() || !dirty_services_.empty();
    };
    while (!stopping.stop_requested()) {
      const bool went_well = step();
      std::unique_lock lock(mutex_);
      if (!went_well) {
        wake_.wait_for(lock, stopping, kLookAgain, [] { return false; });
      } else if (!suppressed_.empty()) {
        wake_.wait_for(lock, stopping, kLookAgain, has_work);
      } else {
        wake_.wait(lock, stopping, has_work);
      }
    }
  });
}

void ProblemDesk::stop() {
  is_stopping_ = true;
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

// What may need a look at the database. The lock is not held while labels are matched: the writer
// waits for it.
std::vector<uint64_t> ProblemDesk::take_work() {
  std::set<uint64_t> dirty, live, suppressed;
  std::set<catalog::ServiceId> services;
  std::shared_ptr<const World> world;
  std::shared_ptr<const std::vector<OpenProblem>> open;
  bool is_all = false;
  {
    const std::lock_guard lock(mutex_);
    dirty = std::exchange(dirty_, {});
    services = std::exchange(dirty_services_, {});
    is_all = std::exchange(is_all_dirty_, false);
    live = live_;
    suppressed = suppressed_;
    world = world_;
    open = open_;
  }
  if (is_all) {
    for (const auto& alert : parts_.alerts.all()) dirty.insert(alert->fingerprint());
    dirty.insert(live.begin(), live.end());
  } else if (!services.empty()) {
    for (const auto& alert : parts_.alerts.all()) {
      const Owner owner = owner_of(alert->labels, world->policy, *world->catalog);
      const auto is_due_to_it = [&](const catalog::ServiceId& service) {
        return owner.service != nullptr && world->dependents.affects(owner.service->id, service);
      };
      if (std::ranges::any_of(services, is_due_to_it)) dirty.insert(alert->fingerprint());
    }
  }
  // What is still suppressed needs no transaction: a storm that is silenced must not keep the
  // writer busy each second.
  const Time now = parts_.clock.now();
  for (const uint64_t fingerprint : suppressed) {
    const auto alert = parts_.alerts.find(fingerprint);
    // As look_at() sees it: what flaps counts as firing while it is resolved, too.
    const bool fires =
        alert && (!alert->is_resolved(now) || parts_.alerts.flaps_at(fingerprint, now));
    const bool waits = fires && parts_.is_suppressed(*alert, now);
    if (!waits) dirty.insert(fingerprint);
  }
  std::vector<uint64_t> work;
  for (const uint64_t fingerprint : dirty) {
    const auto alert = parts_.alerts.find(fingerprint);
    const auto matters = [&] {
      if (live.contains(fingerprint) || suppressed.contains(fingerprint)) return true;
      if (!alert) return false;
      if (world->policy.asks_for_page(alert->labels)) return true;
      const Owner owner = owner_of(alert->labels, world->policy, *world->catalog);
      return !evidence_for(alert->labels, world->policy, owner, world->dependents, *open).empty();
    };
    if (matters()) work.push_back(fingerprint);
  }
  return work;
}

std::set<uint64_t> ProblemDesk::suppressed_of(std::span<const uint64_t> work) const {
  const Time now = parts_.clock.now();
  std::set<uint64_t> suppressed;
  for (const uint64_t fingerprint : work) {
    const auto alert = parts_.alerts.find(fingerprint);
    if (alert && parts_.is_suppressed(*alert, now)) suppressed.insert(fingerprint);
  }
  return suppressed;
}

bool ProblemDesk::step() {
  bool reads = false;
  {
    const std::lock_guard lock(mutex_);
    reads = is_all_dirty_ || !dirty_services_.empty();
  }
  if (reads) {  // which alerts fire may have changed
    auto open = std::make_shared<std::vector<OpenProblem>>();
    const Result<> read = parts_.engine.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(*open, open_problems(tx.sql()));
      return {};
    });
    if (!read) {
      note_outcome(read, parts_.alerts.size());
      return false;
    }
    const std::lock_guard lock(mutex_);
    open_ = std::move(open);
  }
  const std::vector<uint64_t> work = take_work();
  Result<> outcome;
  size_t failed = 0;
  for (size_t from = 0; from < work.size() && !is_stopping_; from += kMostAtOnce) {
    const auto piece = std::span(work).subspan(from, std::min(kMostAtOnce, work.size() - from));
    const auto suppressed = suppressed_of(piece);
    const Result<> written =
        parts_.engine.run([&](engine::Tx& tx) { return look_at_all(tx, piece, suppressed); });
    if (written) continue;
    outcome = written;
    failed += piece.size();
    const std::lock_guard lock(mutex_);
    dirty_.insert(piece.begin(), piece.end());
  }
  if (reads || !work.empty()) note_outcome(outcome, failed);
  return outcome.has_value();
}

void ProblemDesk::note_outcome(const Result<>& step, size_t alerts) {
  if (step) {
    failures_ = 0;
    return;
  }
  if (++failures_ % kComplainEvery != 1) return;
  parts_.log.warn("posted alerts could not be judged; they are looked at again",
                  {{"alerts", alerts}, {"failures", failures_}, {"error", step.error()}});
}

// --- inside the transaction

Result<> ProblemDesk::look_at_all(engine::Tx& tx, std::span<const uint64_t> work,
                                  const std::set<uint64_t>& suppressed) {
  const auto current = world();
  ASSIGN_OR_RETURN(auto open, open_problems(tx.sql()));
  Round round{tx, *current, suppressed, std::move(open), {}};
  for (const uint64_t fingerprint : work) RETURN_IF_ERROR(look_at(round, fingerprint));
  for (const std::string& id : round.changed) RETURN_IF_ERROR(describe(tx, id));
  tx.after_commit([this, seen = std::make_shared<std::vector<OpenProblem>>(std::move(round.open))] {
    const std::lock_guard lock(mutex_);
    open_ = seen;
  });
  return {};
}

Result<> ProblemDesk::look_at(Round& round, uint64_t fingerprint) {
  const Time now = round.tx.now();
  const PostedAlertRef alert = parts_.alerts.find(fingerprint);
  ASSIGN_OR_RETURN(auto live, live_sources_of(round.tx.sql(), fingerprint));
  const bool fires =
      alert && (!alert->is_resolved(now) || parts_.alerts.flaps_at(fingerprint, now));
  if (!fires) return leave(round, fingerprint, live);
  Case it{fingerprint, *alert, owner_of(alert->labels, round.world.policy, *round.world.catalog),
          std::move(live), round.world.policy.is_cause(alert->labels)};
  RETURN_IF_ERROR(add_evidence(round, it));
  bool waits = false;
  if (round.world.policy.asks_for_page(alert->labels)) {
    ASSIGN_OR_RETURN(waits, add_source(round, it));
  }
  remember(round.tx, fingerprint, !it.live.empty(), waits);
  return {};
}

void ProblemDesk::remember(engine::Tx& tx, uint64_t fingerprint, bool is_live, bool is_suppressed) {
  const auto put = [](std::set<uint64_t>& set, uint64_t one, bool is_in) {
    if (is_in) {
      set.insert(one);
    } else {
      set.erase(one);
    }
  };
  tx.after_commit([this, put, fingerprint, is_live, is_suppressed] {
    const std::lock_guard lock(mutex_);
    put(live_, fingerprint, is_live);
    put(suppressed_, fingerprint, is_suppressed);
  });
}

// It is over: it leaves its alerts, and those that have no source any more are over, too.
Result<> ProblemDesk::leave(Round& round, uint64_t fingerprint,
                            const std::vector<AlertSource>& live) {
  for (const AlertSource& source : live) RETURN_IF_ERROR(leave_one(round, source, kOver, ""));
  RETURN_IF_ERROR(delete_split(round.tx.sql(), fingerprint));
  RETURN_IF_ERROR(delete_verdict(round.tx.sql(), fingerprint));
  remember(round.tx, fingerprint, false, false);
  return {};
}

Result<> ProblemDesk::leave_one(Round& round, const AlertSource& source, std::string_view how,
                                std::string_view why_over) {
  engine::Tx& tx = round.tx;
  RETURN_IF_ERROR(end_source(tx.sql(), source.alert, source.fingerprint, tx.now(), how));
  ASSIGN_OR_RETURN(auto alert, read_alert(tx.sql(), source.alert));
  if (!alert) return {};
  RETURN_IF_ERROR(append(tx, *alert, fmt::format("alert.{}_left", name_of(source.role)),
                         {{"fingerprint", routing::fingerprint_text(source.fingerprint)},
                          {"labels", source.labels},
                          {"why", how}},
                         ourselves()));
  if (!is_live_source(source) || is_of_objective(*alert) || alert->state == AlertState::kResolved) {
    return {};
  }
  ASSIGN_OR_RETURN(const int64_t left, count_live_sources(tx.sql(), alert->id));
  if (left > 0) {
    round.changed.insert(alert->id);
    return {};
  }
  round.changed.erase(alert->id);
  resolve_problem(*alert, tx.now(), why_over);
  RETURN_IF_ERROR(update_alert(tx.sql(), *alert));
  RETURN_IF_ERROR(append(tx, *alert, "alert.resolved", {}, ourselves()));
  std::erase_if(round.open, [&](const OpenProblem& one) { return one.id == alert->id; });
  tx.after_commit([this, service = alert->service] {
    resolved_metric_.add();
    wake_about(service);
  });
  return listener_ != nullptr ? listener_->on_resolved(tx, *alert) : Result<>{};
}

Result<> ProblemDesk::add_evidence(Round& round, Case& it) {
  const auto places = evidence_for(it.alert.labels, round.world.policy, it.owner,
                                   round.world.dependents, round.open);
  for (const Belonging& place : places) {
    if (std::ranges::find(it.live, place.alert, &AlertSource::alert) != it.live.end()) continue;
    ASSIGN_OR_RETURN(const int64_t count, count_live_evidence(round.tx.sql(), place.alert));
    if (count >= kMostEvidence) continue;
    RETURN_IF_ERROR(join(round, it, place, SourceRole::kEvidence));
    ASSIGN_OR_RETURN(it.live, live_sources_of(round.tx.sql(), it.fingerprint));
  }
  return {};
}

Result<bool> ProblemDesk::add_source(Round& round, Case& it) {
  const auto own = std::ranges::find_if(it.live, is_live_source);
  const bool has_source = own != it.live.end();
  // A cause that stood beside an objective has been looked at, and wakes nobody.
  if (!has_source && it.is_cause && !it.live.empty()) return false;
  if (!has_source && round.suppressed.contains(it.fingerprint)) return true;
  if (has_source) RETURN_IF_ERROR(add_by_id(round.tx.sql(), own->alert, round.open));
  const GateVerdict verdict = judge(it.alert, round.world.policy, it.owner,
                                    has_symptom(it.owner, round.world.dependents, round.open));
  RETURN_IF_ERROR(note_verdict(round, it, verdict));

  std::optional<OpenProblem> now_at;  // a copy: others may be added to the list below
  for (const OpenProblem& one : round.open) {
    if (has_source && one.id == own->alert) now_at = one;
  }
  const bool is_placed = now_at.has_value();
  if (!is_placed && verdict.decision == Decision::kDashboard) return false;
  // What pages does not become less by a stricter rule while it fires.
  const bool is_page = verdict.decision == Decision::kPage || (is_placed && now_at->is_page);
  ASSIGN_OR_RETURN(const bool split, is_split(round.tx.sql(), it.fingerprint));
  const auto find_place = [&] {
    return place_source(it.fingerprint, it.alert.labels, round.world.policy, it.owner, is_page,
                        split, round.open);
  };
  Belonging place = find_place();
  if (place.alert.empty()) {  // unless it is open and not among the newest
    RETURN_IF_ERROR(add_by_what(round.tx.sql(), place.about, is_page, round.open));
    place = find_place();
  }
  if (is_placed) {
    const auto target = std::ranges::find(round.open, place.alert, &OpenProblem::id);
    const bool is_raised = is_page && !now_at->is_page;
    const bool burns = target != round.open.end() && target->is_objective && !now_at->is_objective;
    const bool is_split_off = split && now_at->about != place.about;
    if (!is_raised && !burns && !is_split_off) return false;
  }
  const std::optional<AlertSource> before =
      has_source ? std::optional<AlertSource>(*own) : std::nullopt;
  // The new place first: an incident that both are in must not seem to be over in between.
  RETURN_IF_ERROR(place.alert.empty() ? open(round, it, place, is_page)
                                      : join(round, it, place, SourceRole::kSource));
  if (before) RETURN_IF_ERROR(leave_one(round, *before, "it has moved: " + place.why, place.why));
  ASSIGN_OR_RETURN(it.live, live_sources_of(round.tx.sql(), it.fingerprint));
  return false;
}

Result<> ProblemDesk::note_verdict(Round& round, const Case& it, const GateVerdict& verdict) {
  engine::Tx& tx = round.tx;
  ASSIGN_OR_RETURN(const auto before, read_verdict(tx.sql(), it.fingerprint));
  if (before ? *before == verdict : verdict.reasons.empty()) return {};
  RETURN_IF_ERROR(put_verdict(tx.sql(), it.fingerprint, verdict, tx.now()));
  codec::JsonArray reasons;
  for (const GateReason reason : verdict.reasons) {
    reasons.push_back(codec::Json(sentence_of(reason, round.world.policy)));
  }
  if (verdict.decision != Decision::kPage && (!before || before->decision == Decision::kPage)) {
    tx.after_commit([this] { held_back_metric_.add(); });
  }
  return parts_.alerts.note(tx, it.fingerprint, "posted_alert.gated",
                            {{"decision", name_of(verdict.decision)},
                             {"mode", name_of(verdict.mode)},
                             {"reasons", std::move(reasons)}},
                            ourselves());
}

// --- alerts

Result<> ProblemDesk::join(Round& round, const Case& it, const Belonging& place, SourceRole role) {
  engine::Tx& tx = round.tx;
  RETURN_IF_ERROR(insert_source(
      tx.sql(), source_at(place, role, it.fingerprint, it.alert, it.is_cause, tx.now())));
  ASSIGN_OR_RETURN(auto alert, read_alert(tx.sql(), place.alert));
  if (!alert) return fail(Code::kInternal, "an alert that fires has no row: " + place.alert);
  const auto open = std::ranges::find(round.open, place.alert, &OpenProblem::id);
  if (open != round.open.end() && role == SourceRole::kSource && !it.is_cause) {
    open->is_symptom = true;
  }
  RETURN_IF_ERROR(append(tx, *alert, fmt::format("alert.{}_joined", name_of(role)),
                         {{"fingerprint", routing::fingerprint_text(it.fingerprint)},
                          {"labels", it.alert.labels.to_text()},
                          {"summary", summary_of(it.alert)},
                          {"why", place.why}},
                         ourselves()));
  if (!is_of_objective(*alert) && role == SourceRole::kSource) round.changed.insert(alert->id);
  return {};
}

Result<> ProblemDesk::open(Round& round, const Case& it, const Belonging& place, bool is_page) {
  engine::Tx& tx = round.tx;
  Alert alert = make_problem(it.alert, round.world.policy, it.owner, place.about, is_page, tx.now(),
                             parts_.external_url);
  alert.id = tx.new_id("alr");
  Belonging own = place;
  own.alert = alert.id;
  const AlertSource source =
      source_at(own, SourceRole::kSource, it.fingerprint, it.alert, it.is_cause, tx.now());
  describe_problem(alert, {source}, 1, tx.now());
  // The rows stand before the listener is asked, so that it can count them; the incident follows.
  RETURN_IF_ERROR(insert_alert(tx.sql(), place.about,
                               is_page ? AlertClass::kPage : AlertClass::kTicket, alert));
  RETURN_IF_ERROR(insert_source(tx.sql(), source));
  if (listener_ != nullptr) {
    RETURN_IF_ERROR(listener_->on_fired(tx, alert));
    RETURN_IF_ERROR(update_alert(tx.sql(), alert));
  }
  OpenProblem opened = problem_of(alert);
  opened.is_symptom = !it.is_cause;
  round.open.push_back(std::move(opened));
  tx.after_commit([this, service = alert.service] {
    fired_metric_.add();
    wake_about(service);
  });
  return append(tx, alert, "alert.fired",
                {{"fingerprint", routing::fingerprint_text(it.fingerprint)}, {"why", place.why}},
                ourselves());
}

Result<> ProblemDesk::describe(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto alert, read_alert(tx.sql(), id));
  if (!alert) return {};
  ASSIGN_OR_RETURN(const auto sources, live_sources_at(tx.sql(), id, kMostNamed));
  ASSIGN_OR_RETURN(const int64_t count, count_live_sources(tx.sql(), id));
  describe_problem(*alert, sources, count, tx.now());
  RETURN_IF_ERROR(update_alert(tx.sql(), *alert));
  return listener_ != nullptr ? listener_->on_changed(tx, *alert) : Result<>{};
}

Result<> ProblemDesk::append(engine::Tx& tx, const Alert& alert, std::string kind,
                             codec::JsonObject data, const store::Actor& by) {
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = by;
  entry.kind = std::move(kind);
  entry.subject_kind = "alert";
  entry.subject_id = alert.id;
  entry.incident_id = alert.incident;
  entry.data = std::move(data);
  entry.data["severity"] = name_of(alert.severity);
  entry.data["service"] = alert.service.value();
  if (!entry.data.contains("summary")) entry.data["summary"] = alert.summary;
  entry.data["impact"] = alert.impact;
  return tx.append(std::move(entry));
}

Result<> ProblemDesk::split(engine::Tx& tx, const std::string& alert_id, uint64_t fingerprint,
                            const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto alert, read_alert(tx.sql(), alert_id));
  ASSIGN_OR_RETURN(const auto live, live_sources_of(tx.sql(), fingerprint));
  const auto own = std::ranges::find_if(live, [&](const AlertSource& source) {
    return source.alert == alert_id && is_live_source(source);
  });
  if (!alert || own == live.end()) {
    return not_found(fmt::format("posted alert {} is no source of alert '{}' now",
                                 routing::fingerprint_text(fingerprint), alert_id));
  }
  ASSIGN_OR_RETURN(const int64_t sources, count_live_sources(tx.sql(), alert_id));
  if (!is_of_objective(*alert) && sources < 2) {
    return fail(Code::kFailedPrecondition,
                fmt::format("alert '{}' is made of this posted alert alone; there is nothing to "
                            "split",
                            alert_id));
  }
  RETURN_IF_ERROR(insert_split(tx.sql(), fingerprint, alert_id, by.to_text(), tx.now()));
  RETURN_IF_ERROR(append(
      tx, *alert, "alert.split",
      {{"fingerprint", routing::fingerprint_text(fingerprint)}, {"labels", own->labels}}, by));
  return look_at_all(tx, std::span(&fingerprint, 1), {});
}

}  // namespace tocsin::alert
