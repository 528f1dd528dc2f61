#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"
#include "alert/history_store.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;

const std::string kPlain =
    "route:\n  receiver: team\n  group_by: [group]\n  group_wait: 10s\n  group_interval: 1m\n"
    "  repeat_interval: 1h\n"
    "receivers:\n- name: team\n  webhook_configs: [{url: 'http://team.test/'}]\n";

class HistoryTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_.emplace(World::Options{GetParam(), 1, {}}, kPlain);
  }
  World& w() { return *world_; }
  AlertHistory history(const std::string& name, int limit, int64_t before = 0) {
    const uint64_t fingerprint = w().alert(name).fingerprint();
    return *history_of_alert(w().t.reader(), fingerprint, w().book->last_entry(fingerprint), limit,
                             before);
  }
  HistoryPage search(const HistoryQuery& query) {
    auto page = search_history(w().t.reader(), query, [this](uint64_t fingerprint) {
      const auto alert = w().book->find(fingerprint);
      return alert ? std::optional(alert->labels) : *past_labels(w().t.reader(), fingerprint);
    });
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : HistoryPage();
  }
  // "fired A", newest first; a notification is its receiver.
  std::vector<std::string> found(const HistoryQuery& query) { return words(search(query)); }
  static std::vector<std::string> words(const HistoryPage& page) {
    std::vector<std::string> out;
    for (const auto& record : page.entries) {
      const auto labels = labels_of_entry(record);
      const auto* receiver = record.entry.data.if_contains("receiver");
      out.push_back(record.entry.kind.substr(record.entry.kind.find('.') + 1) + " " +
                    (labels     ? std::string(labels->get("name"))
                     : receiver ? std::string(receiver->get_string())
                                : ""));
    }
    return out;
  }
  static routing::Matchers matching(const std::string& text) {
    return routing::parse_matchers(text, routing::MatcherSyntax::kUtf8)->matchers;
  }
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, HistoryTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(HistoryTest, GoesBackThroughEarlierLivesInPages) {
  for (int life = 0; life < 3; ++life) {
    w().fire({"A"});
    w().advance(seconds(90));
    w().resolve({"A"});
    w().advance(hours(25));  // and it is forgotten
  }
  EXPECT_EQ(w().book->find(w().alert("A").fingerprint()), nullptr);
  const auto all = history("A", 100);
  ASSERT_EQ(all.entries.size(), 6u);
  EXPECT_EQ(all.notifications.size(), 6u);
  EXPECT_FALSE(all.has_more);
  EXPECT_EQ(all.notifications[0].reason, "first notification");

  std::vector<int64_t> seqs;
  size_t notifications = 0;
  int64_t before = 0;
  for (int page = 0; page < 10; ++page) {
    const auto part = history("A", 2, before);
    ASSERT_FALSE(part.entries.empty());
    notifications += part.notifications.size();
    for (auto it = part.entries.rbegin(); it != part.entries.rend(); ++it) {
      seqs.push_back(it->seq);
    }
    before = part.entries.front().seq;
    if (!part.has_more) break;
  }
  ASSERT_EQ(seqs.size(), 6u);
  EXPECT_TRUE(std::ranges::is_sorted(seqs, std::greater<>()));
  EXPECT_EQ(notifications, 6u);
  EXPECT_EQ((*past_labels(w().t.reader(), w().alert("A").fingerprint()))->get("name"), "A");
}

TEST_P(HistoryTest, RefusesAPlaceThatIsNoneOfTheAlert) {
  w().fire({"A", "B"});
  const uint64_t fingerprint = w().alert("A").fingerprint();
  const auto wrong = history_of_alert(w().t.reader(), fingerprint, 1, 10,
                                      w().book->last_entry(w().alert("B").fingerprint()));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kInvalidArgument);
}

