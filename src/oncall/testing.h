#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alert/testing.h"
#include "engine/testing.h"
#include "notify/testing.h"
#include "oncall/pager.h"
#include "oncall/policy_testing.h"

// For tests only: the pager over the real outbox and engine in virtual time, with a scripted
// provider.
namespace tocsin::oncall::testing {

class World {
 public:
  explicit World(engine::testing::TestEngine::Options options = {}) : engine(options) { open(); }
  ~World() {
    pager.reset();
    outbox.reset();
  }

  // The process is gone in the middle of whatever it did, and a new one stands up.
  void crash() {
    pager.reset();
    outbox.reset();
    links.reset();
    engine.restart();
    open();
  }
  void use(std::shared_ptr<const catalog::Catalog> next) {
    catalog = std::move(next);
    pager->use(catalog, policies);
  }
  // The team's policy from now on.
  void use(Policy policy) {
    auto next = std::make_shared<catalog::Catalog>(*catalog);
    policy.id = PolicyId("shop");
    auto& team = next->teams[catalog::TeamId("shop")];
    team.escalation_policy = "shop";
    team.members = {catalog::PersonId("ada"), catalog::PersonId("grace"),
                    catalog::PersonId("alan")};
    policies = {std::move(policy)};
    use(std::move(next));
  }

  static PageReason reason(const std::string& impact = "Customers cannot pay") {
    PageReason r{"inc_1", catalog::TeamId("shop"), {}};
    r.message.title = "SEV-1 checkout: customers cannot pay";
    r.message.impact = impact;
    r.message.service = "checkout";
    r.message.incident_id = "inc_1";
    return r;
  }
  static notify::Message recovery() {
    notify::Message message;
    message.is_page = false;
    message.title = "Recovered: checkout";
    message.incident_id = "inc_1";
    return message;
  }
  Result<> in_tx(std::function<Result<>(engine::Tx&)> body) {
    return engine.run([&](engine::Tx& tx) { return body(tx); });
  }
  void start() {
    EXPECT_TRUE(in_tx([&](engine::Tx& tx) { return pager->start(tx, reason()); }));
  }
  void pause() {
    EXPECT_TRUE(in_tx([&](engine::Tx& tx) { return pager->pause(tx, "inc_1"); }));
  }
  void stop() {
    EXPECT_TRUE(in_tx([&](engine::Tx& tx) { return pager->stop(tx, "inc_1", recovery()); }));
  }
  Result<> acknowledge(const std::string& who) {
    return acknowledge(answers_as(store::Actor{"user", who}, who));
  }
  Result<> acknowledge(const Answerer& by) {
    return in_tx([&](engine::Tx& tx) { return pager->acknowledge(tx, "inc_1", by); });
  }

  Result<> escalate(const std::string& who) {
    return in_tx(
        [&](engine::Tx& tx) { return pager->escalate(tx, "inc_1", store::Actor{"user", who}); });
  }
  Result<> snooze(Duration how_long, const std::string& who) {
    return in_tx([&](engine::Tx& tx) {
      return pager->snooze(tx, "inc_1", how_long, answers_as(store::Actor{"user", who}, who));
    });
  }
  // What the provider says later of the n-th message.
  void receipt(size_t n, notify::Receipt receipt) {
    const notify::Delivery delivery = transport.sent().at(n);
    EXPECT_TRUE(in_tx([&](engine::Tx& tx) {
      return pager->on_receipt(tx, delivery, receipt, "unknown number");
    }));
  }

  // "page ada mail" for each try that the provider was given since the last call, in order.
  std::vector<std::string> sent() {
    std::vector<std::string> lines;
    const auto& all = transport.sent();
    for (; seen_ < all.size(); ++seen_) {
      const notify::Delivery& d = all[seen_];
      lines.push_back(fmt::format("{} {} {}{}", d.subject.kind, d.person.value(),
                                  catalog::name_of(d.contact.kind),
                                  d.maybe_duplicate ? " again" : ""));
    }
    return lines;
  }
  Escalation escalation() {
    auto found = pager->read(engine.reader(), "inc_1");
    if (!found || !*found) {
      ADD_FAILURE() << "no escalation";
      return {};
    }
    return **found;
  }
  int count(const std::string& kind) {
    const auto kinds = engine.kinds();
    return static_cast<int>(std::ranges::count(kinds, kind));
  }
  // Every try by this way fails so, from now on.
  void fail_way(catalog::Contact::Kind kind, Code code) {
    auto before = transport.script;
    transport.script = [=](const notify::Delivery& d) -> std::optional<Result<>> {
      if (d.contact.kind == kind) return Result<>(fail(code, "the provider says no"));
      return before(d);
    };
  }

  engine::testing::TestEngine engine;
  notify::testing::ScriptedTransport transport;
  std::shared_ptr<const catalog::Catalog> catalog = alert::testing::small_catalog();
  std::vector<Policy> policies;
  FakeOnCall on_call;
  std::vector<catalog::Contact> operators;  // taken up by crash()
  std::unique_ptr<notify::AnswerLinks> links;
  std::unique_ptr<notify::Outbox> outbox;
  std::unique_ptr<Pager> pager;

 private:
  void open() {
    auto opened = notify::AnswerLinks::open(engine.engine(), "https://tocsin.shop.test");
    if (!opened) throw std::runtime_error(opened.error().message);
    links = *std::move(opened);
    outbox = notify::Outbox::make(engine.engine(), transport, engine.log(), engine.metrics());
    pager = Pager::make(
        {engine.engine(), *outbox, *links, engine.log(), engine.metrics(), &on_call, operators});
    pager->use(catalog, policies);
    engine.settle();
  }
  size_t seen_ = 0;
};

}  // namespace tocsin::oncall::testing
