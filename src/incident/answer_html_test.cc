#include "incident/answer_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/text.h"
#include "incident/answer_document.h"

namespace tocsin::incident {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kOneRoundTrip = 14 << 10;

AnswerView plain() {
  AnswerView view;
  view.now = ManualClock().now();
  view.person = catalog::PersonId("ada");
  view.incident.number = 7;
  view.incident.severity = 2;
  view.incident.title = "checkout: customers cannot pay";
  view.incident.impact = "Customers cannot pay";
  view.incident.times.impact_started = view.now - minutes(125);
  alert::Alert alert;
  alert.summary = "Checkout: 38% of requests fail";
  alert.runbook = "https://runbooks.shop.test/checkout";
  alert.evidence.failed_since_start = 12;
  alert.evidence.total_since_start = 40;
  view.alerts = {alert};
  view.escalation = oncall::Escalation{};
  return view;
}

oncall::Page page(const std::string& person, std::string state) {
  oncall::Page p;
  p.person = catalog::PersonId(person);
  p.state = std::move(state);
  return p;
}

AnswerView filled_with(const std::string& text, size_t length) {
  std::string long_text;
  while (long_text.size() < length) long_text += text;
  AnswerView view = plain();
  view.person = catalog::PersonId(long_text);
  view.incident.title = view.incident.impact = long_text;
  alert::Alert alert;
  alert.summary = long_text;
  alert.runbook = "https://x/" + long_text;
  for (int i = 0; i < 10; ++i) {
    alert.links.push_back({long_text, "https://x/" + std::to_string(i) + long_text});
  }
  view.alerts.assign(20, alert);
  view.escalation->coming.push_back({.what = oncall::Coming::What::kStep,
                                     .at = view.now,
                                     .people = {{catalog::PersonId(long_text), ""}},
                                     .channels = {}});
  for (int i = 0; i < 50; ++i) {
    view.escalation->pages.push_back(page(std::to_string(i) + long_text, "told"));
  }
  return view;
}

TEST(AnswerHtml, EscapesHostileTexts) {
  const std::string hostile = "\"><script>alert(1)</script><img src=x onerror='x'>";
  const std::string html = answer_html(filled_with(hostile, hostile.size()));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")),
                          Not(HasSubstr("onerror='")), HasSubstr("&lt;script&gt;")));
  EXPECT_THAT(refusal_html(hostile, hostile, Words("en")), Not(HasSubstr("<script")));
}

TEST(AnswerHtml, LinksOnlyToTheWeb) {
  AnswerView view = plain();
  view.alerts[0].runbook = "javascript:alert(1)";
  view.alerts[0].links = {{"bad", "data:text/html,x"}, {"good", "https://d.shop.test/?a=1&b=2"}};
  const std::string html = answer_html(view);
  EXPECT_THAT(html, AllOf(Not(HasSubstr("href=\"javascript")), Not(HasSubstr("href=\"data")),
                          HasSubstr("Runbook: javascript:alert(1)"),
                          HasSubstr("href=\"https://d.shop.test/?a=1&amp;b=2\"")));
}

TEST(AnswerHtml, FitsInOneRoundTripWhateverTheTexts) {
  for (const char* text : {"&", "\"", "<b>", "é", "x", "日本"}) {
    const std::string html = answer_html(filled_with(text, 5000));
    EXPECT_LT(html.size(), kOneRoundTrip) << text;
    EXPECT_TRUE(is_valid_utf8(html)) << text;
    EXPECT_THAT(html, AllOf(HasSubstr("Acknowledge</button>"), HasSubstr("</html>"))) << text;
  }
  // A link just short enough to be one, of characters that grow when they are escaped.
  const std::string html = answer_html(filled_with("&", 115));
  EXPECT_LT(html.size(), kOneRoundTrip);
  EXPECT_THAT(html, HasSubstr("Acknowledge</button>"));
  EXPECT_LT(answer_css().size() + refusal_html("t", std::string(9999, '&'), Words("de")).size(),
            kOneRoundTrip);
}

TEST(AnswerHtml, SaysWhatToDoWithoutARunbook) {
  AnswerView view = plain();
  view.alerts[0].runbook.clear();
  EXPECT_THAT(answer_html(view), HasSubstr("There is no runbook."));
}

