#include "incident/answer_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incident/http_testing.h"
#include "incident/page_answers.h"

namespace tocsin::incident {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kAcknowledge = "<button name=\"answer\" value=\"acknowledge\">";
constexpr const char* kResolve = "<button name=\"answer\" value=\"resolve\">";
constexpr const char* kEscalate = "<button name=\"answer\" value=\"escalate\">";
constexpr const char* kSnooze = "<button name=\"for\" value=\"15m\"";

class AnswerPage : public ::testing::Test {
 protected:
  AnswerPage() {
    auto& world = house().world;
    add_answer_routes(web_.router,
                      {web_.readers, world.engine.engine(), answers_, *world.pager, *world.links,
                       world.engine.clock(), [this] { return house().world.catalog; }});
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
  // The form of the escalate button as the page has it.
  std::string escalation_form(const std::string& path) {
    const std::string body = web_.get(path).body;
    const std::string_view before = "name=\"place\" value=\"";
    const size_t at = body.find(before);
    if (at == std::string::npos) return "answer=escalate&place=none";
    const size_t begin = at + before.size();
    return "answer=escalate&place=" + body.substr(begin, body.find('"', begin) - begin);
  }
  oncall::EscalationState state() {
    return (*house().world.pager->read(house().world.engine.reader(), house().newest().id))->state;
  }
  std::string bundle_path() {
    house().storm(14);
    return path_for("ada");
  }
  void speaks_german(const std::string& person) {
    auto next = std::make_shared<catalog::Catalog>(*house().world.catalog);
    next->people.at(catalog::PersonId(person)).language = "de";
    house().world.use(next);
  }
  net::Response acknowledge(const std::string& path) {
    return web_.post_form(path, "answer=acknowledge");
  }

  testing::Web web_;
  PageAnswers answers_{*house().incidents, *house().world.pager};
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
  EXPECT_THAT(answered.body, AllOf(HasSubstr("You have it."), Not(HasSubstr(kAcknowledge))));
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
                                 Not(HasSubstr(kAcknowledge))));
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
                                         Not(HasSubstr(kAcknowledge))));
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

TEST_F(AnswerPage, DamagedLinkIsRefusedInTheLanguageOfTheBrowser) {
  web_.accept_language = "de-DE,de;q=0.9,en;q=0.8";
  for (const auto& page : {web_.get("/p/x"), acknowledge("/p/x")}) {
    EXPECT_EQ(page.status, 401);
    EXPECT_THAT(page.body,
                AllOf(HasSubstr("<html lang=\"de\">"), HasSubstr("Dieser Link geht nicht"),
                      HasSubstr("dieser Link ist beschädigt oder nicht von hier")));
  }
  const auto url = house().world.links->url_for("pag_gone", house().now() + hours(1));
  const auto gone = web_.get(url.substr(std::string("https://tocsin.shop.test").size()));
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(gone.body, HasSubstr("ist hier nicht mehr bekannt; melden Sie sich bei Tocsin an"));
  web_.accept_language = "fr";
  EXPECT_THAT(web_.get("/p/x").body, HasSubstr("<html lang=\"en\">"));
}

TEST_F(AnswerPage, EndedLinkIsRefusedInTheLanguageOfItsPerson) {
  speaks_german("ada");
  house().fires("fast");
  const std::string path = path_for("ada");
  web_.accept_language = "en";
  EXPECT_THAT(web_.post_form(path, "answer=no").body,
              AllOf(HasSubstr("Das hat nicht geklappt"), HasSubstr("drücken Sie einen Knopf")));
  EXPECT_THAT(web_.post_form(path, "answer=snooze&for=soon").body,
              HasSubstr("Die Zeit muss wie 15m oder 2h sein"));
  EXPECT_THAT(web_.post_form(path, "answer=snooze&for=48h").body,
              HasSubstr("für 1 min bis 24 h zurückgestellt"));
  house().world.engine.clock().advance(hours(24) + seconds(1));
  const auto page = web_.get(path);
  EXPECT_EQ(page.status, 401);
  EXPECT_THAT(page.body, AllOf(HasSubstr("dieser Link galt bis 2026-01-06T00:00:00"),
                               HasSubstr("unter https://tocsin.shop.test an")));
}

TEST_F(AnswerPage, BundleRefusesInThePersonsLanguage) {
  speaks_german("ada");
  const std::string path = bundle_path();
  EXPECT_THAT(web_.post_form(path, "answer=resolve").body,
              AllOf(HasSubstr("Nicht ausgeführt."), HasSubstr("Das sind 4 Vorfälle")));
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

TEST_F(AnswerPage, ReadsWhatItsLinkNamesOnce) {
  house().fires("fast");
  const std::string path = path_for("ada");
  int read = 0;
  house().world.engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    read += static_cast<int>(sql.ends_with("FROM page WHERE id = $1"));
    return std::nullopt;
  };
  EXPECT_EQ(web_.get(path).status, 200);
  EXPECT_EQ(read, 1);
  EXPECT_EQ(web_.post_form(path, "answer=no").status, 400);
  EXPECT_EQ(read, 2);
  house().world.engine.faults().before = {};
}

