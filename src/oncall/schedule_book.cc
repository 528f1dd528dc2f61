#include "oncall/schedule_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_change.h"
#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

constexpr int kMostSwapsShown = 200;
constexpr int kMostServedShown = 10'000;

}  // namespace

std::unique_ptr<ScheduleBook> ScheduleBook::make(engine::Engine& engine, Log& log,
                                                 Metrics& metrics) {
  auto book = std::make_unique<RowScheduleBook>(engine, log, metrics);
  if (const auto loaded = book->load(); !loaded) {
    // use() reads the same rows and hands its error on.
    log.error("the schedules cannot be read", {{"error", loaded.error().message}});
  }
  return book;
}

RowScheduleBook::RowScheduleBook(engine::Engine& engine, Log& log, Metrics& metrics)
    : engine_(engine),
      log_(log),
      hand_offs_metric_(
          metrics.counter("tocsin_schedule_hand_offs_total", "Changes of who is on call")),
      faults_metric_(metrics.counter("tocsin_schedule_faults_total",
                                     "Gaps, unreachable people and the like that were told")) {
  engine_.on_timer(kHandOffTimer, [this](engine::Tx& tx, const std::string& id) {
    return on_hand_off_timer(tx, id);
  });
  engine_.on_timer(kLookTimer,
                   [this](engine::Tx& tx, const std::string& id) { return on_look_timer(tx, id); });
  engine_.on_timer(kSwapTimer,
                   [this](engine::Tx& tx, const std::string& id) { return on_swap_timer(tx, id); });
}

Result<> RowScheduleBook::load() {
  return engine_.run([this](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(auto all, read_schedules_kept(tx.sql()));
    Schedules schedules;
    for (KeptSchedule& kept : all) {
      if (!kept.ended) schedules.emplace(kept.schedule.id, std::move(kept.schedule));
    }
    publish_all(std::move(schedules));
    return {};
  });
}

Result<> RowScheduleBook::use(std::vector<ScheduleSpec> declared,
                              std::shared_ptr<const catalog::Catalog> catalog) {
  {
    const std::scoped_lock lock(mutex_);
    catalog_ = std::move(catalog);
  }
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto before, read_schedules_kept(tx.sql()));
    std::map<ScheduleId, const KeptSchedule*> known;
    for (const KeptSchedule& kept : before) known.emplace(kept.schedule.id, &kept);
    for (const ScheduleSpec& spec : declared) {
      const auto found = known.find(spec.schedule.id);
      RETURN_IF_ERROR(declare(tx, spec, found == known.end() ? nullptr : found->second));
      if (found != known.end()) known.erase(found);
    }
    for (const auto& [id, kept] : known) {
      if (!kept->ended) RETURN_IF_ERROR(end(tx, *kept));
    }
    return settle_all(tx);
  });
}

// Every schedule in use as its rows are now, and published once they are durable.
Result<> RowScheduleBook::settle_all(engine::Tx& tx) {
  ASSIGN_OR_RETURN(auto after, read_schedules_kept(tx.sql()));
  Schedules schedules;
  for (KeptSchedule& kept : after) {
    if (kept.ended) continue;
    RETURN_IF_ERROR(settle_kept(tx, kept));
    schedules.emplace(kept.schedule.id, std::move(kept.schedule));
  }
  tx.after_commit([this, all = std::move(schedules)]() mutable { publish_all(std::move(all)); });
  return {};
}

Result<> RowScheduleBook::declare(engine::Tx& tx, const ScheduleSpec& spec,
                                  const KeptSchedule* known) {
  KeptSchedule next;
  next.declared = spec_text(spec);
  next.checked = tx.now();
  if (known == nullptr) {
    next.schedule = spec.schedule;
    next.schedule.versions = {first_version(spec)};
    RETURN_IF_ERROR(write_schedule(tx.sql(), next));
    return append_entry(tx, spec.schedule.id, "schedule.added", kItself,
                        {{"name", spec.schedule.name}, {"team", spec.schedule.team.value()}});
  }
  if (!known->ended && known->declared == next.declared) return {};
  KeptSchedule old = *known;
  if (!old.ended) RETURN_IF_ERROR(write_history(tx, old));
  next.schedule = spec.schedule;
  if (old.ended) {
    // What it was stays readable; whoever wrote it anew begins now.
    next.schedule.versions = old.schedule.versions;
    next.schedule.versions.push_back(first_version(spec));
    next.schedule.versions.back().from = tx.now();
  } else {
    ASSIGN_OR_RETURN(const ScheduleSpec before, read_spec(old.declared, spec.schedule.id));
    next.schedule.versions = next_versions(old.schedule, before, spec, tx.now());
  }
  RETURN_IF_ERROR(write_schedule(tx.sql(), next));
  return append_entry(tx, spec.schedule.id, old.ended ? "schedule.added" : "schedule.changed",
                      kItself,
                      {{"name", spec.schedule.name}, {"team", spec.schedule.team.value()}});
}

