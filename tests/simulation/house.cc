#include "house.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::simulation {
namespace {

constexpr const char* kUrl = "https://tocsin.test";
constexpr int kMostSteps = 20'000;

}  // namespace

std::string House::PlainLinks::url_for(std::string_view page, Time) const {
  return fmt::format("{}/p/{}", kUrl, page);
}

Result<std::string> House::PlainLinks::page_of(std::string_view token, Time) const {
  return std::string(token);
}

House::House(uint64_t seed, Declared declared)
    : t({.seed = seed}), rng(seed ^ 0x9e3779b97f4a7c15U), declared_(std::move(declared)) {
  t.faults().before = [this](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && commits_left_ && moment_ == Moment::kBefore && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return fault && !is_starting_ ? fault(sql) : std::nullopt;
  };
  t.faults().after = [this](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && commits_left_ && moment_ == Moment::kAfter && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return std::nullopt;
  };
  open();
}

House::~House() { close(); }

void House::open() {
  auto& e = t.engine();
  outbox = notify::Outbox::make(e, provider, t.log(), t.metrics());
  pager = oncall::Pager::make({e, *outbox, links_, t.log(), t.metrics()});
  incidents = std::make_unique<incident::IncidentDesk>(
      incident::IncidentDesk::Parts{e, *pager, t.log(), t.metrics(), kUrl, {}});
  alerts =
      std::make_unique<alert::AlertDesk>(alert::AlertDesk::Parts{e, t.log(), t.metrics(), kUrl});
  alerts->listen(*incidents);
  pager->use(declared_.catalog, declared_.policies);
  incidents->use(declared_.catalog);
  alerts->use(declared_.catalog, declared_.objectives);
}

void House::close() {
  // Answers what waits while those who wait still stand.
  t.engine().stop(Duration(0));
  alerts.reset();
  incidents.reset();
  pager.reset();
  outbox.reset();
}

void House::use(Declared declared) {
  declared_ = std::move(declared);
  pager->use(declared_.catalog, declared_.policies);
  incidents->use(declared_.catalog);
  alerts->use(declared_.catalog, declared_.objectives);
}

void House::say(const slo::TierChange& change) { alerts->on_change(change); }

void House::submit(engine::Command command, engine::Engine::Done done) {
  t.engine().submit(std::move(command), std::move(done));
}

void House::crash_at_commit(int n, Moment moment) {
  commits_left_ = n;
  moment_ = moment;
}

void House::crash() {
  ++crashes;
  commits_left_.reset();
  close();
  is_starting_ = true;
  t.restart();
  open();
  is_starting_ = false;
  if (on_commit) on_commit();
  if (on_start) on_start();
}

bool House::step() {
  try {
    const Result<bool> did = t.engine().step();
    if (t.engine().lost()) {
      crash();  // a process that may not write any more ends, and is started again
      return true;
    }
    if (!did || !*did) return false;
  } catch (const Crash&) {
    crash();
    return true;
  }
  ++commits;
  if (on_commit) on_commit();
  return true;
}

void House::settle() {
  for (int i = 0; i < kMostSteps; ++i) {
    if (!step()) return;
  }
  throw std::runtime_error("the engine does not come to rest");
}

void House::advance(Duration by) {
  const Duration end = t.clock().monotonic() + by;
  while (true) {
    agenda.run_until(t.clock().monotonic());
    if (alerts->waiting() > 0) alerts->retry();
    settle();
    const Duration now = t.clock().monotonic();
    if (now >= end) return;
    Duration next = end;
    if (const auto due = t.engine().next_due(); due && *due) {
      next = std::min(next, now + (**due - t.now()));
    }
    if (const auto event = agenda.next()) next = std::min(next, *event);
    if (alerts->waiting() > 0) next = std::min(next, now + alert::ChangeQueue::kRetryEvery);
    // What is due and does not happen waits for a database that does not answer.
    if (next <= now) next = std::min(end, now + seconds(1));
    t.clock().advance(next - now);
  }
}

}  // namespace tocsin::simulation
