#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using testing::webhook;
using testing::World;

constexpr int kSeeds = 40;
constexpr int kDeliveries = 25;  // a seed: 1,000 in all
constexpr int kPageTries = 4;
constexpr int kTriesAtOnce = 3;

// The world outside: what arrived at people, whatever Tocsin came to know of it.
struct Arrivals {
  int marked = 0, unmarked = 0;
};

// A provider, a crash and a disk that do their worst, from one seed.
class Storm {
 public:
  explicit Storm(uint64_t seed)
      : rng_(seed),
        world_({.seed = seed + 1'000'000},
               {.tries_at_once = kTriesAtOnce, .page_tries = kPageTries}) {
    world_.transport.script = [this](const Delivery& d) { return on_send(d); };
    world_.transport.taken = {.message_id = "m", .receipts_within = minutes(5)};
    world_.engine.faults().before = [this](std::string_view sql) -> std::optional<Error> {
      if (calm_ || sql.find("COMMIT") == std::string_view::npos || rng_.below(25) != 0) {
        return std::nullopt;
      }
      lost_commits_ += 1;
      return Error{Code::kUnavailable, "the disk sleeps"};
    };
  }

  void run() {
    int enqueued = 0;
    while (enqueued < kDeliveries) {
      switch (rng_.below(9)) {
        case 8: receipts(); break;
        case 0: crash(); break;
        case 1: answer_some(); break;
        case 2: unwant_one(); break;
        case 3:
        case 4: world_.engine.advance(seconds(1 + static_cast<int64_t>(rng_.below(90)))); break;
        default: enqueued += enqueue_one();
      }
    }
    for (int i = 0; i < 10; ++i) {
      answer_some();
      receipts();
      world_.engine.advance(seconds(30));
      if (rng_.below(4) == 0) crash();
    }
    calm_ = true;
    world_.engine.advance(hours(3));
  }

  // What happened, so that the test can say that the storm was one.
  struct Tally {
    std::map<Outcome, int> outcomes;
    int marked = 0, lost_commits = 0, in_line = 0;
    std::map<Receipt, int> receipts;
  };
  void add_to(Tally& tally) {
    for (const auto& heard : world_.listener.outcomes) tally.outcomes[heard.outcome] += 1;
    for (const auto& [id, arrivals] : arrived_) tally.marked += arrivals.marked;
    tally.lost_commits += lost_commits_;
    tally.in_line += in_line_;
    for (const auto& [id, receipt] : world_.listener.receipts) tally.receipts[receipt] += 1;
  }

  void check() {
    for (const auto& [id, subject] : deliveries_) check_one(id, subject);
    EXPECT_EQ(sent_unwanted_, 0);
    EXPECT_EQ(overtakings_, 0);
    EXPECT_LE(most_at_once_, kTriesAtOnce);
    EXPECT_EQ(world_.listener.outcomes.size(), deliveries_.size());
  }

 private:
  std::optional<Result<>> on_send(const Delivery& d) {
    check_order(d);
    if (world_.listener.unwanted.contains(d.subject.id)) sent_unwanted_ += 1;
    const auto sending = count_sending(world_.engine.reader(), lane_of(d.contact));
    most_at_once_ = std::max(most_at_once_, sending.value());
    const uint64_t fate = calm_ ? 0 : rng_.below(8);
    // 0-1 taken, 2 refused for now, 3 refused for good, 4 timeout that arrived, 5 timeout that did
    // not, 6 silence that arrived, 7 silence that did not
    if (fate <= 1 || fate == 4 || fate == 6) {
      (d.maybe_duplicate ? arrived_[d.id].marked : arrived_[d.id].unmarked) += 1;
    }
    switch (fate) {
      case 0:
      case 1: return Result<>();
      case 2: return Result<>(fail(Code::kUnavailable, "answered 503"));
      case 3: return Result<>(fail(Code::kFailedPrecondition, "answered 404"));
      case 4:
      case 5: return Result<>(fail(Code::kDeadlineExceeded, "no answer"));
      default: open_.emplace_back(d.id, d.attempts, fate == 6); return std::nullopt;
    }
  }

  // A notification is on its way: whatever went before it to the same place about the same incident
  // has ended.
  void check_order(const Delivery& d) {
    if (d.message.is_page) return;
    for (const auto& [id, subject] : deliveries_) {
      if (id == d.id) return;
      const auto earlier = read_row(world_.engine.reader(), id).value();
      const Delivery& was = earlier->delivery;
      if (was.message.incident_id != d.message.incident_id ||
          host_of(was.contact.address) != host_of(d.contact.address)) {
        continue;
      }
      overtakings_ += is_finished(earlier->state) ? 0 : 1;
      in_line_ += 1;
    }
  }

  int enqueue_one() {
    const std::string subject = fmt::format("pag_{}", deliveries_.size());
    std::string id;
    const Result<> done = world_.engine.run([&](engine::Tx& tx) -> Result<> {
      Message message;
      message.is_page = rng_.below(4) != 0;
      message.incident_id = fmt::format("inc_{}", rng_.below(3));
      ASSIGN_OR_RETURN(
          id, world_.outbox->enqueue(tx, {"page", subject}, testing::ada(),
                                     webhook(rng_.below(2) == 0 ? "a" : "b"), std::move(message)));
      return {};
    });
    if (!done) return 0;
    deliveries_.emplace_back(id, subject);
    return 1;
  }

