#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "alert/dispatcher.h"
#include "engine/testing.h"

// For tests only: everything from a post to a provider, in one process and in virtual time.
namespace tocsin::alert::testing {

// A message that reached a provider.
struct Arrival {
  Time at;
  std::string receiver;
  int index = 0;
  std::string group_key;
  std::string reason;
  std::set<std::string> firing;  // values of the label `name`
  std::set<std::string> resolved;
  std::set<std::string> flapping;  // of the firing ones
  bool maybe_duplicate = false;
  Time judged_at;  // the message's now

  // "first notification: A B / C": firing, then resolved; "maybe" where it may be a duplicate.
  std::string to_text() const {
    std::string text = (maybe_duplicate ? "maybe " : "") + reason + ":";
    for (const auto& name : firing) text += " " + name;
    if (!resolved.empty()) text += " /";
    for (const auto& name : resolved) text += " " + name;
    return text;
  }
};

enum class Mood {
  kTakes,
  kRefuses,        // says no for good, nothing arrives
  kFails,          // tells to try again, nothing arrives
  kTakesAndFails,  // it arrives, and the answer is lost
  kSilent,         // it arrives, and no answer comes before the timeout
};

// The providers behind all integrations; they outlive a crash.
class Provider {
 public:
  explicit Provider(const Clock& clock) : clock_(clock) {}

  void set_mood(const std::string& receiver, Mood mood) { moods_[receiver] = mood; }
  void all_well() { moods_.clear(); }

  void send(const receiver::GroupMessage& message, int index, Duration timeout,
            std::move_only_function<void(receiver::Sent)> done) {
    ++tries[message.receiver];
    const auto found = moods_.find(message.receiver);
    const Mood mood = found == moods_.end() ? Mood::kTakes : found->second;
    if (mood == Mood::kTakes || mood == Mood::kTakesAndFails || mood == Mood::kSilent) {
      arrive(message, index);
    }
    const auto failed = [](Code code, bool retry, const char* reason) {
      return std::unexpected(
          receiver::SendFailure{Error{code, "as the test wished"}, retry, reason});
    };
    switch (mood) {
      case Mood::kTakes: return done({});
      case Mood::kRefuses: return done(failed(Code::kInvalidArgument, false, "clientError"));
      case Mood::kFails:
      case Mood::kTakesAndFails: return done(failed(Code::kUnavailable, true, "serverError"));
      case Mood::kSilent: waiting_.emplace(clock_.monotonic() + timeout, std::move(done)); break;
    }
  }

  std::optional<Duration> next() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.begin()->first;
  }
  void run_until(Duration now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
      auto done = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      done(std::unexpected(receiver::SendFailure{Error{Code::kDeadlineExceeded, "no answer"}, true,
                                                 "contextDeadlineExceeded"}));
    }
  }
  void forget_waiting() { waiting_.clear(); }

  std::vector<Arrival> arrivals;
  std::map<std::string, int> tries;
  std::function<void(const Arrival&)> on_arrival;

 private:
  void arrive(const receiver::GroupMessage& message, int index) {
    Arrival a;
    a.at = clock_.now();
    a.receiver = message.receiver;
    a.index = index;
    a.group_key = message.group_key;
    a.reason = receiver::name_of(message.reason);
    a.maybe_duplicate = message.maybe_duplicate;
    a.judged_at = message.now;
    for (const auto& alert : message.alerts) {
      (alert->is_resolved(message.now) ? a.resolved : a.firing)
          .insert(std::string(alert->labels.get("name")));
      if (alert->annotations.has("flapping")) {
        a.flapping.insert(std::string(alert->labels.get("name")));
      }
    }
    arrivals.push_back(a);
    if (on_arrival) on_arrival(a);
  }

  const Clock& clock_;
  std::map<std::string, Mood> moods_;
  std::multimap<Duration, std::move_only_function<void(receiver::Sent)>> waiting_;
};

class FakeIntegration final : public receiver::Integration {
 public:
  FakeIntegration(Provider& provider, int index, const std::string& receiver)
      : provider_(provider),
        index_(index),
        send_resolved_(!receiver.starts_with("quiet")),
        is_patient_(receiver.starts_with("patient")) {}
  std::string_view kind() const override { return "webhook"; }
  int index() const override { return index_; }
  bool send_resolved() const override { return send_resolved_; }
  Duration longest_try() const override {
    return is_patient_ ? std::chrono::seconds(45) : Integration::longest_try();
  }
  void send(const receiver::GroupMessage& message, Duration timeout,
            std::move_only_function<void(receiver::Sent)> done) override {
    provider_.send(message, index_, timeout, std::move(done));
  }

