// An upgrade in the middle of an escalation: rows as each earlier version wrote them are carried
// over, and it goes on with the right person at the right time.
#include <gmock/gmock.h>

#include <algorithm>

#include "oncall/testing.h"
#include "store/migration.h"

namespace tocsin::oncall {
namespace {

using notify::Receipt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Before the eighteenth migration an escalation kept its team's list, a page was its own series of
// messages, and a person was called by their contacts in their order. The first that has the tables
// is the fifth; receipts came with the sixteenth.
constexpr int kFirstSchema = 5;
constexpr int kSetAt = 7;
constexpr int kReceipts = 16;
constexpr int kPolicies = 18;

// As Plan::to_json of those versions wrote the list of the team `shop`.
constexpr std::string_view kPlan =
    R"({"steps":[)"
    R"({"person":"ada","name":"ada","after_us":0,"contacts":[)"
    R"({"kind":"mail","address":"ada@shop.test"},)"
    R"({"kind":"webhook","address":"https://hooks.shop.test/ada"}]},)"
    R"({"person":"grace","name":"grace","after_us":300000000,"contacts":[)"
    R"({"kind":"mail","address":"grace@shop.test"}]},)"
    R"({"person":"alan","name":"alan","after_us":600000000,"contacts":[)"
    R"({"kind":"mail","address":"alan@shop.test"}]}],)"
    R"("repeat":3,"repeat_after_us":300000000})";
constexpr std::string_view kMessage =
    R"({"is_page":true,"since":"2026-01-04T23:58:00.000Z","title":"SEV-1 checkout: customers )"
    R"(cannot pay","impact":"Customers cannot pay","likely":"","first_step":"","runbook":"",)"
    R"("answer_url":"","incident_id":"inc_1","alert_id":"alr_1","service":"checkout",)"
    R"("severity":"SEV-1","links":[]})";