  // Old tries too, in any order; some answers never come.
  void answer_some() {
    for (auto& [id, attempt, arrived] : open_) {
      if (rng_.below(3) != 0) continue;
      world_.transport.answer(
          id, attempt, arrived ? Result<>() : Result<>(fail(Code::kUnavailable, "answered 503")));
    }
    world_.engine.settle();
  }

  // Callbacks of any delivery and try, doubled and in any order.
  void receipts() {
    for (int i = 0; i < 8 && !deliveries_.empty(); ++i) {
      const ReceiptReport report{.delivery = deliveries_[rng_.below(deliveries_.size())].first,
                                 .attempt = static_cast<int>(rng_.below(4)),
                                 .receipt = static_cast<Receipt>(rng_.below(3))};
      // What was delivered had arrived, whatever the answer to its try was.
      if (report.receipt != Receipt::kUndelivered &&
          arrived_[report.delivery].marked + arrived_[report.delivery].unmarked == 0) {
        continue;
      }
      static_cast<void>(world_.engine.run(
          [&](engine::Tx& tx) { return world_.outbox->report_receipt(tx, report); }));
    }
  }

  int was_undelivered(const std::string& id) const {
    return static_cast<int>(
        std::ranges::count(world_.listener.receipts, std::pair(id, Receipt::kUndelivered)));
  }

  // Delivered and then perhaps read, or undelivered; only of what was sent.
  void check_receipts(const std::string& id, Outcome outcome) {
    std::vector<Receipt> told;
    for (const auto& [of, receipt] : world_.listener.receipts) {
      if (of == id) told.push_back(receipt);
    }
    using enum Receipt;
    const std::vector<std::vector<Receipt>> fine{
        {}, {kDelivered}, {kDelivered, kRead}, {kUndelivered}};
    EXPECT_NE(std::ranges::find(fine, told), fine.end()) << id << ": " << told.size();
    if (outcome != Outcome::kSent) {
      EXPECT_TRUE(told.empty()) << id;
    }
    EXPECT_NE(world_.status(id).receipt, ReceiptState::kAwaited) << id;
  }

  void unwant_one() {
    if (deliveries_.empty()) return;
    // One of the newest: most of the others have ended.
    const size_t back = 1 + rng_.below(std::min<size_t>(3, deliveries_.size()));
    const std::string subject = deliveries_[deliveries_.size() - back].second;
    world_.listener.unwanted.insert(subject);
  }

  void crash() {
    const bool was_calm = std::exchange(calm_, true);  // the fixture needs a database that answers
    world_.crash();
    calm_ = was_calm;
  }

  void check_one(const std::string& id, const std::string& subject) {
    const auto is_it = [&](const auto& heard) { return heard.id == id; };
    ASSERT_EQ(std::ranges::count_if(world_.listener.outcomes, is_it), 1) << id;
    const auto& heard = *std::ranges::find_if(world_.listener.outcomes, is_it);
    const DeliveryStatus status = world_.status(id);
    const int limit = OutboxLimits().patient_tries;
    EXPECT_LE(heard.attempts, limit);
    int expected_attempt = 0;
    for (const Delivery& d : world_.transport.sent()) {
      if (d.id != id) continue;
      // Numbers of tries rise; one is skipped only when its commit succeeded and nothing was sent.
      EXPECT_GT(d.attempts, expected_attempt);
      expected_attempt = d.attempts;
      EXPECT_LE(d.attempts, d.message.is_page ? kPageTries : limit);
    }
    check_receipts(id, heard.outcome);
    switch (heard.outcome) {
      case Outcome::kSent:
        EXPECT_EQ(status.state, RowState::kSent);
        // The provider took it: it arrived, or the provider says that it could not deliver it.
        EXPECT_GE(arrived_[id].marked + arrived_[id].unmarked + was_undelivered(id), 1);
        break;
      case Outcome::kFailed: EXPECT_EQ(status.state, RowState::kFailed); break;
      case Outcome::kDropped:
        EXPECT_EQ(status.state, RowState::kDropped);
        EXPECT_TRUE(world_.listener.unwanted.contains(subject));
        break;
    }
    EXPECT_LE(arrived_[id].unmarked, 1) << id << ": a repetition that does not say so";
  }

  SeededRng rng_;
  bool calm_ = false;
  std::vector<std::pair<std::string, std::string>> deliveries_;  // id, subject
  std::vector<std::tuple<std::string, int, bool>> open_;         // id, try, arrived
  std::map<std::string, Arrivals> arrived_;
  int sent_unwanted_ = 0, lost_commits_ = 0, overtakings_ = 0, in_line_ = 0;
  int64_t most_at_once_ = 0;
  World world_;
};

TEST(OutboxProperty, EveryDeliveryEndsOnceWhateverFails) {
  Storm::Tally tally;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Storm storm(seed);
    storm.run();
    storm.check();
    if (HasFailure()) return;
    storm.add_to(tally);
  }
  EXPECT_GT(tally.outcomes[Outcome::kSent], 300);
  EXPECT_GT(tally.outcomes[Outcome::kFailed], 100);
  EXPECT_GT(tally.outcomes[Outcome::kDropped], 20);
  EXPECT_GT(tally.marked, 100);
  EXPECT_GT(tally.lost_commits, 100);
  EXPECT_GT(tally.in_line, 200);
  EXPECT_GT(tally.receipts[Receipt::kDelivered], 100);
  EXPECT_GT(tally.receipts[Receipt::kUndelivered], 30);
  EXPECT_GT(tally.receipts[Receipt::kRead], 50);
}

}  // namespace
}  // namespace tocsin::notify
