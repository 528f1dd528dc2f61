#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/testing.h"
#include "oncall/schedule_book.h"
#include "oncall/schedule_store.h"
#include "oncall/schedule_testing.h"

// For tests only: the schedule book over the real engine in virtual time.
namespace tocsin::oncall::testing {

// Writes down what it is told, each at most once a commit: what is rolled back is not there.
class Told final : public ScheduleBook::Listener {
 public:
  Result<> on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn& before,
                       const Turn& after) override {
    const std::string line = names(before.people) + " to " + names(after.people);
    tx.after_commit([this, line, id = schedule.id.value()] { hand_offs[id].push_back(line); });
    return {};
  }
  Result<> on_fault(engine::Tx& tx, const Schedule&, const std::string& fault) override {
    tx.after_commit([this, fault] { faults.push_back(fault); });
    return {};
  }
  Result<> on_swap(engine::Tx& tx, const Schedule&, const SwapRequest& swap) override {
    tx.after_commit([this, state = std::string(name_of(swap.state))] { swaps.push_back(state); });
    return {};
  }
  std::map<std::string, std::vector<std::string>> hand_offs;
  std::vector<std::string> faults, swaps;
};

// ada, grace, alan, edsger and barbara of team payments, each with a mail address.
inline std::shared_ptr<catalog::Catalog> five_people() {
  auto out = std::make_shared<catalog::Catalog>();
  catalog::Team team{.id = catalog::TeamId("payments"), .name = "Payments"};
  for (const std::string name : {"ada", "grace", "alan", "edsger", "barbara"}) {
    catalog::Person one{.id = catalog::PersonId(name), .name = name};
    one.contacts.push_back(
        {.kind = catalog::Contact::Kind::kMail, .name = "mail", .address = name + "@shop.test"});
    out->people[one.id] = one;
    team.members.push_back(one.id);
  }
  out->teams[team.id] = team;
  return out;
}

class BookWorld {
 public:
  explicit BookWorld(engine::testing::TestEngine::Options options = {}) : engine(options) {
    reopen();
  }
  ~BookWorld() { book.reset(); }

  void close() { book.reset(); }
  void reopen() {
    book.reset();
    engine.restart();
    book = ScheduleBook::make(engine.engine(), engine.log(), engine.metrics());
    book->listen(told);
    engine.settle();
  }
  ScheduleSpec spec(std::vector<Layer> layers, const std::string& anchored = "") const {
    ScheduleSpec out;
    for (const Layer& layer : layers) out.anchored[layer.name] = layer.name == anchored;
    out.schedule = schedule_of(std::move(layers));
    out.schedule.id = id;
    return out;
  }
  void use(std::vector<ScheduleSpec> declared) {
    const auto used = book->use(std::move(declared), catalog);
    EXPECT_TRUE(used) << used.error().message;
    engine.settle();
  }
  // Runs `body` in a transaction and hands on what it returned.
  template <class Body>
  auto change(Body body) -> decltype(body(std::declval<engine::Tx&>())) {
    decltype(body(std::declval<engine::Tx&>())) out = fail(Code::kInternal, "it did not run");
    const auto done = engine.run([&](engine::Tx& tx) -> Result<> {
      out = body(tx);
      if (!out) return fail(out.error());
      return {};
    });
    if (!done) return fail(done.error());
    return out;
  }
  template <class Body>
  Result<> in_tx(Body body) {
    return change(std::move(body));
  }

  // "ada", "-" for nobody, "none" where there is no schedule.
  std::string on_call() const {
    const auto turn = book->on_call(id, engine.now());
    return turn ? names(turn->people) : "none";
  }
  Schedule schedule() const { return book->schedules()->at(id); }
  std::vector<SwapRequest> swaps() { return book->swaps(engine.reader(), id).value(); }
  std::vector<std::string> hand_offs() { return told.hand_offs[id.value()]; }
  int count(const std::string& kind) {
    const auto kinds = engine.kinds();
    return static_cast<int>(std::ranges::count(kinds, kind));
  }
  // "ada 2026-01-05T08:00 2026-01-12T08:00".
  std::vector<std::string> history() {
    std::vector<std::string> out;
    const auto all = book->history(engine.reader(), id, Time(), engine.now() + days(1)).value();
    const auto text = [](Time time) { return to_rfc3339(time).substr(0, 16); };
    for (const Served& one : all) {
      out.push_back(fmt::format("{} {} {}", one.person.value(), text(one.begin),
                                one.end ? text(*one.end) : "now"));
    }
    return out;
  }

  const ScheduleId id{"payments"};
  const store::Actor ada{"user", "ada"};
  Told told;
  engine::testing::TestEngine engine;
  std::shared_ptr<const catalog::Catalog> catalog = five_people();
  std::unique_ptr<ScheduleBook> book;
};

}  // namespace tocsin::oncall::testing
