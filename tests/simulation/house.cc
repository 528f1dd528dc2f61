#include "house.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::simulation {
namespace {

constexpr const char* kUrl = "https://tocsin.test";
constexpr int kMostSteps = 20'000;
// How often what is silenced is looked at again. The desk does it each second; a life has not that
// much time.
constexpr Duration kLookAtSilenced = std::chrono::seconds(20);

constexpr const char* kRouting = R"(
route:
  receiver: root
  group_by: [service]
  group_wait: 10s
  group_interval: 2m
  repeat_interval: 20m
  routes:
  - receiver: pager
    matchers: [severity=page]
    continue: true
  - receiver: root
receivers:
- name: root
  webhook_configs: [{url: 'http://root.test/'}]
- name: pager
  webhook_configs: [{url: 'http://pager.test/'}]
)";

void must(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace

std::shared_ptr<const routing::AlertmanagerConfig> routing_of_the_house() {
  static const auto kConfig = alert::testing::read_config(kRouting);
  return kConfig;
}

std::string House::PlainLinks::url_for(std::string_view page, Time) const {
  return fmt::format("{}/p/{}", kUrl, page);
}

Result<std::string> House::PlainLinks::page_of(std::string_view token, Time,
                                               std::string_view) const {
  return std::string(token);
}

std::string House::PlainLinks::named_by(std::string_view token) const { return std::string(token); }

House::House(uint64_t seed, Declared declared, Posts posts)
    : t({.seed = seed}),
      rng(seed ^ 0x9e3779b97f4a7c15U),
      declared_(std::move(declared)),
      posts_(posts) {
  t.faults().before = [this](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && commits_left_ && moment_ == Moment::kBefore && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return fault && !is_starting_ ? fault(sql) : std::nullopt;
  };
  t.faults().after = [this](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") ++durable_;
    if (sql == "COMMIT" && commits_left_ && moment_ == Moment::kAfter && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return std::nullopt;
  };
  provider.on_death = [this] { has_died_ = true; };
  open();
}

House::~House() { close(); }

void House::open() {
  auto& e = t.engine();
  outbox = notify::Outbox::make(e, provider, t.log(), t.metrics());
  if (!declared_.schedules.empty()) {
    book = oncall::ScheduleBook::make(e, t.log(), t.metrics());
  }
  pager = oncall::Pager::make(
      {e, *outbox, links_, t.log(), t.metrics(), book.get(), declared_.operators});
  if (posts_ == Posts::kMany) {
    auditor = std::make_unique<oncall::Auditor>(e, t.log(), t.metrics());
  }
  incidents = std::make_unique<incident::IncidentDesk>(
      incident::IncidentDesk::Parts{e, *pager, t.log(), t.metrics(), kUrl, {}});
  page_answers = std::make_unique<incident::PageAnswers>(*incidents, *pager);
  answers = std::make_unique<notify::AnswerDesk>(
      notify::AnswerDesk::Parts{e, t.log(), [this] { return declared_.catalog; }});
  answers->listen(*page_answers);
  outbox->listen_for_answers(*page_answers);
  alerts =
      std::make_unique<alert::AlertDesk>(alert::AlertDesk::Parts{e, t.log(), t.metrics(), kUrl});
  open_alerting();
  pager->use(declared_.catalog, declared_.policies);
  incidents->use(declared_.catalog);
  alerts->use(declared_.catalog, declared_.objectives);
  problems->use(declared_.catalog, declared_.policy);
  if (book) must(book->use(declared_.schedules, declared_.catalog));
}

void House::open_alerting() {
  auto& e = t.engine();
  posted = std::make_unique<alert::PostedBook>(
      alert::PostedBook::Parts{e, t.clock(), t.log(), t.metrics()}, alert::PostedBook::Limits{});
  marks = std::make_unique<alert::MarkBook>(e, *posted, t.clock());
  silences = std::make_unique<alert::SilenceBook>(e, t.clock(), t.rng(), t.metrics(),
                                                  alert::SilenceBook::Limits{});
  told = std::make_unique<alert::NotificationLog>(e, t.metrics(), hours(120));
  must(posted->load(t.reader()));
  must(marks->load(t.reader()));
  must(silences->load(t.reader()));
  must(told->load(t.reader()));
  dispatcher = alert::Dispatcher::make({e, *posted, *silences, *told, t.clock(), t.rng(), t.log(),
                                        t.metrics(), kUrl, marks.get(), nullptr},
                                       {});
  must(dispatcher->load(t.reader()));
  dispatcher->use(routing_of_the_house(), [this](const routing::Receiver&) {
    std::vector<std::unique_ptr<receiver::Integration>> made;
    made.push_back(std::make_unique<alert::testing::FakeIntegration>(receivers, 0, "house"));
    return made;
  });
  problems = std::make_unique<alert::ProblemDesk>(
      alert::ProblemDesk::Parts{e, *posted,
                                [this](const routing::PostedAlert& alert, Time now) {
                                  return dispatcher->status_of(alert, now).is_suppressed();
                                },
                                t.clock(), t.log(), t.metrics(), kUrl});
  must(problems->load(t.reader()));
  problems->listen(*incidents);
  alerts->listen(*problems);
  posted->listen(*problems);
  dispatcher->hold_back([this](const routing::PostedAlert& alert, const std::string& receiver) {
    return problems->holds_back(alert, receiver);
  });
}

void House::close() {
  // Answers what waits while those who wait still stand.
  t.engine().stop(Duration(0));
  problems.reset();
  dispatcher.reset();
  told.reset();
  silences.reset();
  marks.reset();
  posted.reset();
  alerts.reset();
  answers.reset();
  page_answers.reset();
  incidents.reset();
  pager.reset();
  book.reset();
  outbox.reset();
}

void House::use(Declared declared) {
  declared_ = std::move(declared);
  alerts->use(declared_.catalog, declared_.objectives);
  problems->use(declared_.catalog, declared_.policy);
  pager->use(declared_.catalog, declared_.policies);
  incidents->use(declared_.catalog);
}

void House::say(const slo::TierChange& change) { alerts->on_change(change); }

void House::submit(engine::Command command, engine::Engine::Done done) {
  t.engine().submit(std::move(command), std::move(done));
}

void House::crash_at_commit(int n, Moment moment) {
  commits_left_ = n;
  moment_ = moment;
}

void House::crash_at_try(int n, Moment moment) {
  provider.die_at_try(static_cast<size_t>(n), moment == Moment::kAfter);
}

void House::crash() {
  ++crashes;
  commits_left_.reset();
  close();
  has_died_ = false;
  provider.serve_again();
  receivers.forget_waiting();
  dispatcher_due_.reset();
  problems_rest_until_ = Duration(0);
  is_starting_ = true;
  t.restart();
  open();
  is_starting_ = false;
  if (on_commit) on_commit();
  if (on_start) on_start();
}

// Whether the process still stands afterwards; if not, it was started again.
bool House::survives(const std::function<void()>& what) {
  try {
    what();
  } catch (const Crash&) {
    crash();
    return false;
  }
  if (!t.engine().lost() && !has_died_) return true;
  crash();  // a process that may not write any more ends, and is started again
  return false;
}

void House::committed() {
  ++commits;
  if (on_commit) on_commit();
}

std::optional<Result<>> House::ask(const std::function<Result<>()>& question) {
  Result<> answer;
  const int before = durable_;
  if (!survives([&] { answer = question(); })) return std::nullopt;
  if (durable_ != before) committed();
  return answer;
}

bool House::step() {
  Result<bool> did = false;
  if (!survives([&] { did = t.engine().step(); })) return true;
  if (!did || !*did) return false;
  committed();
  return true;
}

// What the problem desk's thread and the dispatcher's would do now.
bool House::step_rooms() {
  if (posts_ == Posts::kNone) return false;
  const int before = durable_;
  const Duration now = t.clock().monotonic();
  const bool stands = survives([&] {
    receivers.run_until(now);
    if (now >= problems_rest_until_ && !problems->step()) {
      problems_rest_until_ = now + alert::ProblemDesk::kLookAgain;
    }
    dispatcher_due_ = dispatcher->step(t.clock().now());
  });
  if (!stands) return true;
  if (durable_ != before) committed();
  return durable_ != before;
}

void House::settle() {
  for (int i = 0; i < kMostSteps; ++i) {
    if (step()) continue;
    const bool did = step_rooms();
    // The dispatcher has its writes queued.
    if (!step() && !did) return;
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
    if (posts_ == Posts::kMany) next = std::min(next, rooms_due(now));
    // What is due and does not happen waits for a database that does not answer.
    if (next <= now) next = std::min(end, now + seconds(1));
    t.clock().advance(next - now);
  }
}

// When one of their threads would wake up.
Duration House::rooms_due(Duration now) {
  Duration next = now + hours(1);
  if (dispatcher_due_) next = std::min(next, now + (*dispatcher_due_ - t.clock().now()));
  if (const auto answer = receivers.next()) next = std::min(next, *answer);
  if (problems_rest_until_ > now) next = std::min(next, problems_rest_until_);
  const bool has_silences = std::ranges::any_of(silences->all(), [&](const auto& one) {
    return one.state(t.clock().now()) != routing::SilenceState::kExpired;
  });
  if (has_silences) next = std::min(next, now + kLookAtSilenced);
  return next;
}

}  // namespace tocsin::simulation
