#include "incident/channel_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incident/page_answers.h"
#include "incident/testing.h"
#include "notify/dead_letters.h"
#include "notify/incident_room.h"
#include "notify/slack_testing.h"

namespace tocsin::incident {
namespace {

using catalog::Contact;
using notify::testing::ScriptedSlack;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::House;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kUs = "U0TOCSIN";
using Script = std::function<std::optional<notify::SlackReply>(const ScriptedSlack::Call&)>;

class ChannelDeskTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  struct Room {
    std::string name, id, creator;
    int64_t created;
    std::string topic;
    std::vector<std::string> invited;
    bool is_archived = false;
  };

  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    house_.emplace(engine::testing::TestEngine::Options{.backend = GetParam()});
    slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
    options_.severities = {1, 2, 3, 4, 5};
    open();
  }
  House& h() { return *house_; }
  void open() {
    auto& e = h().world.engine;
    desk_ = std::make_unique<ChannelDesk>(
        ChannelDesk::Parts{e.engine(), slack_, *h().world.outbox, *h().world.pager, e.log(),
                           "https://tocsin.shop.test", true, options_});
    h().incidents->watch(*desk_);
    auto known = std::make_shared<catalog::Catalog>(*h().world.catalog);
    for (auto& [id, person] : known->people) {
      std::string address = "U0" + id.value();
      person.contacts.push_back({.kind = Contact::Kind::kSlackUser, .address = address});
    }
    EXPECT_TRUE(desk_->use(known));
    e.settle();
  }
  void crash() {
    desk_.reset();
    h().crash();
    open();
  }
  Result<> by_hand() {
    return h().world.in_tx(
        [&](engine::Tx& tx) { return desk_->open(tx, h().newest().id, House::ada()); });
  }

