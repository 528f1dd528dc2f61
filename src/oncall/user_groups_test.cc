#include "oncall/user_groups.h"

#include <gmock/gmock.h>

#include "notify/slack_testing.h"
#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using catalog::Contact;
using catalog::PersonId;
using notify::testing::ScriptedSlack;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kGroup = "S0604QSJC";

std::string to_upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::shared_ptr<catalog::Catalog> with_slack(const std::vector<std::string>& people) {
  auto out = testing::five_people();
  for (const std::string& name : people) {
    out->people.at(PersonId(name))
        .contacts.push_back({.kind = Contact::Kind::kSlackUser,
                             .name = "slack_user",
                             .address = "U0" + to_upper(name)});
  }
  return out;
}

TEST(UserGroup, HasThoseWhomSlackKnows) {
  auto catalog = with_slack({"ada", "grace"});
  catalog->people.at(PersonId("alan"))
      .contacts.push_back({.kind = Contact::Kind::kSlackUser, .address = "C0ROOM"});
  const GroupPlan plan = plan_group(
      {PersonId("grace"), PersonId("ada"), PersonId("grace"), PersonId("alan"), PersonId("nobody")},
      *catalog);
  EXPECT_THAT(plan.members, ElementsAre("U0ADA", "U0GRACE"));
  EXPECT_THAT(plan.unknown, ElementsAre(PersonId("alan"), PersonId("nobody")));
  EXPECT_EQ(problem_of(plan), "alan, nobody have no contact slack_user");
}

TEST(UserGroup, IsCalledForOnlyWhenItMayDiffer) {
  const Time now = *parse_rfc3339("2026-01-07T10:00:00Z");
  const GroupPlan ada{{"U0ADA"}, {}};
  EXPECT_EQ(next_step({}, {{"U0ADA"}, now}, now), GroupStep::kKeep);
  EXPECT_EQ(next_step(ada, {{}, std::nullopt}, now), GroupStep::kLook);
  EXPECT_EQ(next_step(ada, {{"U0GRACE"}, now}, now), GroupStep::kSet);
  EXPECT_EQ(next_step(ada, {{"U0ADA"}, now - minutes(59)}, now), GroupStep::kNothing);
  EXPECT_EQ(next_step(ada, {{"U0ADA"}, now - hours(1)}, now), GroupStep::kLook);
}

class UserGroupsTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_.emplace(engine::testing::TestEngine::Options{.backend = GetParam()});
    world_->engine.advance_to(*parse_rfc3339("2026-01-07T10:00:00Z"));
    world_->catalog = with_slack({"ada", "grace", "alan"});
    slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
    open();
  }
  void TearDown() override {
    groups_.reset();
    if (world_) world_->close();
  }
  testing::BookWorld& w() { return *world_; }
  void open() {
    groups_ = std::make_unique<UserGroups>(
        UserGroups::Parts{w().engine.engine(), slack_, w().engine.log(), w().engine.metrics()});
    w().book->listen(*groups_);
  }
  void restart() {
    groups_.reset();
    w().reopen();
    open();
  }
  // ada from Monday 2026-01-05 on, then grace, then alan, a week each.
  void use(const std::string& group = kGroup) {
    ScheduleSpec spec = w().spec({testing::weekly()}, "primary");
    spec.slack_user_group = group;
    w().use({spec});
    EXPECT_TRUE(groups_->use({spec}, w().catalog));
    w().engine.settle();
  }
  std::optional<notify::SlackReply> answer(const ScriptedSlack::Call& call) {
    if (call.method == "usergroups.users.list") {
      std::string users;
      for (const std::string& user : in_slack_)
        users += (users.empty() ? "\"" : ",\"") + user + '"';
      return ScriptedSlack::ok(fmt::format(R"({{"users": [{}]}})", users));
    }
    EXPECT_EQ(call.method, "usergroups.users.update");
    EXPECT_EQ(call.form.at("usergroup"), kGroup);
    in_slack_ = {call.form.at("users")};
    return ScriptedSlack::ok();
  }
  GroupRow row() {
    const auto found = groups_->read(w().engine.reader(), w().id);
    EXPECT_TRUE(found && *found);
    return found && *found ? **found : GroupRow{};
  }
  std::vector<std::string> called() {
    auto out = slack_.methods();
    slack_.calls.clear();
    return out;
  }

  ScriptedSlack slack_;
  std::vector<std::string> in_slack_ = {"U0OTHER"};
  std::unique_ptr<UserGroups> groups_;

 private:
  std::optional<testing::BookWorld> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, UserGroupsTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(UserGroupsTest, FollowsTheHandOff) {
  use();
  EXPECT_THAT(called(), ElementsAre("usergroups.users.list", "usergroups.users.update"));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
  EXPECT_EQ(w().count("user_group.set"), 1);
  w().engine.advance_to(*parse_rfc3339("2026-01-13T10:00:00Z"));
  EXPECT_THAT(in_slack_, ElementsAre("U0GRACE"));
  EXPECT_EQ(w().count("user_group.set"), 2);
  EXPECT_EQ(row().problem, "");
}

TEST_P(UserGroupsTest, FollowsAnOverrideAtOnce) {
  use();
  ASSERT_TRUE(w().change([&](engine::Tx& tx) {
    return w().book->take(tx, w().id, PersonId("alan"), w().engine.now() + hours(2), w().ada);
  }));
  w().engine.settle();
  EXPECT_THAT(in_slack_, ElementsAre("U0ALAN"));
  w().engine.advance(hours(2));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
}

TEST_P(UserGroupsTest, IsNotCalledWhenItIsRightAlready) {
  in_slack_ = {"U0ADA"};
  use();
  EXPECT_THAT(called(), ElementsAre("usergroups.users.list"));
  use();
  restart();
  use();
  EXPECT_THAT(called(), IsEmpty()) << "a reload and a restart ask nothing that is known";
}