Result<> RowScheduleBook::end(engine::Tx& tx, KeptSchedule kept) {
  RETURN_IF_ERROR(write_history(tx, kept));
  auto& versions = kept.schedule.versions;
  std::erase_if(versions, [&](const Version& version) { return version.from >= tx.now(); });
  versions.push_back({tx.now(), {}});
  kept.ended = tx.now();
  ASSIGN_OR_RETURN(const auto serving, serving_now(tx.sql(), kept.schedule.id));
  for (const Served& one : serving) RETURN_IF_ERROR(end_served(tx.sql(), one, tx.now()));
  RETURN_IF_ERROR(write_schedule(tx.sql(), kept));
  RETURN_IF_ERROR(replace_told_faults(tx.sql(), kept.schedule.id, {}));
  RETURN_IF_ERROR(tx.cancel_timer(kHandOffTimer, kept.schedule.id.value()));
  RETURN_IF_ERROR(tx.cancel_timer(kLookTimer, kept.schedule.id.value()));
  return append_entry(tx, kept.schedule.id, "schedule.ended", kItself, {});
}

Result<KeptSchedule> RowScheduleBook::find(engine::Tx& tx, const ScheduleId& id) const {
  if (!id.empty()) {
    ASSIGN_OR_RETURN(auto found, read_schedules_kept(tx.sql(), id.value()));
    if (!found.empty() && !found.front().ended) return std::move(found.front());
  }
  std::vector<std::string> names;
  for (const auto& [name, schedule] : *schedules()) names.push_back(name.value());
  return not_found(fmt::format("there is no schedule '{}'{}", codec::shown(id.value()),
                               codec::did_you_mean(id.value(), names)));
}

std::shared_ptr<const catalog::Catalog> RowScheduleBook::catalog() const {
  const std::scoped_lock lock(mutex_);
  return catalog_;
}

Result<> RowScheduleBook::check_person(const catalog::PersonId& person) const {
  const auto known = catalog();
  if (!known || known->person(person) != nullptr) return {};
  std::vector<std::string> names;
  for (const auto& [id, one] : known->people) names.push_back(id.value());
  return invalid(fmt::format("person '{}' is not known{}", codec::shown(person.value()),
                             codec::did_you_mean(person.value(), names)));
}

void RowScheduleBook::publish(Schedule schedule) {
  const std::scoped_lock lock(mutex_);
  auto next = std::make_shared<Schedules>(*schedules_);
  const ScheduleId id = schedule.id;
  next->insert_or_assign(id, std::move(schedule));
  schedules_ = std::move(next);
}

void RowScheduleBook::publish_all(Schedules schedules) {
  auto next = std::make_shared<const Schedules>(std::move(schedules));
  const std::scoped_lock lock(mutex_);
  schedules_ = std::move(next);
}

std::shared_ptr<const ScheduleBook::Schedules> RowScheduleBook::schedules() const {
  const std::scoped_lock lock(mutex_);
  return schedules_;
}

Result<std::vector<SwapRequest>> RowScheduleBook::swaps(store::Session& sql,
                                                        const ScheduleId& schedule) {
  return swaps_of(sql, schedule, kMostSwapsShown);
}

Result<std::vector<Served>> RowScheduleBook::history(store::Session& sql,
                                                     const ScheduleId& schedule, Time begin,
                                                     Time end) {
  return served_between(sql, schedule, begin, end, kMostServedShown);
}

std::optional<Turn> RowScheduleBook::on_call(const ScheduleId& schedule, Time at) const {
  const auto all = schedules();
  const auto found = all->find(schedule);
  if (found == all->end()) return std::nullopt;
  return turn_at(found->second, at);
}

Result<> append_about(engine::Tx& tx, std::string_view subject_kind, std::string_view subject_id,
                      std::string_view kind, const store::Actor& by, codec::JsonObject data) {
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = by;
  entry.kind = kind;
  entry.subject_kind = subject_kind;
  entry.subject_id = subject_id;
  entry.data = std::move(data);
  return tx.append(std::move(entry));
}

Result<> append_entry(engine::Tx& tx, const ScheduleId& schedule, std::string_view kind,
                      const store::Actor& by, codec::JsonObject data) {
  return append_about(tx, "schedule", schedule.value(), kind, by, std::move(data));
}

Result<> append_person_entry(engine::Tx& tx, const catalog::PersonId& person, std::string_view kind,
                             const store::Actor& by, codec::JsonObject data) {
  return append_about(tx, "person", person.value(), kind, by, std::move(data));
}

}  // namespace tocsin::oncall