  static std::string text_at(const ScriptedSlack::Call& call, const std::string& key) {
    const auto found = call.form.find(key);
    return found == call.form.end() ? "" : found->second;
  }
  Room* room(const std::string& id) {
    for (Room& one : rooms_) {
      if (one.id == id) return &one;
    }
    ADD_FAILURE() << "no channel " << id;
    return nullptr;
  }
  // Slack, as far as channels go.
  std::optional<notify::SlackReply> answer(const ScriptedSlack::Call& call) {
    if (call.method == "auth.test") {
      return ScriptedSlack::ok(
          fmt::format(R"({{"user_id": "{}", "url": "https://acme.slack.test/"}})", kUs));
    }
    if (call.method == "conversations.create") return create(text_at(call, "name"));
    if (call.method == "conversations.list") {
      std::string all;
      for (const Room& one : rooms_) {
        all += fmt::format(R"({}{{"id": "{}", "name": "{}", "creator": "{}", "created": {}}})",
                           all.empty() ? "" : ",", one.id, one.name, one.creator, one.created);
      }
      return ScriptedSlack::ok(fmt::format(R"({{"channels": [{}]}})", all));
    }
    Room* const here = room(text_at(call, "channel"));
    if (here == nullptr) return ScriptedSlack::refuses("channel_not_found");
    if (call.method == "conversations.setTopic") {
      here->topic = text_at(call, "topic");
    } else if (call.method == "conversations.invite") {
      here->invited.push_back(text_at(call, "users"));
    } else if (call.method == "conversations.archive") {
      here->is_archived = true;
    } else {
      ADD_FAILURE() << "nobody expected " << call.method;
    }
    return ScriptedSlack::ok();
  }
  notify::SlackReply create(const std::string& name) {
    for (const Room& one : rooms_) {
      if (one.name == name) return ScriptedSlack::refuses("name_taken");
    }
    const int64_t now = std::chrono::floor<seconds>(h().now()).time_since_epoch().count();
    rooms_.push_back({name, fmt::format("C{}", rooms_.size() + 1), kUs, now, "", {}});
    return ScriptedSlack::ok(
        fmt::format(R"({{"channel": {{"id": "{}", "name": "{}"}}}})", rooms_.back().id, name));
  }
  ChannelRow row() {
    const auto found = read_channel(h().world.engine.reader(), h().newest().id);
    EXPECT_TRUE(found && *found);
    return found && *found ? **found : ChannelRow{};
  }
  // Titles of what went to channels since the last call.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    const auto& all = h().world.transport.sent();
    for (; seen_ < all.size(); ++seen_) {
      if (all[seen_].contact.kind == Contact::Kind::kSlackUser) {
        out.push_back(all[seen_].message.title);
      }
    }
    return out;
  }

  notify::IncidentChannels options_;
  ScriptedSlack slack_;
  std::vector<Room> rooms_;
  std::unique_ptr<ChannelDesk> desk_;

 private:
  std::optional<House> house_;
  size_t seen_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Backends, ChannelDeskTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(ChannelDeskTest, AnIncidentOfItsSeverityGetsAChannel) {
  h().fires("fast");
  ASSERT_THAT(rooms_, SizeIs(1));
  EXPECT_EQ(rooms_[0].name, "inc-1-checkout");
  EXPECT_THAT(rooms_[0].topic, EndsWith("https://tocsin.shop.test/incidents/1"));
  EXPECT_THAT(rooms_[0].invited, ElementsAre("U0ada"));
  EXPECT_EQ(row().state, ChannelRow::State::kOpen);
  EXPECT_EQ(row().url, "https://acme.slack.test/archives/C1");
  const auto first = told();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(first[0], HasSubstr("checkout"));
  const notify::Delivery delivery = h().world.transport.sent().back();
  EXPECT_EQ(delivery.subject.kind, notify::kRoomSubject);
  EXPECT_EQ(delivery.contact.address, "C1");
  EXPECT_EQ(delivery.thread, "") << "the channel is about nothing else";
  EXPECT_THAT(h().world.engine.kinds(), Contains("incident.channel_wanted"));
  EXPECT_THAT(h().world.engine.kinds(), Contains("incident.channel_opened"));
}

TEST_P(ChannelDeskTest, OthersOnlyWhenSomebodyAsks) {
  options_.severities = {};
  crash();
  h().fires("fast");
  EXPECT_THAT(slack_.calls, IsEmpty());
  ASSERT_TRUE(by_hand());
  h().world.engine.settle();
  ASSERT_THAT(rooms_, SizeIs(1));
  ASSERT_TRUE(by_hand()) << "asking again changes nothing";
  h().advance(hours(1));
  EXPECT_THAT(rooms_, SizeIs(1));
}

TEST_P(ChannelDeskTest, WhoeverIsPagedLaterIsInvitedToo) {
  h().fires("fast");
  ASSERT_THAT(rooms_, SizeIs(1));
  h().advance(minutes(7));
  EXPECT_THAT(rooms_[0].invited, Contains("U0grace"));
  for (size_t i = 1; i < rooms_[0].invited.size(); ++i) {
    EXPECT_NE(rooms_[0].invited[i], "U0ada") << "each once";
  }
}

TEST_P(ChannelDeskTest, ASeverityThatChangesWhileTheTopicIsSetIsSetNext) {
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method == "conversations.setTopic" && rooms_[0].topic.empty()) {
      static_cast<void>(answer(call));  // Slack does it, and its answer is on the way
      return std::nullopt;
    }
    return answer(call);
  };
  h().fires("fast");
  ASSERT_THAT(rooms_, SizeIs(1));
  ASSERT_TRUE(h().world.in_tx([&](engine::Tx& tx) {
    return h().incidents->set_severity(tx, h().newest().id, 5, House::ada());
  }));
  h().world.engine.settle();
  EXPECT_THAT(rooms_[0].topic, Not(HasSubstr("SEV-5")));
  ASSERT_TRUE(slack_.answer(ScriptedSlack::ok()));
  h().world.engine.settle();
  EXPECT_THAT(rooms_[0].topic, HasSubstr("SEV-5"));
}