// Whom a link belongs to cannot be told then; that it has ended, it can.
TEST_F(AnswerPage, LinkThatCannotBeLookedUpAsksForPatienceUnlessItHasEnded) {
  speaks_german("ada");
  house().fires("fast");
  const std::string path = path_for("ada");
  web_.accept_language = "en";
  house().world.engine.faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql.find(" FROM page ") == std::string_view::npos) return std::nullopt;
    return Error{Code::kUnavailable, "the database is away"};
  };
  const auto away = web_.get(path);
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.headers.get("Retry-After"), "1");
  EXPECT_THAT(away.body, HasSubstr("Try again in a moment"));
  house().world.engine.clock().advance(hours(24) + seconds(1));
  const auto ended = web_.get(path);
  EXPECT_EQ(ended.status, 401);
  EXPECT_THAT(ended.body, HasSubstr("this link ended at 2026-01-06T00:00:00"));
}

TEST_F(AnswerPage, ExhaustedEscalationCanStillBeAnswered) {
  house().fires("fast");
  const std::string path = path_for("ada");
  house().advance(hours(3));
  EXPECT_THAT(web_.get(path).body, HasSubstr(kAcknowledge));
  EXPECT_THAT(acknowledge(path).body, HasSubstr("You have it."));
}

TEST_F(AnswerPage, OffersOtherAnswersBehindTheFirst) {
  house().fires("fast");
  const std::string body = web_.get(path_for("ada")).body;
  size_t at = 0;
  for (const char* part : {kAcknowledge, kEscalate, kSnooze, "value=\"30m\"", "value=\"1h\"",
                           "value=\"2h\"", "Resolve: not yet, one of its alerts still fires."}) {
    const size_t found = body.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\n" << body;
    at = found;
  }
  EXPECT_THAT(body, Not(HasSubstr(kResolve)));
}

TEST_F(AnswerPage, EscalatesOnceHoweverOftenItIsTapped) {
  house().fires("fast");
  const std::string path = path_for("ada");
  const std::string form = escalation_form(path);
  house().world.sent();
  const auto first = web_.post_form(path, form);
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.body, AllOf(HasSubstr("Escalated."), HasSubstr("grace: ")));
  EXPECT_THAT(house().world.sent(), ::testing::ElementsAre("page grace mail"));
  const auto again = web_.post_form(path, form);
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, AllOf(HasSubstr("Not done."), HasSubstr("look again")));
  EXPECT_THAT(house().world.sent(), ::testing::IsEmpty());
  EXPECT_EQ(web_.post_form(path, escalation_form(path)).status, 200) << "the page was read anew";
  EXPECT_THAT(house().world.sent(), ::testing::ElementsAre("page alan mail"));
}

TEST_F(AnswerPage, WhoHasItHandsItOn) {
  house().fires("fast");
  const std::string path = path_for("ada");
  const auto taken = acknowledge(path);
  EXPECT_THAT(taken.body, AllOf(HasSubstr(kEscalate), HasSubstr(kSnooze)));
  EXPECT_EQ(web_.post_form(path, escalation_form(path)).status, 200);
  EXPECT_EQ(state(), oncall::EscalationState::kRinging);
}

TEST_F(AnswerPage, SnoozesForTheTimeOfTheButton) {
  house().fires("fast");
  const auto page = web_.post_form(path_for("ada"), "answer=snooze&for=15m");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, AllOf(HasSubstr("Snoozed."), HasSubstr("It rings again in 15 min"),
                               HasSubstr("You have it."), HasSubstr("rings again at 00:15 UTC")));
  EXPECT_EQ(house().newest().who_has_it, "link:ada");
  house().world.sent();
  house().advance(minutes(15) - seconds(1));
  EXPECT_THAT(house().world.sent(), ::testing::IsEmpty());
  house().advance(seconds(2));
  EXPECT_THAT(house().world.sent(), ::testing::Contains("page ada mail"))
      << "besides those who are brought in";
}

TEST_F(AnswerPage, SnoozeWithoutAPossibleTimeIsRefused) {
  house().fires("fast");
  for (const char* form : {"answer=snooze", "answer=snooze&for=soon", "answer=snooze&for=48h"}) {
    EXPECT_EQ(web_.post_form(path_for("ada"), form).status, 400) << form;
  }
  EXPECT_EQ(state(), oncall::EscalationState::kRinging);
}

TEST_F(AnswerPage, ResolvesWhenNoAlertFiresAndSaysWhyNotBefore) {
  house().fires("fast");
  const std::string path = path_for("ada");
  const auto early = web_.post_form(path, "answer=resolve");
  EXPECT_EQ(early.status, 409);
  EXPECT_THAT(early.body, AllOf(HasSubstr("Not done."), HasSubstr("when its alerts are over"),
                                HasSubstr("Nobody has it yet.")));
  house().clears("fast");
  EXPECT_THAT(web_.get(path).body, AllOf(HasSubstr(kResolve), Not(HasSubstr(kEscalate))));
  const auto no_more = web_.post_form(path, "answer=escalate");
  EXPECT_EQ(no_more.status, 409);
  EXPECT_THAT(no_more.body, HasSubstr("No alert of incident 1 fires any more"));
  const auto done = web_.post_form(path, "answer=resolve");
  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(done.body, AllOf(HasSubstr("It is over."), Not(HasSubstr("<form"))));
  EXPECT_EQ(house().newest().state, State::kResolved);
  const auto late = web_.post_form(path, "answer=snooze&for=15m");
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, HasSubstr("Incident 1 has ended."));
}