TEST_P(UserGroupsTest, IsLookedAtOnceAnHourAndMended) {
  use();
  called();
  in_slack_ = {"U0OTHER"};
  w().engine.advance(minutes(59));
  EXPECT_THAT(called(), IsEmpty());
  w().engine.advance(minutes(2));
  EXPECT_THAT(called(), ElementsAre("usergroups.users.list", "usergroups.users.update"));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
}

TEST_P(UserGroupsTest, IsSetWithoutALookWhereThatIsNotAllowed) {
  slack_.script = [this](const ScriptedSlack::Call& call) {
    if (call.method == "usergroups.users.list") {
      return std::optional(ScriptedSlack::refuses("missing_scope"));
    }
    return answer(call);
  };
  use();
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
  EXPECT_EQ(row().problem, "");
}

TEST_P(UserGroupsTest, IsTriedUntilItWorksAndSaysSoOnce) {
  int failures = 5;
  slack_.script = [&](const ScriptedSlack::Call& call) {
    if (call.method == "usergroups.users.update" && failures-- > 0) {
      return std::optional(ScriptedSlack::refuses("missing_scope"));
    }
    return answer(call);
  };
  use();
  EXPECT_THAT(row().problem, HasSubstr("missing_scope"));
  EXPECT_THAT(in_slack_, ElementsAre("U0OTHER"));
  w().engine.advance(minutes(2));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
  EXPECT_EQ(row().problem, "");
  EXPECT_EQ(w().count("user_group.failed"), 1);
  EXPECT_THAT(w().engine.warnings(), ElementsAre(HasSubstr("missing_scope")));
}

TEST_P(UserGroupsTest, TheRetrySurvivesARestart) {
  slack_.script = [](const ScriptedSlack::Call&) {
    return std::optional(ScriptedSlack::refuses("internal_error", Code::kUnavailable));
  };
  use();
  slack_.script = [](const ScriptedSlack::Call&) { return std::optional<notify::SlackReply>(); };
  w().engine.advance(minutes(1));  // asked, and the process ends before the answer
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  restart();
  use();
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
}

TEST_P(UserGroupsTest, ALostAnswerIsNotWaitedForLongerThanAMinute) {
  slack_.script = [](const ScriptedSlack::Call&) { return std::optional<notify::SlackReply>(); };
  use();
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  w().engine.advance(seconds(59));
  EXPECT_THAT(in_slack_, ElementsAre("U0OTHER"));
  w().engine.advance(seconds(3));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
}

TEST_P(UserGroupsTest, WhatMayHaveArrivedIsLookedAtAlsoWhenItIsTakenBack) {
  use();
  slack_.script = [this](const ScriptedSlack::Call& call) {
    static_cast<void>(answer(call));  // Slack does it, and its answer is lost
    return std::optional(ScriptedSlack::refuses("timeout", Code::kDeadlineExceeded));
  };
  const auto taken = w().change([&](engine::Tx& tx) {
    return w().book->take(tx, w().id, PersonId("alan"), w().engine.now() + hours(2), w().ada);
  });
  ASSERT_TRUE(taken);
  w().engine.settle();
  EXPECT_THAT(in_slack_, ElementsAre("U0ALAN"));
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  ASSERT_TRUE(w().change(
      [&](engine::Tx& tx) { return w().book->remove_override(tx, w().id, taken->id, w().ada); }));
  w().engine.advance(minutes(1));
  EXPECT_THAT(in_slack_, ElementsAre("U0ADA"));
}

TEST_P(UserGroupsTest, CallsDoNotOvertakeEachOther) {
  use();
  w().engine.advance_to(*parse_rfc3339("2026-01-12T07:59:30Z"));
  slack_.script = [](const ScriptedSlack::Call&) { return std::optional<notify::SlackReply>(); };
  called();
  w().engine.advance(seconds(40));  // grace takes over
  EXPECT_THAT(called(), ElementsAre("usergroups.users.update"));
  ASSERT_TRUE(w().change([&](engine::Tx& tx) {
    return w().book->take(tx, w().id, PersonId("alan"), w().engine.now() + hours(2), w().ada);
  }));
  w().engine.advance(seconds(5));
  EXPECT_THAT(called(), IsEmpty()) << "the call before it is under way";
  slack_.script = [this](const ScriptedSlack::Call& call) { return answer(call); };
  ASSERT_TRUE(slack_.answer(ScriptedSlack::ok()));
  w().engine.advance(seconds(2));
  EXPECT_THAT(called(), ElementsAre("usergroups.users.update"));
  EXPECT_THAT(in_slack_, ElementsAre("U0ALAN"));
}

TEST_P(UserGroupsTest, AnEmptyGroupIsNotAllowedSoItStays) {
  w().catalog = with_slack({"grace"});
  use();
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_EQ(row().problem,
            "ada has no contact slack_user, and Slack allows no empty group: it stays as it was");
  EXPECT_EQ(w().count("user_group.lacking"), 1);
  w().engine.advance(days(2));
  EXPECT_EQ(w().count("user_group.lacking"), 1) << "said once";
  w().engine.advance_to(*parse_rfc3339("2026-01-13T10:00:00Z"));
  EXPECT_THAT(in_slack_, ElementsAre("U0GRACE"));
  EXPECT_EQ(row().problem, "");
}

TEST_P(UserGroupsTest, AGroupThatNobodyNamesAnyMoreIsLeftAlone) {
  use();
  use("");
  called();
  w().engine.advance(days(7));
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_FALSE(groups_->read(w().engine.reader(), w().id)->has_value());
}

}  // namespace
}  // namespace tocsin::oncall
