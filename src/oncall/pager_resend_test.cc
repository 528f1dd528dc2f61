#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/dead_letters.h"
#include "oncall/testing.h"

// What was given up and is sent again by hand, as the pager answers for it.
namespace tocsin::oncall {
namespace {

using catalog::Contact;
using testing::channel;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::person;
using ::testing::SizeIs;
using testing::World;

class PagerResend : public ::testing::Test {
 protected:
  // The dead letters of a channel that nobody has sent again.
  std::vector<std::string> dead(const std::string& by, const std::string& of = "") {
    const auto page = notify::read_dead_letters(w_.engine.reader(),
                                                {.channel = by, .person = of, .retried = false});
    std::vector<std::string> ids;
    for (const auto& letter : page->letters) ids.push_back(letter.id);
    return ids;
  }
  Result<> resend(const std::string& id) {
    const Result<> done = w_.in_tx([&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(w_.outbox->resend(tx, id, store::Actor{"user", "grace"}));
      return {};
    });
    w_.engine.settle();
    return done;
  }
  static Contact slack(const std::string& place) {
    return {.kind = Contact::Kind::kSlack,
            .name = "ops",
            .address = "https://hooks.slack.test/services/" + place};
  }
  void use_policy(const Contact& ops) {
    Policy policy;
    policy.steps = {{minutes(0), {person("ada"), channel("ops")}, {}}};
    policy.channels = {{"ops", ops}};
    w_.use(policy);
  }
  World w_;
};

TEST_F(PagerResend, AChannelIsToldWhereItsPolicyHasItNow) {
  use_policy(slack("old"));
  const auto well = w_.transport.script;
  w_.fail_way(Contact::Kind::kSlack, Code::kFailedPrecondition);
  w_.start();
  const auto letters = dead("slack");
  ASSERT_THAT(letters, SizeIs(1));
  w_.transport.script = well;
  use_policy(slack("new"));
  ASSERT_TRUE(resend(letters[0]));
  EXPECT_EQ(w_.transport.sent().back().contact.address, slack("new").address);
  EXPECT_EQ(w_.transport.sent().back().person.value(), "#ops");
}

TEST_F(PagerResend, AChannelThatThePolicyHasNoMoreIsRefused) {
  use_policy(slack("old"));
  w_.fail_way(Contact::Kind::kSlack, Code::kFailedPrecondition);
  w_.start();
  const auto letters = dead("slack");
  ASSERT_THAT(letters, SizeIs(1));
  Policy policy;
  policy.steps = {{minutes(0), {person("ada")}, {}}};
  w_.use(policy);
  const Result<> refused = resend(letters[0]);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("'#ops' has no slack any more"));
}

TEST_F(PagerResend, TheOperatorsAreToldWhereTheFileHasThemNow) {
  w_.operators = {slack("ops-room")};
  w_.crash();
  const auto well = w_.transport.script;
  for (const auto kind : {Contact::Kind::kMail, Contact::Kind::kWebhook, Contact::Kind::kSlack}) {
    w_.fail_way(kind, Code::kFailedPrecondition);
  }
  w_.start();
  w_.engine.advance(minutes(30));
  const auto letters = dead("slack");
  ASSERT_THAT(letters, SizeIs(1));
  w_.transport.script = well;
  ASSERT_TRUE(resend(letters[0]));
  EXPECT_EQ(w_.transport.sent().back().contact, slack("ops-room"));
  EXPECT_FALSE(w_.transport.sent().back().message.is_page);
}

TEST_F(PagerResend, WhomAPageReachesThatWayHearsTheEnd) {
  w_.outbox->link_by(*w_.links);
  w_.outbox->use(w_.catalog);
  const auto well = w_.transport.script;
  w_.fail_way(Contact::Kind::kMail, Code::kFailedPrecondition);
  w_.fail_way(Contact::Kind::kWebhook, Code::kFailedPrecondition);
  w_.start();
  const auto letters = dead("mail", "ada");
  ASSERT_FALSE(letters.empty());
  w_.transport.script = well;
  static_cast<void>(w_.sent());
  ASSERT_TRUE(resend(letters.back()));
  const auto lines = w_.sent();
  EXPECT_THAT(lines, Contains("page ada mail again"));
  EXPECT_THAT(w_.transport.sent().back().message.answer_url, HasSubstr("/p/"));
  w_.stop();
  EXPECT_THAT(w_.sent(), Contains("recovery ada mail"));
}

TEST_F(PagerResend, APageThatIsOverRingsNobody) {
  w_.outbox->link_by(*w_.links);
  w_.outbox->use(w_.catalog);
  const auto well = w_.transport.script;
  w_.fail_way(Contact::Kind::kMail, Code::kFailedPrecondition);
  w_.start();
  const auto letters = dead("mail");
  ASSERT_THAT(letters, SizeIs(1));
  w_.stop();
  w_.transport.script = well;
  static_cast<void>(w_.sent());
  ASSERT_TRUE(resend(letters[0]));
  EXPECT_THAT(w_.sent(), ElementsAre("resent ada mail again"));
  EXPECT_FALSE(w_.transport.sent().back().message.is_page);
  EXPECT_THAT(dead("mail"), IsEmpty());
}

}  // namespace
}  // namespace tocsin::oncall
