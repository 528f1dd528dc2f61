#include "oncall/call_plan.h"

#include <gtest/gtest.h>

#include "oncall/bundle_text.h"
#include "oncall/throttle.h"

namespace tocsin::oncall {
namespace {

using catalog::Contact;

catalog::Person ada() {
  catalog::Person person{.id = catalog::PersonId("ada"), .name = "Ada"};
  person.contacts = {{.kind = Contact::Kind::kMail, .name = "mail", .address = "ada@shop.test"},
                     {.kind = Contact::Kind::kWebhook,
                      .name = "hook",
                      .address = "https://hooks.shop.test/ada",
                      .secret = Secret("ada-key")},
                     {.kind = Contact::Kind::kSms, .name = "sms", .address = "+4930123456"}};
  return person;
}

TEST(CallPlan, WithoutRulesEachContactWaitsForTheOneBeforeToFail) {
  const CallPlan plan = plan_call(ada());
  ASSERT_EQ(plan.ways.size(), 3u);
  EXPECT_EQ(plan.at_once(), 1u);
  EXPECT_EQ(plan.next_timed(1), 3u) << "no way begins by its time";
  EXPECT_EQ(plan.ways[2].contact.name, "sms");
}

TEST(CallPlan, RulesSayWhichContactsAndWhen) {
  auto person = ada();
  person.urgent = {{"hook", seconds(0)}, {"sms", seconds(0)}, {"mail", minutes(2)}};
  person.keep_ringing = minutes(3);
  const CallPlan plan = plan_call(person);
  EXPECT_EQ(plan.at_once(), 2u);
  EXPECT_EQ(plan.next_timed(2), 2u);
  EXPECT_EQ(plan.wait(std::nullopt, 2), minutes(2));
  EXPECT_EQ(plan.wait(2, 3), minutes(3)) << "the pause before it begins anew";
  EXPECT_EQ(plan.wait(0, 3), minutes(5));
}

TEST(CallPlan, FirstRuleMayWait) {
  auto person = ada();
  person.urgent = {{"hook", minutes(1)}};
  EXPECT_EQ(plan_call(person).at_once(), 0u);
  EXPECT_EQ(plan_call(person).wait(std::nullopt, 0), minutes(1));
}

TEST(CallPlan, ComesBackAsItWasWrittenWithoutSecrets) {
  auto person = ada();
  person.urgent = {{"hook", seconds(0)}, {"sms", minutes(1)}};
  person.keep_ringing = minutes(3);
  const std::string text = codec::to_text(to_json(plan_call(person)));
  EXPECT_EQ(text.find("ada-key"), std::string::npos);
  const auto back = read_call_plan(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(codec::to_text(to_json(*back)), text);
  EXPECT_EQ(back->keep_ringing, minutes(3));
  EXPECT_EQ(back->ways[1].after, minutes(1));
  for (const char* damaged : {"", "[]", "{}", R"({"ways":[1],"keep_ringing_us":0})"}) {
    EXPECT_FALSE(read_call_plan(damaged)) << damaged;
  }
}

TEST(Throttle, LetsAFewThroughAndTheFirstOfEachService) {
  EXPECT_TRUE(goes_at_once({0, 0}));
  EXPECT_TRUE(goes_at_once({kFewAtOnce - 1, kFewAtOnce - 1}));
  EXPECT_FALSE(goes_at_once({kFewAtOnce, 1}));
  EXPECT_TRUE(goes_at_once({kFewAtOnce, 0})) << "the first of its service";
  EXPECT_FALSE(goes_at_once({kServicesAtOnce, 0})) << "a telephone takes no more";
}

TEST(BundleText, SaysHowManyAndListsTheWorstFirst) {
  std::vector<BundledPage> pages;
  for (int i = 0; i < 25; ++i) {
    BundledPage page;
    page.message.severity = i == 7 ? "SEV-1" : "SEV-3";
    page.message.incident_id = "inc_" + std::to_string(i);
    page.message.title = page.message.severity + " service " + std::to_string(i);
    page.message.since = Time(seconds(1000 - i));
    page.answer_url = "https://tocsin.test/p/" + std::to_string(i);
    pages.push_back(page);
  }
  const auto message = bundle_message(pages, "https://tocsin.test/p/all");
  EXPECT_EQ(message.title, "25 incidents: SEV-1 service 7; and 24 more");
  EXPECT_EQ(message.severity, "SEV-1");
  EXPECT_TRUE(message.is_page);
  EXPECT_EQ(message.answer_url, "https://tocsin.test/p/all");
  ASSERT_EQ(message.links.size(), kMostListed);
  EXPECT_EQ(message.links[0].url, "https://tocsin.test/p/7");
  EXPECT_TRUE(message.is_bundle);
  EXPECT_TRUE(message.impact.starts_with("1. SEV-1 service 7\n2. SEV-3 service 24\n"));
  EXPECT_TRUE(message.impact.ends_with("\nand 5 more, behind the link"));
}

}  // namespace
}  // namespace tocsin::oncall
