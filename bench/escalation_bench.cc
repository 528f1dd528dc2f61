// Escalations that all start in the same second, over the real engine, pager and outbox with SQLite
// on a disk (the folder that TMPDIR names) and a stand-in for the providers that takes everything
// at once: how long until the last is handed over, whether one is lost or comes twice, and how long
// the first page of each service waits. Then the same for one page at a time.
//
// escalation_bench [ESCALATIONS] [--one-provider]   exit code 1 when a floor is missed
// --one-provider: everybody is reached by SMS, so that all messages go through one lane. There the
// first page of a service waits for a place as all others do: it has no floor.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "oncall/pager.h"
#include "store/migration.h"

namespace tocsin {
namespace {

constexpr std::string_view kTitle = "SEV-3 customers cannot pay: ";
constexpr int kServices = 300;
constexpr int kPeople = 1000;
constexpr int kHosts = 64;  // providers: the outbox has 16 tries at once for each
enum class Providers { kMany, kOne };
constexpr Duration kAllWithin = seconds(5);
constexpr Duration kIdleWithin = milliseconds(20);
constexpr Duration kFirstWithin = milliseconds(250);

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Takes every message, answers from a thread of its own, and remembers when each incident's first
// came.
class StandIn final : public notify::Transport {
 public:
  explicit StandIn(const Clock& clock) : clock_(clock), thread_([this] { answer_all(); }) {}
  ~StandIn() override {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void send(const notify::Delivery& delivery, OnTaken done) override {
    const Duration now = clock_.monotonic();
    const std::lock_guard lock(mutex_);
    if (!seen_.insert(delivery.id).second && !delivery.maybe_duplicate) ++doubled_;
    if (!delivery.message.is_bundle) first_.emplace(delivery.message.incident_id, now);
    // A bundle lists its incidents by their titles.
    for (const catalog::Link& link : delivery.message.links) {
      if (link.name.starts_with(kTitle)) first_.emplace(link.name.substr(kTitle.size()), now);
    }
    answers_.push_back(std::move(done));
    changed_.notify_all();
  }
  // Its messages have no receipts, and none rings on.
  void poll(const notify::SentMessage&, OnPolled done) override { done(notify::PollAnswer{}); }
  void cancel(const notify::SentMessage&) override {}
  Duration wait_asked_by(const catalog::Contact&) const override { return Duration(0); }
  // True: so many incidents have come.
  bool wait_for(size_t incidents, Duration patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return first_.size() >= incidents; });
  }
  std::map<std::string, Duration> first() const {
    const std::lock_guard lock(mutex_);
    return first_;
  }
  int doubled() const {
    const std::lock_guard lock(mutex_);
    return doubled_;
  }

 private:
  void answer_all() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
      changed_.wait(lock, [&] { return is_over_ || !answers_.empty(); });
      while (!answers_.empty()) {
        auto done = std::move(answers_.front());
        answers_.pop_front();
        lock.unlock();
        done({});
        lock.lock();
      }
    }
  }

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> seen_;
  std::map<std::string, Duration> first_;
  std::deque<OnTaken> answers_;
  int doubled_ = 0;
  bool is_over_ = false;
  std::thread thread_;
};

struct Links final : notify::AnswerLinks {
  std::string url_for(std::string_view page, Time) const override {
    return fmt::format("https://tocsin.test/p/{}", page);
  }
  Result<std::string> page_of(std::string_view token, Time, std::string_view) const override {
    return std::string(token);
  }
  std::string named_by(std::string_view token) const override { return std::string(token); }
};

std::shared_ptr<catalog::Catalog> catalog_of_many(Providers providers) {
  auto c = std::make_shared<catalog::Catalog>();
  for (int i = 0; i < kPeople; ++i) {
    catalog::Person person{.id = catalog::PersonId(fmt::format("p{}", i)), .name = "Somebody"};
    if (providers == Providers::kOne) {
      person.contacts.push_back({.kind = catalog::Contact::Kind::kSms,
                                 .name = "sms",
                                 .address = fmt::format("+4915100{:06}", i)});
    } else {
      person.contacts.push_back({.kind = catalog::Contact::Kind::kWebhook,
                                 .name = "webhook",
                                 .address = fmt::format("https://h{}.test/p{}", i % kHosts, i)});
    }
    catalog::Team team{.id = catalog::TeamId(fmt::format("t{}", i)), .name = "Team"};
    team.escalation = {{person.id, minutes(0)}};
    c->people[person.id] = person;
    c->teams[team.id] = team;
  }
  return c;
}

Duration quantile(std::vector<Duration> all, double q) {
  std::ranges::sort(all);
  if (all.empty()) return Duration(0);
  return all[std::min(all.size() - 1, static_cast<size_t>(q * static_cast<double>(all.size())))];
}

double in_ms(Duration d) { return to_seconds(d) * 1000; }