TEST_P(ChannelDeskTest, HearsWhoHasItTheSeverityAndTheEnd) {
  h().fires("fast");
  told();
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  EXPECT_THAT(told(), ElementsAre("ada has it"));
  const std::string topic = rooms_[0].topic;
  ASSERT_TRUE(h().world.in_tx([&](engine::Tx& tx) {
    return h().incidents->set_severity(tx, h().newest().id, 5, House::ada());
  }));
  h().world.engine.settle();
  EXPECT_THAT(told(), ElementsAre("SEV-5 \xc2\xb7 ada"));
  EXPECT_NE(rooms_[0].topic, topic);
  EXPECT_THAT(rooms_[0].topic, HasSubstr("SEV-5"));
  h().clears("fast");
  h().advance(minutes(10));
  EXPECT_THAT(told(), ElementsAre("monitoring", "resolved"));
  h().advance(days(30));
  EXPECT_FALSE(rooms_[0].is_archived) << "only where it is configured";
}

TEST_P(ChannelDeskTest, HearsItInItsLanguage) {
  options_.language = "de";
  crash();
  h().fires("fast");
  told();
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  EXPECT_THAT(told(), ElementsAre("ada kümmert sich darum"));
  h().clears("fast");
  h().advance(minutes(10));
  EXPECT_THAT(told(), ElementsAre("wird beobachtet", "behoben"));
}

TEST_P(ChannelDeskTest, IsArchivedWhereThatIsConfigured) {
  options_.archive_after = hours(24);
  crash();
  h().fires("fast");
  h().clears("fast");
  h().advance(hours(23));
  EXPECT_FALSE(rooms_.at(0).is_archived);
  h().advance(hours(2));
  EXPECT_TRUE(rooms_[0].is_archived);
  EXPECT_EQ(row().state, ChannelRow::State::kArchived);
  EXPECT_THAT(h().world.engine.kinds(), Contains("incident.channel_archived"));
}

TEST_P(ChannelDeskTest, ATakenNameGetsANumber) {
  rooms_.push_back({"inc-1-checkout", "C0", "U0SOMEBODY", 0, "", {}});
  h().fires("fast");
  ASSERT_THAT(rooms_, SizeIs(2));
  EXPECT_EQ(rooms_[1].name, "inc-1-checkout-2");
  EXPECT_EQ(row().channel, rooms_[1].id);
}

// The process ends after Slack has made the channel and before it knows.
TEST_P(ChannelDeskTest, AfterACrashTheChannelIsFoundAndNoSecondOneMade) {
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    auto reply = answer(call);
    if (call.method == "conversations.create") return std::nullopt;
    return reply;
  };
  h().fires("fast");
  ASSERT_THAT(rooms_, SizeIs(1));
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  slack_.calls.clear();
  crash();
  EXPECT_THAT(rooms_, SizeIs(1));
  EXPECT_EQ(row().channel, "C1");
  EXPECT_THAT(slack_.methods(), Contains("conversations.list"));
  EXPECT_THAT(slack_.methods(), ::testing::Not(Contains("conversations.create")));
  EXPECT_THAT(told(), SizeIs(1));
}

TEST_P(ChannelDeskTest, ACrashBeforeSlackHadItMakesOne) {
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method == "conversations.create") return std::nullopt;
    return answer(call);
  };
  h().fires("fast");
  ASSERT_THAT(rooms_, IsEmpty());
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  crash();
  ASSERT_THAT(rooms_, SizeIs(1));
  EXPECT_EQ(row().state, ChannelRow::State::kOpen);
}

// It was under way when it was looked for: the name is taken then, by us.
TEST_P(ChannelDeskTest, ACreationThatWasSlowIsFoundInTheEnd) {
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method == "conversations.create") return std::nullopt;
    return answer(call);
  };
  h().fires("fast");
  bool is_made = false;
  slack_.script = [&](const ScriptedSlack::Call& call) {
    if (call.method == "conversations.create" && !is_made) {
      is_made = true;
      create(text_at(call, "name"));
    }
    return answer(call);
  };
  crash();
  h().advance(minutes(1));
  EXPECT_THAT(rooms_, SizeIs(1));
  EXPECT_EQ(row().channel, "C1");
}

TEST_P(ChannelDeskTest, AChannelOfAnEarlierLifeIsNotOurs) {
  const int64_t long_ago =
      std::chrono::floor<seconds>(h().now() - days(30)).time_since_epoch().count();
  rooms_.push_back({"inc-1-checkout", "C0", kUs, long_ago, "", {}});
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method == "conversations.create") return std::nullopt;
    return answer(call);
  };
  h().fires("fast");
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  crash();
  ASSERT_THAT(rooms_, SizeIs(2));
  EXPECT_EQ(row().name, "inc-1-checkout-2");
}