TEST(AnswerHtml, NamesEachPersonOnceByTheirNewestPage) {
  AnswerView view = plain();
  view.escalation->pages = {page("ada", "told"), page("grace", "failed"), page("grace", "trying")};
  view.escalation->pages[2].created = view.now;
  const std::string html = answer_html(view);
  EXPECT_THAT(html, AllOf(HasSubstr("grace: being tried since 00:00 UTC"),
                          Not(HasSubstr("could not be reached")), Not(HasSubstr("<li>ada"))));
}

TEST(AnswerHtml, TellsHowLongAgo) {
  EXPECT_THAT(answer_html(plain()), HasSubstr("2026-01-04 21:55 UTC (2 h 5 min ago)"));
}

TEST(AnswerHtml, TokenThatAcknowledgedIsNamedAsOne) {
  AnswerView view = plain();
  view.escalation->state = oncall::EscalationState::kAcknowledged;
  view.escalation->acknowledged_by = "token:ci";
  view.escalation->acknowledged_at = view.now;
  EXPECT_THAT(answer_html(view), HasSubstr("token ci has it."));
}

TEST(AnswerHtml, WhoAnsweredElsewhereHasItUnderAnyNameOfAUser) {
  AnswerView view = plain();
  view.escalation->state = oncall::EscalationState::kAcknowledged;
  view.escalation->acknowledged_by = "user:ada.lovelace";
  view.escalation->acknowledged_at = view.now;
  view.escalation->answered_by = {"ada"};
  EXPECT_THAT(answer_html(view), HasSubstr("You have it."));
}

TEST(AnswerHtml, ListFitsInOneRoundTripToo) {
  for (const char* text : {"&", "日本"}) {
    for (const char* language : {"en", "de"}) {
      ListView view;
      std::string long_text;
      while (long_text.size() < 5000) long_text += text;
      view.person = catalog::PersonId(long_text);
      view.language = language;
      view.given = Given{.refused = long_text};
      for (int i = 0; i < 200; ++i) {
        ListView::Item item{.incident = {},
                            .url = "https://tocsin.shop.test/p/" + std::string(120, 'x')};
        item.incident.title = item.incident.who_has_it = long_text;
        view.items.push_back(item);
      }
      const std::string html = list_html(view);
      EXPECT_LT(html.size(), kOneRoundTrip) << text;
      EXPECT_THAT(html, AllOf(HasSubstr("</html>"), HasSubstr("value=\"15m\""))) << text;
    }
  }
}

TEST(AnswerHtml, GermanFitsInOneRoundTripWithARefusal) {
  AnswerView view = filled_with("&", 5000);
  view.language = "de";
  view.given = Given{.answer = notify::Answer::kEscalate, .refused = std::string(5000, '&')};
  EXPECT_LT(answer_html(view).size(), kOneRoundTrip);
}

TEST(AnswerHtml, WhoAnsweredIsNotAskedAgainWhileMoreAreWanted) {
  AnswerView view = plain();
  view.escalation->answered_by = {"ada"};
  EXPECT_THAT(answer_html(view),
              AllOf(HasSubstr("More people are wanted."), HasSubstr("so far: ada"),
                    Not(HasSubstr("value=\"acknowledge\""))));
  view.person = catalog::PersonId("grace");
  EXPECT_THAT(answer_html(view), HasSubstr("value=\"acknowledge\""));
}

TEST(AnswerHtml, WhatAnotherHasIsNotSnoozed) {
  AnswerView view = plain();
  view.escalation->state = oncall::EscalationState::kAcknowledged;
  view.escalation->acknowledged_by = "user:grace";
  view.escalation->acknowledged_at = view.now;
  view.escalation->answered_by = {"grace"};
  EXPECT_THAT(answer_html(view), AllOf(HasSubstr("grace has it."), HasSubstr("value=\"escalate\""),
                                       Not(HasSubstr("value=\"snooze\""))));
}

TEST(AnswerHtml, IncidentWithoutAnEscalationShowsNoButton) {
  AnswerView view = plain();
  view.escalation.reset();
  EXPECT_THAT(answer_html(view), Not(HasSubstr("<button")));
}

}  // namespace
}  // namespace tocsin::incident