template <class T>
void must(const Result<T>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

// Writes what a version of this schema wrote.
class Earlier {
 public:
  Earlier(store::Session& sql, Time at, int schema) : now(at), sql_(sql), schema_(schema) {
    const auto all = store::all_migrations();
    const auto end = std::ranges::find_if(all, [&](const auto& m) { return m.number > schema; });
    must(store::migrate(sql, all.first(static_cast<size_t>(end - all.begin()))));
  }

  struct Escalation {
    std::string_view state = "ringing";
    int step = 0, round = 0;
    bool is_exhausted = false;
    std::optional<Duration> next_in = std::nullopt;  // its timer is set where it rings
    std::optional<Duration> first_told = std::nullopt, acknowledged_at = std::nullopt;
  };
  void escalation(const Escalation& e) {
    const bool is_last = e.step == 2;
    const auto at = [&](std::optional<Duration> in) {
      return in ? std::optional<Time>(now + *in) : std::nullopt;
    };
    must(sql_.exec(
        "INSERT INTO escalation (incident, team, state, is_exhausted, step, round, told_in_round,"
        " next_step, next_round, next_at, plan, message, recovery, started, first_told,"
        " acknowledged_at, acknowledged_by) VALUES ('inc_1', 'shop', $1, $2, $3, $4, $5, $6, $7,"
        " $8, $9, $10, '', $11, $12, $13, $14)",
        e.state, e.is_exhausted, e.step, e.round, e.first_told.has_value(),
        is_last ? 0 : e.step + 1, is_last ? e.round + 1 : e.round, at(e.next_in), kPlan, kMessage,
        now - minutes(1), at(e.first_told), at(e.acknowledged_at),
        std::string(e.acknowledged_at ? "user:ada" : "")));
    if (e.next_in && e.state == "ringing") timer("page.escalate", "inc_1", now + *e.next_in);
  }
  void page(const std::string& id, const std::string& person, int step, std::string_view state,
            bool is_live, std::optional<Duration> first_sent) {
    const auto sent = first_sent ? std::optional<Time>(now + *first_sent) : std::nullopt;
    must(
        sql_.exec("INSERT INTO page (id, incident, person, step, round, state, is_live, created,"
                  " first_sent) VALUES ($1, 'inc_1', $2, $3, 0, $4, $5, $6, $7)",
                  id, person, step, state, is_live, now - minutes(1), sent));
  }
  void way(const std::string& page, int index, const std::string& delivery,
           std::string_view state) {
    must(sql_.exec("INSERT INTO page_way (page, way, delivery, state) VALUES ($1, $2, $3, $4)",
                   page, index, delivery, state));
  }
  void delivery(const std::string& id, const std::string& page, std::string_view channel,
                const std::string& address, std::string_view state, int attempts) {
    const bool is_tried = attempts > 0;
    const bool is_finished = state == "sent";
    const std::string lane = channel == "mail" ? "mail" : std::string(channel) + ":hooks.shop.test";
    must(sql_.exec(
        "INSERT INTO outbox (id, state, subject_kind, subject_id, person, channel, lane, address,"
        " secret, is_page, message, attempts, maybe_duplicate, created, tried, finished, detail)"
        " VALUES ($1, $2, 'page', $3, 'ada', $4, $5, $6, '', 1, $7, $8, 0, $9, $10, $11, '')",
        id, state, page, channel, lane, address, kMessage, attempts, now - minutes(1),
        is_tried ? std::optional<Time>(now - seconds(5)) : std::nullopt,
        is_finished ? std::optional<Time>(now - seconds(4)) : std::nullopt));
  }
  void timer(const std::string& kind, const std::string& subject, Time due) {
    must(sql_.exec("INSERT INTO timers (kind, subject, due, basis) VALUES ($1, $2, $3, 0)", kind,
                   subject, due));
    if (schema_ < kSetAt) return;
    must(sql_.exec("UPDATE timers SET set_at = $1 WHERE kind = $2 AND subject = $3",
                   now - seconds(5), kind, subject));
  }

  const Time now;

 private:
  store::Session& sql_;
  const int schema_;
};

// ada was told by mail a minute ago; grace is next in four.
void ada_was_told(Earlier& earlier) {
  earlier.escalation({.next_in = minutes(4), .first_told = -seconds(59)});
  earlier.page("pag_1", "ada", 0, "told", true, -seconds(59));
  earlier.way("pag_1", 0, "dlv_1", "sent");
  earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "sent", 1);
}

class UpgradeTest : public ::testing::TestWithParam<std::tuple<store::Backend, int>> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(backend())) GTEST_SKIP() << *why;
  }
  store::Backend backend() const { return std::get<0>(GetParam()); }
  int schema() const { return std::get<1>(GetParam()); }

  // The binary of now over what the earlier one left.
  std::unique_ptr<testing::World> upgrade(const std::function<void(Earlier&)>& write) {
    engine::testing::TestEngine::Options options{.backend = backend()};
    options.before_migration = [&](store::Session& sql, Time now) {
      Earlier earlier(sql, now, schema());
      write(earlier);
    };
    return std::make_unique<testing::World>(options);
  }
};

std::vector<int> all_schemas() {
  std::vector<int> schemas;
  for (const auto& migration : store::all_migrations()) {
    if (migration.number >= kFirstSchema && migration.number < kPolicies) {
      schemas.push_back(migration.number);
    }
  }
  return schemas;
}

std::string title(const ::testing::TestParamInfo<std::tuple<store::Backend, int>>& info) {
  const bool is_sqlite = std::get<0>(info.param) == store::Backend::kSqlite;
  return fmt::format("{}From{}", is_sqlite ? "Sqlite" : "Postgres", std::get<1>(info.param));
}

auto each_backend(std::vector<int> schemas) {
  return ::testing::Combine(::testing::ValuesIn(store::testing::backends()),
                            ::testing::ValuesIn(std::move(schemas)));
}

