#include "incident/answer_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incident/http_testing.h"

namespace tocsin::incident {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AnswerPage : public ::testing::Test {
 protected:
  AnswerPage() {
    auto& world = house().world;
    add_answer_routes(web_.router, {web_.readers, world.engine.engine(), *house().incidents,
                                    *world.pager, *world.links, world.engine.clock()});
  }
  testing::House& house() { return web_.house; }
  // Of the newest page to that person: "/p/<token>".
  std::string path_for(const std::string& person) {
    const auto& sent = house().world.transport.sent();
    for (auto d = sent.rbegin(); d != sent.rend(); ++d) {
      if (d->person.value() != person || d->message.answer_url.empty()) continue;
      return d->message.answer_url.substr(std::string("https://tocsin.shop.test").size());
    }
    ADD_FAILURE() << "no page for " << person;
    return "/p/none";
  }
  net::Response acknowledge(const std::string& path) {
    return web_.post_form(path, "answer=acknowledge");
  }

  testing::Web web_;
};

TEST_F(AnswerPage, SaysWhatIsWrongInTheOrderOfWhoWasWoken) {
  house().fires("fast");
  house().advance(minutes(5));
  const auto page = web_.get(path_for("grace"));
  ASSERT_EQ(page.status, 200);
  size_t at = 0;
  for (const char* part :
       {"SEV-1", "Incident 1", "checkout: customers cannot pay", "Nobody has it yet",
        "You are asked as grace", "What users lose", "1,204 of 3,170 requests failed", "Since ",
        "6 min ago", "1,204 of 3,170 (38%)", "380x too fast", "96%", "Do first",
        "https://runbooks.shop.test/checkout", "Who else was paged", "ada: told", "Next: alan",
        "<button name=\"answer\" value=\"acknowledge\">Acknowledge</button>"}) {
    const size_t found = page.body.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\n" << page.body;
    at = found;
  }
}

TEST_F(AnswerPage, IsLockedDown) {
  house().fires("fast");
  const auto page = web_.get(path_for("ada"));
  EXPECT_EQ(page.headers.get("Content-Security-Policy"),
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'");
  EXPECT_EQ(page.headers.get("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(page.headers.get("Cache-Control"), "no-store");
  EXPECT_THAT(page.body, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("style=\""))));
}

TEST_F(AnswerPage, LookingAtItAnswersNothing) {
  house().fires("fast");
  const auto before = house().world.engine.logbook().size();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(web_.get(path_for("ada")).status, 200);
  EXPECT_EQ(house().world.engine.logbook().size(), before);
  EXPECT_FALSE(house().newest().times.acknowledged);
}

TEST_F(AnswerPage, AcknowledgesAsThePagesPerson) {
  house().fires("fast");
  const auto answered = acknowledge(path_for("ada"));
  ASSERT_EQ(answered.status, 200);
  EXPECT_THAT(answered.body, AllOf(HasSubstr("You have it."), Not(HasSubstr("<form"))));
  EXPECT_EQ(house().newest().who_has_it, "link:ada");
  EXPECT_EQ(house().newest().state, State::kInvestigating);
  house().world.sent();
  house().advance(minutes(15) - seconds(1));
  EXPECT_THAT(house().world.sent(), ::testing::IsEmpty());
  house().advance(hours(1));
  EXPECT_THAT(house().world.sent(), ::testing::ElementsAre("page grace mail", "page alan mail"))
      << "not resolved: more people are brought in, once";
}

TEST_F(AnswerPage, SecondAnswerSaysWhoHasIt) {
  house().fires("fast");
  house().advance(minutes(5));
  ASSERT_EQ(acknowledge(path_for("grace")).status, 200);
  const auto count = house().world.engine.logbook().size();
  for (const auto& page : {web_.get(path_for("ada")), acknowledge(path_for("ada"))}) {
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, AllOf(HasSubstr("grace has it."), HasSubstr("You need not do anything"),
                                 Not(HasSubstr("<form"))));
  }
  EXPECT_EQ(house().newest().who_has_it, "link:grace");
  EXPECT_EQ(house().world.engine.logbook().size(), count);
}

TEST_F(AnswerPage, TellsANotificationWhatCameOfItsButton) {
  house().fires("fast");
  house().advance(minutes(5));
  const auto answer = [&](const std::string& person) {
    net::Request request;
    request.method = "POST";
    request.path = path_for(person);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.headers.add("Accept", "application/json");
    request.body = "answer=acknowledge";
    auto response = web_.router.handle(request);
    house().world.engine.settle();
    return response;
  };
  const auto mine = answer("ada");
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(mine.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(mine.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(mine.body,
            R"({"person":"ada","incidents":[{"number":1,"title":"checkout: customers cannot pay",)"
            R"("is_open":true,"is_rung":false,"who_has_it":"ada","answered_by":["ada"]}]})");
  EXPECT_EQ(house().newest().who_has_it, "link:ada");
  EXPECT_THAT(answer("grace").body,
              AllOf(HasSubstr(R"("person":"grace")"), HasSubstr(R"("who_has_it":"ada")")));
}

TEST_F(AnswerPage, SaysThatItSeemsToBeOverAndThenThatItIs) {
  house().fires("fast");
  const std::string path = path_for("ada");
  house().clears("fast");
  EXPECT_THAT(web_.get(path).body, AllOf(HasSubstr("It seems to be over."), HasSubstr("(over)"),
                                         Not(HasSubstr("<form"))));
  house().advance(minutes(7));
  EXPECT_THAT(web_.get(path).body, HasSubstr("It is over."));
  const auto late = acknowledge(path);
  EXPECT_EQ(late.status, 200);
  EXPECT_THAT(late.body, AllOf(HasSubstr("It is over."), HasSubstr("Resolved")));
  EXPECT_FALSE(house().newest().times.acknowledged);
}

TEST_F(AnswerPage, SaysThatItWasDeclined) {
  house().fires("fast");
  ASSERT_TRUE(house().move("" + house().newest().id, State::kDeclined, "load test"));
  EXPECT_THAT(web_.get(path_for("ada")).body, HasSubstr("Declined"));
}

TEST_F(AnswerPage, ForgedLinkIsRefusedWithWhatToDo) {
  house().fires("fast");
  std::string path = path_for("ada");
  path[path.size() / 2] = path[path.size() / 2] == 'A' ? 'B' : 'A';
  for (const auto& page : {web_.get(path), acknowledge(path), web_.get("/p/x")}) {
    EXPECT_EQ(page.status, 401);
    EXPECT_THAT(page.body, AllOf(HasSubstr("This link cannot be used"),
                                 HasSubstr("damaged or was not made here"),
                                 HasSubstr("open it again from the message")));
    EXPECT_EQ(page.headers.get("Cache-Control"), "no-store");
  }
  EXPECT_FALSE(house().newest().times.acknowledged);
}

TEST_F(AnswerPage, ExpiredLinkSaysWhenItEnded) {
  house().fires("fast");
  const std::string path = path_for("ada");
  house().world.engine.clock().advance(hours(24) + seconds(1));
  const auto page = acknowledge(path);
  EXPECT_EQ(page.status, 401);
  EXPECT_THAT(page.body, AllOf(HasSubstr("this link ended at 2026-01-06T00:00:00"),
                               HasSubstr("sign in at https://tocsin.shop.test")));
}

TEST_F(AnswerPage, AnswerThatIsNoneIsRefused) {
  house().fires("fast");
  EXPECT_EQ(web_.post_form(path_for("ada"), "").status, 400);
  EXPECT_EQ(web_.post_form(path_for("ada"), "answer=no").status, 400);
  EXPECT_FALSE(house().newest().times.acknowledged);
}

TEST_F(AnswerPage, LinkToAPageThatIsGoneIsNotFound) {
  const auto url = house().world.links->url_for("pag_gone", house().now() + hours(1));
  const auto page = web_.get(url.substr(std::string("https://tocsin.shop.test").size()));
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("sign in to Tocsin"));
}

TEST_F(AnswerPage, ExhaustedEscalationCanStillBeAnswered) {
  house().fires("fast");
  const std::string path = path_for("ada");
  house().advance(hours(3));
  EXPECT_THAT(web_.get(path).body, HasSubstr("<form"));
  EXPECT_THAT(acknowledge(path).body, HasSubstr("You have it."));
}

TEST_F(AnswerPage, StyleIsItsOwnRoute) {
  const auto css = web_.get("/p/style.css");
  EXPECT_EQ(css.status, 200);
  EXPECT_EQ(css.headers.get("Content-Type"), "text/css; charset=utf-8");
  EXPECT_THAT(css.body, HasSubstr("prefers-color-scheme:dark"));
}

}  // namespace
}  // namespace tocsin::incident