class Bench {
 public:
  Bench(const std::string& folder, Providers providers)
      : providers_(providers),
        database_(must(store::Database::open("sqlite:" + folder + "/tocsin.db"))) {
    must(store::migrate(*must(database_->connect())));
    lease_ = must(store::Lease::acquire(*database_, "tocsin", clock_.now()));
    engine::EngineOptions options;
    options.max_queue = 100'000;
    engine_ =
        must(engine::Engine::open(*database_, *lease_, clock_, rng_, log_, metrics_, options));
    outbox_ = notify::Outbox::make(*engine_, provider_, log_, metrics_);
    pager_ = oncall::Pager::make({.engine = *engine_,
                                  .outbox = *outbox_,
                                  .links = links_,
                                  .log = log_,
                                  .metrics = metrics_});
    pager_->use(catalog_of_many(providers));
    engine_->start();
  }
  ~Bench() {
    engine_->stop(seconds(30));
    pager_.reset();
    outbox_.reset();
  }

  // One after another, each when the one before was handed over.
  bool idle() {
    std::vector<Duration> waits;
    for (int i = 0; i < 300; ++i) {
      const Duration began = clock_.monotonic();
      start("idle", i, [](Duration) {});
      ++expected_;
      if (!provider_.wait_for(expected_, seconds(5))) throw std::runtime_error("a page was lost");
      waits.push_back(provider_.first().at(fmt::format("idle_{}", i)) - began);
    }
    const Duration p99 = quantile(waits, 0.99);
    fmt::print("idle: from the alert to the provider p50 {:.1f} ms, p99 {:.1f} ms (floor {} ms)\n",
               in_ms(quantile(waits, 0.5)), in_ms(p99), kIdleWithin / milliseconds(1));
    return p99 <= kIdleWithin;
  }

  bool storm(int escalations) {
    const Duration began = clock_.monotonic();
    std::mutex mutex;
    std::map<std::string, Duration> accepted;  // when its alert was durable
    for (int i = 0; i < escalations; ++i) {
      start("storm", i, [&, id = fmt::format("storm_{}", i)](Duration at) {
        const std::lock_guard lock(mutex);
        accepted.emplace(id, at);
      });
    }
    expected_ += static_cast<size_t>(escalations);
    const bool is_whole = provider_.wait_for(expected_, seconds(120));
    const Duration took = clock_.monotonic() - began;
    const auto first = provider_.first();
    std::map<int, Duration> of_service;  // how long the first page of each waited
    std::vector<Duration> waits;
    const std::lock_guard lock(mutex);
    for (int i = 0; i < escalations; ++i) {
      const auto came = first.find(fmt::format("storm_{}", i));
      const auto from = accepted.find(fmt::format("storm_{}", i));
      if (came == first.end() || from == accepted.end()) continue;
      waits.push_back(came->second - from->second);
      of_service.emplace(i % kServices, waits.back());
    }
    std::vector<Duration> firsts;
    for (const auto& [service, wait] : of_service) firsts.push_back(wait);
    const Duration p99 = quantile(firsts, 0.99);
    fmt::print("storm: {} escalations handed over in {:.2f} s (floor {} s), {} lost, {} doubled\n",
               waits.size(), to_seconds(took), kAllWithin / seconds(1), expected_ - first.size(),
               provider_.doubled());
    fmt::print(
        "storm: from the accepted alert to the provider p50 {:.0f} ms, p99 {:.0f} ms; the first "
        "page of each of {} services p99 {:.0f} ms (floor {} ms)\n",
        in_ms(quantile(waits, 0.5)), in_ms(quantile(waits, 0.99)), firsts.size(), in_ms(p99),
        kFirstWithin / milliseconds(1));
    const bool is_first_soon = providers_ == Providers::kOne || p99 <= kFirstWithin;
    return is_whole && provider_.doubled() == 0 && took <= kAllWithin && is_first_soon;
  }

 private:
  void start(const std::string& kind, int number, std::function<void(Duration)> accepted) {
    oncall::PageReason reason;
    reason.incident_id = fmt::format("{}_{}", kind, number);
    reason.team = catalog::TeamId(fmt::format("t{}", number % kPeople));
    reason.message.title = std::string(kTitle) + reason.incident_id;
    reason.message.impact = "412 payments have failed, 96% of all";
    reason.message.severity = "SEV-3";
    reason.message.service = fmt::format("s{}", number % kServices);
    reason.message.incident_id = reason.incident_id;
    engine_->submit([this, reason](engine::Tx& tx) { return pager_->start(tx, reason); },
                    [this, accepted = std::move(accepted)](Result<> done) {
                      if (!done) throw std::runtime_error(done.error().message);
                      accepted(clock_.monotonic());
                    });
  }

  const Providers providers_;
  SystemClock clock_;
  SystemRng rng_;
  Log log_{clock_, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics_;
  Links links_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Lease> lease_;
  StandIn provider_{clock_};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<notify::Outbox> outbox_;
  std::unique_ptr<oncall::Pager> pager_;
  size_t expected_ = 0;
};

int run(int escalations, Providers providers) {
  std::string folder = (std::filesystem::temp_directory_path() / "tocsin-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder " + folder);
  bool is_well = true;
  {
    if (providers == Providers::kOne) fmt::print("all by one provider\n");
    Bench bench(folder, providers);
    is_well &= bench.idle();
    is_well &= bench.storm(escalations);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  int escalations = 0;
  auto providers = tocsin::Providers::kMany;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--one-provider") {
      providers = tocsin::Providers::kOne;
    } else {
      escalations = std::atoi(argv[i]);
    }
  }
  return tocsin::run(escalations > 0 ? escalations : 6000, providers);
}