 private:
  Provider& provider_;
  const int index_;
  const bool send_resolved_;
  const bool is_patient_;
};

inline std::shared_ptr<const routing::AlertmanagerConfig> read_config(const std::string& text) {
  codec::Problems problems;
  auto config = routing::read_alertmanager_config(text, "alertmanager.yml", "/",
                                                  routing::MatcherSyntax::kFallback, problems);
  if (!config) throw std::runtime_error("a test's configuration is wrong");
  return config;
}

// One installation. A receiver has one integration; one that is called quiet-... does not want to
// hear of resolved alerts, one that is called twin-... has two integrations, and a try of one that
// is called patient-... may last 45 s.
class World {
 public:
  struct Options {
    store::Backend backend = store::Backend::kSqlite;
    uint64_t seed = 1;
    Dispatcher::Options dispatcher;
    FlapRules flapping{.slot = Duration(0)};  // off: most tests want each change told
    const Turns* turns = nullptr;
    engine::EngineOptions engine;
  };
  World(Options options, const std::string& config)
      : t({.backend = options.backend, .seed = options.seed, .engine = options.engine}),
        config_(read_config(config)),
        options_(options),
        provider(t.clock()) {
    t.faults().before = [this](std::string_view sql) { return before(sql); };
    t.faults().after = [this](std::string_view sql) { return after(sql); };
    open();
  }
  ~World() { close(); }

  // --- what people and rule engines do

  routing::PostedAlert alert(const std::string& name,
                             Duration lasts = std::chrono::hours(24)) const {
    routing::PostedAlert a;
    std::vector<routing::LabelPair> pairs{{"name", name}};
    const auto extra = labels.find(name);
    if (extra != labels.end()) {
      for (const auto& [key, value] : extra->second) pairs.emplace_back(key, value);
    }
    a.labels = routing::Labels::from(std::move(pairs));
    a.starts = t.now();
    a.ends = t.now() + lasts;
    a.updated = t.now();
    return a;
  }
  Result<> put(std::vector<routing::PostedAlert> alerts) {
    const Result<> done = book->put(std::move(alerts));
    settle();
    return done;
  }
  void fire(std::initializer_list<std::string> names) {
    std::vector<routing::PostedAlert> alerts;
    for (const auto& name : names) alerts.push_back(alert(name));
    must(put(std::move(alerts)));
  }
  void resolve(std::initializer_list<std::string> names) {
    std::vector<routing::PostedAlert> alerts;
    for (const auto& name : names) alerts.push_back(alert(name, Duration(0)));
    must(put(std::move(alerts)));
  }
  std::string silence(const std::string& name, Duration lasts) {
    routing::Silence s;
    s.matchers = {*routing::Matcher::make("name", routing::MatchOp::kEqual, name)};
    s.starts = t.now();
    s.ends = t.now() + lasts;
    s.created_by = "ada";
    s.comment = "known";
    return must(silences->set(s, {"user", "ada"}));
  }
  void acknowledge(const std::string& name) {
    if (!must(marks->acknowledge(fingerprint(name), "", by)).empty())
      throw std::runtime_error(name);
    settle();
  }
  void snooze(const std::string& name, Duration lasts) {
    const Time until = t.now() + lasts;
    if (!must(marks->snooze(fingerprint(name), until, "", by)).empty()) {
      throw std::runtime_error(name);
    }
    settle();
  }
  void unsnooze(const std::string& name) {
    must(marks->unsnooze(fingerprint(name), by));
    settle();
  }
  std::vector<uint64_t> fingerprint(const std::string& name) const {
    return {alert(name).fingerprint()};
  }
  void use(const std::string& config) {
    config_ = read_config(config);
    use_config();
    settle();
  }

  // --- time and death

  // Until nothing is left to do at this moment.
  void settle() {
    // Twice idle: a step of the dispatcher may have given the engine something to do.
    for (int i = 0, idle = 0; i < 100'000; ++i) {
      provider.run_until(t.clock().monotonic());
      const Result<bool> did = t.engine().step();
      next_ = dispatcher->step(t.clock().now());
      const bool is_idle = did && !*did && (!next_ || *next_ > t.clock().now());
      idle = is_idle ? idle + 1 : 0;
      if (idle == 2) return;
      if (!did && ++failed_steps_ % 50 == 0) return;  // a database that does not answer
    }
    throw std::runtime_error("the dispatcher does not come to rest");
  }
  void advance(Duration how_long) {
    const Duration end = t.clock().monotonic() + how_long;
    while (true) {
      settle();
      const Duration now = t.clock().monotonic();
      if (now >= end) return;
      Duration next = end;
      if (next_) next = std::min(next, now + (*next_ - t.clock().now()));
      if (const auto answer = provider.next()) next = std::min(next, *answer);
      t.clock().advance(std::max(next - now, Duration(1)));
    }
  }
  // Everything but the database and the providers is gone.
  void crash() {
    ++crashes;
    commits_left_.reset();
    close();
    provider.forget_waiting();
    t.restart();
    open();
  }
  struct Crash : std::runtime_error {
    Crash() : std::runtime_error("the process died, as the test wished") {}
  };
  // The n-th commit from now throws Crash, before it is durable or right after.
  void crash_at_commit(int n, bool is_durable) {
    commits_left_ = n;
    is_durable_ = is_durable;
  }