class UpgradeFromAnyTest : public UpgradeTest {};
class UpgradeWithReceiptsTest : public UpgradeTest {};
INSTANTIATE_TEST_SUITE_P(Schemas, UpgradeFromAnyTest, each_backend(all_schemas()), title);
// Those between which the tables of an escalation, its timers and its messages changed.
INSTANTIATE_TEST_SUITE_P(Schemas, UpgradeTest,
                         each_backend({kSetAt - 1, kReceipts - 1, kPolicies - 1}), title);
INSTANTIATE_TEST_SUITE_P(Schemas, UpgradeWithReceiptsTest, each_backend({kReceipts, kPolicies - 1}),
                         title);

TEST_P(UpgradeFromAnyTest, TheNextPersonIsRungAtTheTimeThatWasPlanned) {
  const auto world = upgrade(ada_was_told);
  world->engine.advance(minutes(4) - seconds(1));
  EXPECT_THAT(world->sent(), IsEmpty());
  world->engine.advance(seconds(1));
  EXPECT_THAT(world->sent(), ElementsAre("page grace mail"));
  world->engine.advance(minutes(5));
  EXPECT_THAT(world->sent(), ElementsAre("page alan mail"));
  world->stop();
  EXPECT_THAT(world->sent(), UnorderedElementsAre("recovery ada mail", "recovery grace mail",
                                                  "recovery alan mail"));
}

TEST_P(UpgradeTest, AMessageThatWasOnItsWayIsRepeatedWithAMark) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.next_in = minutes(4)});
    earlier.page("pag_1", "ada", 0, "trying", true, std::nullopt);
    earlier.way("pag_1", 0, "dlv_1", "trying");
    earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "sending", 1);
    earlier.timer("outbox.deadline", "dlv_1", earlier.now + seconds(55));
    earlier.timer("page.way", "dlv_1", earlier.now + seconds(25));
  });
  world->engine.advance(minutes(4) - seconds(1));
  EXPECT_THAT(world->sent(), ElementsAre("page ada mail again"));
  EXPECT_EQ(world->escalation().pages.front().state, "told");
  world->engine.advance(seconds(1));
  EXPECT_THAT(world->sent(), ElementsAre("page grace mail"));
}

TEST_P(UpgradeTest, AMessageThatWaitedIsSentOnce) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.next_in = minutes(4)});
    earlier.page("pag_1", "ada", 0, "trying", true, std::nullopt);
    earlier.way("pag_1", 0, "dlv_1", "trying");
    earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "pending", 0);
    earlier.timer("outbox.send", "dlv_1", earlier.now - seconds(1));
    earlier.timer("page.way", "dlv_1", earlier.now + seconds(25));
  });
  world->engine.advance(minutes(1));
  EXPECT_THAT(world->sent(), ElementsAre("page ada mail"));
}

TEST_P(UpgradeTest, AWayThatFailsAfterwardsIsFollowedByTheNext) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.next_in = minutes(4)});
    earlier.page("pag_1", "ada", 0, "trying", true, std::nullopt);
    earlier.way("pag_1", 0, "dlv_1", "trying");
    earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "pending", 1);
    earlier.timer("outbox.send", "dlv_1", earlier.now + seconds(2));
    earlier.timer("page.way", "dlv_1", earlier.now + seconds(25));
  });
  world->fail_way(catalog::Contact::Kind::kMail, Code::kPermissionDenied);
  world->engine.advance(seconds(10));
  EXPECT_THAT(world->sent(), ElementsAre("page ada mail", "page ada webhook"));
  EXPECT_EQ(world->escalation().pages.front().state, "told");
}