TEST_P(HistoryTest, FindsByLabelsKindReceiverTextAndTime) {
  w().labels = {{"A", {{"job", "shop\"x%"}}}, {"B", {{"job", "Über-Laden_1"}}}};
  w().silence("B", hours(5));
  w().fire({"A", "B"});
  w().advance(minutes(2));
  const Time later = w().t.now();
  w().advance(minutes(1));
  w().resolve({"A"});
  w().advance(minutes(2));

  EXPECT_THAT(found({.matchers = matching("{name=\"A\"}")}),
              ElementsAre("sent team", "resolved A", "sent team", "fired A"));
  EXPECT_THAT(found({.matchers = matching("{name=\"B\"}")}),
              ElementsAre("suppressed B", "fired B"));
  EXPECT_THAT(found({.matchers = matching("{job=~\"shop.*\"}"), .kinds = {"posted_alert"}}),
              ElementsAre("resolved A", "fired A"));
  EXPECT_THAT(
      found({.matchers = matching("{job=\"shop\\\"x%\"}"), .kinds = {"posted_alert.fired"}}),
      ElementsAre("fired A"));
  EXPECT_THAT(found({.kinds = {"notification"}, .receiver = "team"}),
              ElementsAre("sent team", "sent team"));
  EXPECT_THAT(found({.kinds = {"notification"}, .receiver = "tea"}), IsEmpty());
  EXPECT_THAT(found({.text = "LADEN_1"}), ElementsAre("suppressed B", "fired B"));
  EXPECT_THAT(found({.text = "Über"}), ElementsAre("suppressed B", "fired B"));
  EXPECT_THAT(found({.text = "laden%"}), IsEmpty());
  EXPECT_THAT(found({.text = "shop\\\"X%"}), ElementsAre("resolved A", "fired A"));
  EXPECT_THAT(found({.from = later}), ElementsAre("sent team", "resolved A"));
  EXPECT_THAT(found({.kinds = {"posted_alert.fired"}, .to = later}),
              ElementsAre("fired B", "fired A"));
  EXPECT_THAT(found({.kinds = {"silence.created"}}), ElementsAre("created "));
}

TEST_P(HistoryTest, GoesOnWhereItStopped) {
  for (int i = 0; i < 7; ++i) {
    w().fire({"A"});
    w().advance(seconds(1));
    w().resolve({"A"});
    w().advance(seconds(1));
  }
  HistoryQuery query{.kinds = {"posted_alert.fired"}, .limit = 3};
  size_t count = 0, pages = 0;
  do {
    const auto page = search(query);
    count += page.entries.size();
    ++pages;
    EXPECT_LE(page.entries.size(), 3u);
    query.before = page.next;
  } while (query.before > 0 && pages < 20);
  EXPECT_EQ(count, 7u);
}

TEST_P(HistoryTest, LooksAtABoundedNumberOfEntriesInOneCall) {
  ASSERT_TRUE(w().t.run([&](engine::Tx& tx) -> Result<> {
    for (int i = 0; i < 1000; ++i) {
      RETURN_IF_ERROR(tx.append({.happened = tx.now(),
                                 .actor = store::system_actor("test"),
                                 .kind = "notification.sent",
                                 .subject_kind = "alert_group",
                                 .subject_id = "{}:{}",
                                 .incident_id = {},
                                 .data = {{"receiver", "team"}, {"padding", i}}}));
    }
    return {};
  }));
  const auto page = search({.text = "not there"});
  EXPECT_THAT(page.entries, IsEmpty());
  EXPECT_EQ(page.next, 0);
  EXPECT_EQ(page.looked_at, 1000u);
}

TEST(HistoryLabels, ReadsWhatToTextWrites) {
  for (const auto& labels :
       {routing::Labels::of({}), routing::Labels::of({{"a", "x"}}),
        routing::Labels::of({{"a", "q\"\\\n, b=\"c\""}, {"ü", "\x01 \xc2\xa0"}, {"z", "}"}})}) {
    store::LogbookRecord record;
    record.entry.data["labels"] = labels.to_text();
    const auto read = labels_of_entry(record);
    ASSERT_TRUE(read) << labels.to_text();
    EXPECT_EQ(*read, labels);
  }
  store::LogbookRecord broken;
  for (const char* text : {"", "{", "{a}", "{a=\"x}", "a=\"x\""}) {
    broken.entry.data["labels"] = text;
    EXPECT_FALSE(labels_of_entry(broken)) << text;
  }
}

}  // namespace
}  // namespace tocsin::alert