  // --- what happened

  // "10s first notification: A" a line, in seconds since the start.
  std::vector<std::string> story(const std::string& receiver = "") const {
    std::vector<std::string> lines;
    for (const Arrival& a : provider.arrivals) {
      if (!receiver.empty() && a.receiver != receiver) continue;
      lines.push_back(fmt::format("{}s {}", to_seconds(a.at - start), a.to_text()));
    }
    return lines;
  }
  uint64_t commits() { return t.metrics().counter("tocsin_engine_commits_total", "").value(); }

  engine::testing::TestEngine t;
  const Time start = from_micros(1'767'571'200'000'000);

 private:
  std::shared_ptr<const routing::AlertmanagerConfig> config_;
  const Options options_;

 public:
  Provider provider;
  std::map<std::string, std::map<std::string, std::string>> labels;  // of an alert, besides name
  std::unique_ptr<PostedBook> book;
  std::unique_ptr<MarkBook> marks;
  std::unique_ptr<SilenceBook> silences;
  std::unique_ptr<NotificationLog> log_book;
  std::unique_ptr<Dispatcher> dispatcher;
  int crashes = 0;
  const store::Actor by{"user", "ada"};
  // An error for a statement, or nothing.
  std::function<std::optional<Error>(std::string_view sql)> fault;

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

 private:
  void open() {
    auto& e = t.engine();
    PostedBook::Limits limits;
    limits.flapping = options_.flapping;
    book =
        std::make_unique<PostedBook>(PostedBook::Parts{e, t.clock(), t.log(), t.metrics()}, limits);
    silences =
        std::make_unique<SilenceBook>(e, t.clock(), t.rng(), t.metrics(), SilenceBook::Limits{});
    log_book = std::make_unique<NotificationLog>(e, t.metrics(), std::chrono::hours(120));
    marks = std::make_unique<MarkBook>(e, *book, t.clock());
    must(book->load(t.reader()));
    must(marks->load(t.reader()));
    must(silences->load(t.reader()));
    must(log_book->load(t.reader()));
    book->await_ends([this](const routing::PostedAlert& a) {
      return log_book->is_imported(imported_hash(a.labels));
    });
    dispatcher = Dispatcher::make({e, *book, *silences, *log_book, t.clock(), t.rng(), t.log(),
                                   t.metrics(), "https://tocsin.test", marks.get(), options_.turns},
                                  options_.dispatcher);
    must(dispatcher->load(t.reader()));
    use_config();
  }
  void use_config() {
    dispatcher->use(config_, [this](const routing::Receiver& r) {
      std::vector<std::unique_ptr<receiver::Integration>> made;
      const int count = r.name.starts_with("twin") ? 2 : 1;
      for (int i = 0; i < count; ++i) {
        made.push_back(std::make_unique<FakeIntegration>(provider, i, r.name));
      }
      return made;
    });
  }
  void close() {
    commits_left_.reset();
    is_closing_ = true;
    t.engine().stop(Duration(0));
    dispatcher.reset();
    log_book.reset();
    silences.reset();
    marks.reset();
    book.reset();
    is_closing_ = false;
  }
  std::optional<Error> before(std::string_view sql) {
    if (is_closing_) return std::nullopt;
    if (sql == "COMMIT" && commits_left_ && !is_durable_ && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return fault ? fault(sql) : std::nullopt;
  }
  std::optional<Error> after(std::string_view sql) {
    if (is_closing_) return std::nullopt;
    if (sql == "COMMIT" && commits_left_ && is_durable_ && --*commits_left_ <= 0) {
      commits_left_.reset();
      throw Crash();
    }
    return std::nullopt;
  }

  std::optional<Time> next_;
  std::optional<int> commits_left_;
  bool is_durable_ = false;
  bool is_closing_ = false;
  int failed_steps_ = 0;
};

}  // namespace tocsin::alert::testing