TEST_P(UpgradeTest, WhoseWaysAreAllLostAfterwardsMakesRoomForTheNextPerson) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.next_in = minutes(4)});
    earlier.page("pag_1", "ada", 0, "trying", true, std::nullopt);
    earlier.way("pag_1", 0, "dlv_1", "failed");
    earlier.way("pag_1", 1, "dlv_2", "trying");
    earlier.delivery("dlv_2", "pag_1", "webhook", "https://hooks.shop.test/ada", "pending", 1);
    earlier.timer("outbox.send", "dlv_2", earlier.now + seconds(2));
    earlier.timer("page.way", "dlv_2", earlier.now + seconds(25));
  });
  world->fail_way(catalog::Contact::Kind::kWebhook, Code::kPermissionDenied);
  world->engine.advance(seconds(10));
  EXPECT_THAT(world->sent(), ElementsAre("page ada webhook", "page grace mail"));
}

TEST_P(UpgradeTest, WhatWasAcknowledgedStaysSo) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation(
        {.state = "acknowledged", .first_told = -seconds(59), .acknowledged_at = -seconds(30)});
    earlier.page("pag_1", "ada", 0, "answered", false, -seconds(59));
    earlier.way("pag_1", 0, "dlv_1", "sent");
    earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "sent", 1);
  });
  world->start();  // its alert fires on
  world->engine.advance(hours(2));
  EXPECT_THAT(world->sent(), IsEmpty());
  EXPECT_EQ(world->escalation().state, EscalationState::kAcknowledged);
  EXPECT_TRUE(world->acknowledge("grace"));
  EXPECT_EQ(world->escalation().acknowledged_by, "user:ada");
  EXPECT_TRUE(world->escalate("ada"));
  EXPECT_THAT(world->sent(), ElementsAre("page grace mail"));
}

TEST_P(UpgradeTest, WhatWasPausedGoesOnWhereItWas) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.state = "paused", .next_in = minutes(2), .first_told = -seconds(59)});
    earlier.page("pag_1", "ada", 0, "told", false, -seconds(59));
    earlier.way("pag_1", 0, "dlv_1", "sent");
    earlier.delivery("dlv_1", "pag_1", "mail", "ada@shop.test", "sent", 1);
  });
  world->engine.advance(minutes(1));
  world->start();
  EXPECT_THAT(world->sent(), IsEmpty());
  world->engine.advance(minutes(1));
  EXPECT_THAT(world->sent(), ElementsAre("page grace mail"));
}

TEST_P(UpgradeTest, WhatNobodyAnsweredRingsOn) {
  const auto world = upgrade([](Earlier& earlier) {
    earlier.escalation({.step = 2,
                        .round = 5,
                        .is_exhausted = true,
                        .next_in = minutes(10),
                        .first_told = -minutes(55)});
  });
  EXPECT_EQ(world->escalation().state, EscalationState::kExhausted);
  world->engine.advance(minutes(10));
  EXPECT_THAT(world->sent(), ElementsAre("page ada mail"));
  EXPECT_TRUE(world->acknowledge("ada"));
  world->engine.advance(hours(1));
  EXPECT_THAT(world->sent(), IsEmpty());
}

TEST_P(UpgradeTest, TheLinkOfAnEarlierPageStillNamesIt) {
  const auto world = upgrade(ada_was_told);
  const auto pages = world->pager->pages_of(world->engine.reader(), "pag_1");
  ASSERT_TRUE(pages);
  ASSERT_EQ(pages->size(), 1u);
  EXPECT_EQ(pages->front().person.value(), "ada");
  EXPECT_EQ(pages->front().call, "pag_1");
}

TEST_P(UpgradeWithReceiptsTest, AReceiptOfAnEarlierMessageStillCounts) {
  const auto world = upgrade(ada_was_told);
  EXPECT_TRUE(world->in_tx([&](engine::Tx& tx) {
    return world->outbox->report_receipt(
        tx, {.delivery = "dlv_1", .attempt = 1, .receipt = Receipt::kUndelivered});
  }));
  EXPECT_THAT(world->sent(), ElementsAre("page ada webhook"));
}

}  // namespace
}  // namespace tocsin::oncall