TEST_P(ChannelDeskTest, WhatMayPassIsTriedAgain) {
  int failures = 3;
  slack_.script = [&](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method != "auth.test" && failures-- > 0) {
      return ScriptedSlack::refuses("ratelimited", Code::kResourceExhausted);
    }
    return answer(call);
  };
  h().fires("fast");
  EXPECT_THAT(rooms_, IsEmpty());
  EXPECT_EQ(row().problem, "slack answered ratelimited");
  h().advance(minutes(1));
  ASSERT_THAT(rooms_, SizeIs(1));
  EXPECT_EQ(row().problem, "");
  EXPECT_THAT(rooms_[0].invited, Contains("U0ada"));
}

TEST_P(ChannelDeskTest, ARefusalIsSaidAndCanBeAskedForAgain) {
  slack_.script = [this](const ScriptedSlack::Call& call) -> std::optional<notify::SlackReply> {
    if (call.method == "conversations.create") return ScriptedSlack::refuses("missing_scope");
    return answer(call);
  };
  h().fires("fast");
  EXPECT_EQ(row().state, ChannelRow::State::kFailed);
  EXPECT_THAT(row().problem, HasSubstr("missing_scope"));
  EXPECT_THAT(h().world.engine.kinds(), Contains("incident.channel_failed"));
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  ASSERT_TRUE(by_hand());
  h().world.engine.settle();
  EXPECT_EQ(row().state, ChannelRow::State::kOpen);
}

TEST_P(ChannelDeskTest, WhatTheChannelWasNotToldCanBeSentAgain) {
  options_.language = "de";
  crash();
  auto& transport = h().world.transport;
  const auto takes_all = transport.script;
  transport.script = [](const notify::Delivery& delivery) {
    const bool is_room = delivery.contact.kind == Contact::Kind::kSlackUser;
    return std::optional(is_room ? Result<>(fail(Code::kFailedPrecondition, "slack answered no"))
                                 : Result<>());
  };
  h().fires("fast");
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  transport.script = takes_all;
  const auto missed = told();
  ASSERT_THAT(missed, SizeIs(2));
  const auto dead = notify::read_dead_letters(h().world.engine.reader(), {.channel = "slack_user"});
  ASSERT_TRUE(dead) << dead.error().message;
  ASSERT_THAT(dead->letters, SizeIs(2));
  for (const auto& letter : dead->letters) {
    const Result<> again = h().world.in_tx([&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(h().world.outbox->resend(tx, letter.id, House::ada()));
      return {};
    });
    ASSERT_TRUE(again) << again.error().message;
  }
  h().world.engine.settle();
  EXPECT_THAT(told(), ::testing::UnorderedElementsAreArray(missed));
  const notify::Delivery& last = transport.sent().back();
  EXPECT_EQ(last.contact.address, rooms_.at(0).id);
  EXPECT_EQ(last.person.value(), "#inc-1-checkout");
  EXPECT_EQ(last.language, "de");
}

TEST_P(ChannelDeskTest, AnAnswerInTheChannelIsOfWhoeverPressed) {
  h().fires("fast");
  PageAnswers answers(*h().incidents, *h().world.pager);
  const auto press = [&](notify::Answer answer) {
    Result<std::string> said = fail(Code::kInternal, "it did not run");
    const auto done = h().world.in_tx([&](engine::Tx& tx) -> Result<> {
      said = answers.on_answer(tx, h().newest().id, answer, Duration(0),
                               store::Actor{"link", "grace"}, {});
      return {};
    });
    EXPECT_TRUE(done);
    return said;
  };
  EXPECT_EQ(press(notify::Answer::kAcknowledge).value(), "grace has it");
  EXPECT_EQ(h().newest().who_has_it, "link:grace");
  EXPECT_EQ(press(notify::Answer::kResolve).error().code, Code::kFailedPrecondition)
      << "its alert still fires";
}

}  // namespace
}  // namespace tocsin::incident