TEST_F(AnswerPage, SpeaksThePersonsLanguage) {
  speaks_german("ada");
  house().fires("fast");
  const std::string path = path_for("ada");
  EXPECT_THAT(web_.get(path).body,
              AllOf(HasSubstr("<html lang=\"de\">"), HasSubstr("Noch hat es niemand."),
                    HasSubstr(">Annehmen</button>"), HasSubstr("checkout: customers cannot pay"),
                    HasSubstr("einer der Alarme besteht noch")));
  const auto refused = web_.post_form(path, "answer=resolve");
  EXPECT_THAT(refused.body, AllOf(HasSubstr("Nicht ausgeführt."), HasSubstr("seine Alarme")));
  EXPECT_THAT(web_.post_form(path, "answer=escalate&place=9.9").body,
              HasSubstr("die Nächsten schon gerufen"));
  EXPECT_THAT(web_.post_form(path, "answer=snooze&for=2h").body,
              AllOf(HasSubstr("In 2 h wird wieder gerufen"), HasSubstr("Sie haben es.")));
}

TEST_F(AnswerPage, BundleListsItsIncidentsWithALinkToEach) {
  const std::string path = bundle_path();
  const auto before = house().world.engine.logbook().size();
  const auto list = web_.get(path);
  ASSERT_EQ(list.status, 200);
  EXPECT_THAT(list.body, AllOf(HasSubstr("4 incidents page you"), HasSubstr("nobody has it yet"),
                               HasSubstr("Acknowledge all 4</button>"), HasSubstr(kSnooze),
                               Not(HasSubstr(kResolve)), Not(HasSubstr("<script"))));
  EXPECT_EQ(house().world.engine.logbook().size(), before);
  const std::string_view before_link = "href=\"https://tocsin.shop.test";
  const size_t at = list.body.find(before_link);
  ASSERT_NE(at, std::string::npos);
  const size_t begin = at + before_link.size();
  const auto one = web_.get(list.body.substr(begin, list.body.find('"', begin) - begin));
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.body, AllOf(HasSubstr("Nobody has it yet."), HasSubstr(kAcknowledge)));
}

TEST_F(AnswerPage, BundleIsAcknowledgedWhole) {
  const std::string path = bundle_path();
  const auto list = acknowledge(path);
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, AllOf(HasSubstr("You have 4 of them."), HasSubstr("ada has it"),
                               Not(HasSubstr(kAcknowledge))));
  int taken = 0;
  for (const auto& incident : house().all()) taken += incident.who_has_it == "link:ada" ? 1 : 0;
  EXPECT_EQ(taken, 4) << "and no other";
}

TEST_F(AnswerPage, BundleCountsOnlyWhatIsNotOver) {
  const std::string path = bundle_path();
  const std::string bundle =
      *house().world.links->page_of(path.substr(std::string("/p/").size()), house().now(), "en");
  const auto pages = house().world.pager->pages_of(house().world.engine.reader(), bundle).value();
  ASSERT_TRUE(house().move(pages.front().incident_id, State::kDeclined, "load test"));
  EXPECT_THAT(acknowledge(path).body, HasSubstr("You have 3 of them."));
}

TEST_F(AnswerPage, BundleIsSnoozedWholeAndNeverResolved) {
  const std::string path = bundle_path();
  const auto refused = web_.post_form(path, "answer=resolve");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("Not done."), HasSubstr("resolve each")));
  const auto list = web_.post_form(path, "answer=snooze&for=30m");
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, AllOf(HasSubstr("You have 4 of them."), HasSubstr("again in 30 min")));
}

TEST_F(AnswerPage, BundleOfWhatIsOverAsksForNothing) {
  const std::string path = bundle_path();
  for (const auto& incident : house().all()) {
    ASSERT_TRUE(house().move(incident.id, State::kDeclined, "load test"));
  }
  EXPECT_THAT(web_.get(path).body, AllOf(HasSubstr(": over"), Not(HasSubstr("<form"))));
  EXPECT_THAT(acknowledge(path).body, HasSubstr("Not done."));
}

TEST_F(AnswerPage, StyleIsItsOwnRoute) {
  const auto css = web_.get("/p/style.css");
  EXPECT_EQ(css.status, 200);
  EXPECT_EQ(css.headers.get("Content-Type"), "text/css; charset=utf-8");
  EXPECT_THAT(css.body, HasSubstr("prefers-color-scheme:dark"));
}

}  // namespace
}  // namespace tocsin::incident
