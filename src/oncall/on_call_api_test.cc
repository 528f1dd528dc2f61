#include "oncall/on_call_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/silence_store.h"
#include "base/text.h"
#include "oncall/hand_off_note_store.h"
#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::weekly;

struct FakeGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role) override {
    if (!is_open) return fail(Code::kUnauthenticated, "sign in first");
    return caller;
  }
  bool is_open = true;
  access::Caller caller{store::Actor{"user", "ada"}, access::Role::kResponder, "ada"};
};

class OnCallApi : public ::testing::Test {
 protected:
  OnCallApi() {
    add_on_call_routes(
        router_, {gate_, readers_, world_.engine.engine(), *world_.book,
                  [this] { return world_.catalog; }, rng_, "https://tocsin.shop.test", nullptr,
                  [](store::Session&, const catalog::TeamId& team,
                     const Interval& turn) -> Result<std::vector<std::string>> {
                    return std::vector{
                        fmt::format("#12 of {} since {}", team.value(), to_rfc3339(turn.begin))};
                  }});
    Layer layer = weekly();
    layer.off = {"holidays-de"};
    world_.use({world_.spec({layer})});
    world_.engine.advance(days(2));  // Wednesday 01:00 in Berlin; it is ada's week
  }

  net::Response call(const std::string& method, const std::string& path, std::string body = "",
                     const std::string& type = "application/json") {
    net::Request request;
    request.method = method;
    const size_t query = path.find('?');
    request.path = path.substr(0, query);
    if (query != std::string::npos) {
      for (const auto part : split(std::string_view(path).substr(query + 1), '&')) {
        const size_t equals = part.find('=');
        request.query.emplace_back(part.substr(0, equals), part.substr(equals + 1));
      }
    }
    request.headers.add("Content-Type", type);
    request.body = std::move(body);
    net::Response response = router_.handle(request);
    world_.engine.settle();
    return response;
  }
  static codec::JsonObject json(const net::Response& response) {
    return codec::read_own_json(response.body).value().as_object();
  }
  codec::JsonObject get(const std::string& path) {
    const auto response = call("GET", path);
    EXPECT_EQ(response.status, 200) << response.body;
    return json(response);
  }
  codec::JsonObject post(const std::string& path, const std::string& body, int status = 201) {
    const auto response = call("POST", path, body);
    EXPECT_EQ(response.status, status) << response.body;
    return json(response);
  }
  std::string refused(const std::string& method, const std::string& path, const std::string& body,
                      int status) {
    const auto response = call(method, path, body);
    EXPECT_EQ(response.status, status) << response.body;
    return std::string(json(response).at("error").at("message").as_string());
  }
  static std::string text(const codec::JsonObject& json, const char* field) {
    return std::string(json.at(field).as_string());
  }
  static std::string text(const codec::Json& json, const char* field) {
    return std::string(json.at(field).as_string());
  }
  void sign_in(const std::string& person, access::Role role = access::Role::kResponder) {
    gate_.caller = {store::Actor{"user", person}, role, person};
  }

  testing::BookWorld world_;
  FakeGate gate_;
  alert::Readers readers_{world_.engine.database()};
  SeededRng rng_{7};
  net::Router router_;
};

constexpr const char* kPayments = "/api/v1/schedules/payments";

TEST_F(OnCallApi, SaysWhoIsOnCallAndWhy) {
  const auto now = get("/api/v1/on-call").at("on_call").as_array();
  ASSERT_THAT(now, SizeIs(1));
  EXPECT_EQ(codec::to_text(now[0]),
            R"({"schedule":"payments","name":"Payments","team":"payments","people":["ada"],)"
            R"("begin":"2026-01-05T08:00:00.000Z","end":"2026-01-12T08:00:00.000Z"})");
  const auto list = get("/api/v1/schedules").at("schedules").as_array();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_THAT(text(list[0].at("on_call"), "explain"), HasSubstr("ada is on call"));
  EXPECT_THAT(list[0].at("faults").as_array(), IsEmpty());
  const auto one = get(kPayments);
  EXPECT_EQ(codec::to_text(one.at("layers").at(0)),
            R"({"name":"primary","zone":"Europe/Berlin","every":"1 week",)"
            R"("hand_off":"Monday at 09:00","people":[["ada"],["grace"],["alan"]],)"
            R"("hours":"always","off":["holidays-de"],"is_shadow":false,"joins":false})");
  EXPECT_THAT(refused("GET", "/api/v1/schedules/paymnts", "", 404),
              HasSubstr("did you mean 'payments'?"));
  gate_.is_open = false;
  EXPECT_EQ(call("GET", "/api/v1/on-call").status, 401);
}

TEST_F(OnCallApi, TellsMyTurnsOfTheNextDays) {
  const auto mine = get("/api/v1/on-call/me");
  EXPECT_EQ(codec::to_text(mine),
            R"({"person":"ada","now":[{"schedule":"payments","until":"2026-01-12T08:00:00.000Z"}],)"
            R"("shifts":[{"schedule":"payments","begin":"2026-01-05T08:00:00.000Z",)"
            R"("end":"2026-01-12T08:00:00.000Z"},{"schedule":"payments",)"
            R"("begin":"2026-01-26T08:00:00.000Z","end":"2026-02-02T08:00:00.000Z"}],)"
            R"("next_page":{"ways":[{"contact":"mail","channel":"mail","to":"ada@shop.test",)"
            R"("after_seconds":null}],"keep_ringing_seconds":0,"quiet_hours":"",)"
            R"("is_quiet":false,"zone":"UTC"},)"
            R"("contacts":[{"name":"mail","channel":"mail","to":"ada@shop.test",)"
            R"("verified_at":null,"verified_by":null}]})");
  EXPECT_THAT(get("/api/v1/on-call/me?person=grace").at("now").as_array(), IsEmpty());
  gate_.caller = {store::Actor{"token", "ci"}, access::Role::kAdmin, ""};
  EXPECT_THAT(refused("GET", "/api/v1/on-call/me", "", 400), HasSubstr("say who"));
}

TEST_F(OnCallApi, TellsHowMyNextPageComes) {
  const auto catalog = testing::five_people();
  catalog::Person& ada = catalog->people[catalog::PersonId("ada")];
  ada.contacts.push_back(
      {.kind = catalog::Contact::Kind::kSms, .name = "phone", .address = "+4930123456"});
  ada.urgent = {{"phone", Duration(0)}, {"mail", minutes(2)}};
  ada.keep_ringing = minutes(5);
  ada.zone = calendar::Zone::find("Europe/Berlin").value();
  // It is Wednesday 01:00 there.
  ada.quiet = calendar::WeeklyHours({{{true, true, true, true, true, true, true}, 22 * 60, 420}});
  world_.catalog = catalog;
  const codec::Json mine = get("/api/v1/on-call/me").at("next_page");
  EXPECT_THAT(codec::to_text(mine),
              HasSubstr(R"("quiet_hours":"daily 22:00-07:00","is_quiet":true,)"
                        R"("zone":"Europe/Berlin")"));
  const auto& ways = mine.at("ways").as_array();
  ASSERT_THAT(ways, SizeIs(2));
  EXPECT_EQ(text(ways[0], "contact"), "phone");
  EXPECT_EQ(ways[0].at("after_seconds").to_number<double>(), 0);
  EXPECT_EQ(ways[1].at("after_seconds").to_number<double>(), 120);
  EXPECT_EQ(mine.at("keep_ringing_seconds").to_number<double>(), 300);
  EXPECT_THAT(text(ways[0], "to"), Not(IsEmpty()));
  sign_in("grace");
  const auto others = get("/api/v1/on-call/me?person=ada");
  EXPECT_EQ(text(others.at("next_page").at("ways").at(1), "to"), "") << "addresses are ada's";
  EXPECT_THAT(codec::to_text(others), Not(HasSubstr("@shop.test")));
  EXPECT_TRUE(get("/api/v1/on-call/me?person=nobody").at("next_page").is_null());
}

TEST_F(OnCallApi, WhomNothingVerifiedReachesIsToldOnceAndShownToTheEnd) {
  ASSERT_THAT(world_.told.faults, IsEmpty());
  bool is_verified = false;
  world_.book->ask_reach(
      [&](const catalog::Person& person) { return is_verified || person.id.value() != "ada"; });
  world_.engine.advance(days(1));
  ASSERT_THAT(world_.told.faults, SizeIs(1));
  EXPECT_THAT(world_.told.faults[0], HasSubstr("tocsin contact verify ada mail"));
  world_.engine.advance(days(2));
  EXPECT_THAT(world_.told.faults, SizeIs(1)) << "her other shifts are not told";
  is_verified = true;
  world_.engine.advance(days(1));
  is_verified = false;  // her address was edited
  world_.engine.advance(days(1));
  EXPECT_THAT(world_.told.faults, SizeIs(2)) << "that is new";
}

TEST_F(OnCallApi, ShowsTurnsAndTheLayersBelow) {
  post(std::string(kPayments) + "/overrides",
       R"({"kind":"replace","person":"alan","replaces":"","begin":"2026-01-13T08:00:00Z",)"
       R"("end":"2026-01-14T08:00:00Z","note":"the dentist"})");
  const auto all = get(std::string(kPayments) +
                       "/turns?from=2026-01-12T08:00:00Z&until=2026-01-19T08:00:00Z&layers=true");
  const auto& turns = all.at("turns").as_array();
  ASSERT_THAT(turns, SizeIs(3));
  EXPECT_EQ(turns[1].at("people").at(0).as_string(), "alan");
  EXPECT_EQ(turns[1].at("why").at(0).at("kind").as_string(), "override");
  EXPECT_EQ(turns[1].at("why").at(0).at("instead_of").at(0).as_string(), "grace");
  EXPECT_THAT(text(turns[1], "explain"), HasSubstr("the dentist"));
  const auto& layer = all.at("layers").at(0);
  EXPECT_EQ(text(layer, "name"), "primary");
  ASSERT_THAT(layer.at("turns").as_array(), SizeIs(1));
  EXPECT_EQ(layer.at("turns").at(0).at("people").at(0).as_string(), "grace");
  EXPECT_THAT(refused("GET",
                      std::string(kPayments) + "/turns?from=2026-01-01T00:00:00Z&"
                                               "until=2028-01-01T00:00:00Z",
                      "", 400),
              HasSubstr("more than"));
  EXPECT_THAT(refused("GET", std::string(kPayments) + "/turns?from=yesterday", "", 400),
              HasSubstr("from"));
}

TEST_F(OnCallApi, OverridesAreMadeAndTakenBack) {
  const std::string path = std::string(kPayments) + "/overrides";
  const auto made = post(path, R"({"kind":"add","person":"grace","replaces":"",)"
                               R"("begin":"2026-01-06T00:00:00Z","end":"2026-01-08T00:00:00Z",)"
                               R"("note":"a release"})");
  EXPECT_EQ(made.at("by").as_string(), "user:ada");
  EXPECT_EQ(world_.on_call(), "ada+grace");
  EXPECT_THAT(get(kPayments).at("overrides").as_array(), SizeIs(1));
  EXPECT_EQ(call("DELETE", path + "/" + text(made, "id")).status, 204);
  EXPECT_EQ(world_.on_call(), "ada");
  EXPECT_EQ(call("DELETE", path + "/ovr_none").status, 404);
  EXPECT_THAT(refused("POST", path, R"({"kind":"swap","person":"grace"})", 400),
              HasSubstr("begin is missing"));
  EXPECT_THAT(refused("POST", path,
                      R"({"kind":"swap","person":"grace","begin":"2026-01-08T00:00:00Z",)"
                      R"("end":"2026-01-09T00:00:00Z","colour":"red"})",
                      400),
              HasSubstr("colour"));
}

TEST_F(OnCallApi, TakingThePagerIsForWhoAsksUnlessSomebodyIsNamed) {
  const std::string path = std::string(kPayments) + "/take";
  sign_in("alan");
  const auto taken = post(path, "");
  EXPECT_EQ(text(taken, "person"), "alan");
  EXPECT_EQ(text(taken, "end"), "2026-01-12T08:00:00.000Z");
  EXPECT_EQ(world_.on_call(), "alan");
  post(path, R"({"person":"grace","until":"2026-01-07T12:00:00Z"})");
  EXPECT_EQ(world_.on_call(), "grace");
  const auto served = get(std::string(kPayments) +
                          "/history?from=2026-01-01T00:00:00Z&until="
                          "2026-02-01T00:00:00Z")
                          .at("served")
                          .as_array();
  ASSERT_FALSE(served.empty());
  EXPECT_EQ(text(served.back(), "person"), "grace");
  EXPECT_TRUE(served.back().at("end").is_null());
}

TEST_F(OnCallApi, PlansAreMadeAndTakenBack) {
  const std::string path = std::string(kPayments) + "/plans";
  const auto made =
      post(path, R"({"begin":"2026-01-06T00:00:00Z","end":"2026-01-09T00:00:00Z","note":"move",)"
                 R"("shifts":[{"people":["edsger"],"begin":"2026-01-06T00:00:00Z",)"
                 R"("end":"2026-01-08T00:00:00Z"}]})");
  EXPECT_EQ(world_.on_call(), "edsger");
  EXPECT_EQ(made.at("shifts").as_array().size(), 1u);
  EXPECT_EQ(call("DELETE", path + "/" + text(made, "id")).status, 204);
  EXPECT_EQ(world_.on_call(), "ada");
  EXPECT_THAT(refused("POST", path,
                      R"({"begin":"2026-01-06T00:00:00Z","end":"2026-01-09T00:00:00Z",)"
                      R"("shifts":[{"people":[],"begin":"2026-01-06T00:00:00Z",)"
                      R"("end":"2026-01-08T00:00:00Z"}]})",
                      400),
              HasSubstr("shifts[0].people"));
}

TEST_F(OnCallApi, ASwapIsAnsweredByThePersonOrAnAdmin) {
  const std::string body = R"({"from":"","to":"grace","begin":"2026-01-08T00:00:00Z",)"
                           R"("end":"2026-01-09T00:00:00Z","note":"a wedding"})";
  const auto first = post(std::string(kPayments) + "/swaps", body);
  EXPECT_EQ(text(first, "state"), "open");
  EXPECT_EQ(text(first, "from"), "ada");
  const std::string path = "/api/v1/swaps/" + text(first, "id");
  EXPECT_EQ(refused("POST", path + "/take", R"({"person":"grace"})", 403),
            "only grace may answer for grace, or an admin");
  sign_in("grace");
  EXPECT_EQ(text(post(path + "/take", "", 200), "state"), "taken");
  sign_in("ada");
  const auto second = post(std::string(kPayments) + "/swaps",
                           R"({"from":"","to":"","begin":"2026-01-09T00:00:00Z",)"
                           R"("end":"2026-01-10T00:00:00Z","note":""})");
  const std::string other = "/api/v1/swaps/" + text(second, "id");
  EXPECT_EQ(text(post(other + "/withdraw", R"({"person":""})", 200), "state"), "withdrawn");
  EXPECT_EQ(refused("POST", other + "/withdraw", "", 409),
            "swap " + text(second, "id") + " is withdrawn already");
  EXPECT_EQ(call("POST", "/api/v1/swaps/swp_none/take", "").status, 404);
  EXPECT_THAT(get(kPayments).at("swaps").as_array(), SizeIs(2));
}

TEST_F(OnCallApi, AbsencesAndCalendarsMoveTheTurns) {
  const auto away = post("/api/v1/absences", R"({"person":"","begin":"2026-01-06T00:00:00Z",)"
                                             R"("end":"2026-01-08T00:00:00Z","note":"ill"})");
  EXPECT_EQ(world_.on_call(), "grace");
  EXPECT_THAT(get("/api/v1/absences").at("absences").as_array(), SizeIs(1));
  EXPECT_EQ(call("DELETE", "/api/v1/absences/" + text(away, "id")).status, 204);
  EXPECT_EQ(world_.on_call(), "ada");

  const auto ical = [](const std::string& begin, const std::string& end) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//shop//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
           "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:" +
           begin + "\r\nDTEND;VALUE=DATE:" + end +
           "\r\nSUMMARY:Away\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  };
  auto put = call("PUT", "/api/v1/people/ada/vacations", ical("20260106", "20260108"),
                  "text/calendar; charset=utf-8");
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(json(put).at("absences").as_int64(), 1);
  EXPECT_EQ(world_.on_call(), "grace");
  put = call("PUT", "/api/v1/people/ada/vacations", ical("20260301", "20260308"), "text/calendar");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(world_.on_call(), "ada");
  // The days are those of the layer that is off on them: it is Wednesday in Berlin.
  put = call("PUT", "/api/v1/calendars/holidays-de", ical("20260107", "20260108"), "text/calendar");
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(json(put).at("days").as_int64(), 1);
  EXPECT_EQ(world_.on_call(), "-");
  EXPECT_EQ(
      call("PUT", "/api/v1/calendars/Hol%20idays", ical("20260107", "20260108"), "text/calendar")
          .status,
      400);
  EXPECT_EQ(call("PUT", "/api/v1/calendars/holidays-de", "{}").status, 400);
  EXPECT_EQ(call("PUT", "/api/v1/calendars/holidays-de", "no calendar", "text/calendar").status,
            400);
  EXPECT_EQ(
      call("PUT", "/api/v1/people/nobody/vacations", ical("20260107", "20260108"), "text/calendar")
          .status,
      404);
}

TEST_F(OnCallApi, FeedsAreReadByWhoeverKnowsTheirAddress) {
  const auto person = post("/api/v1/ical-links", R"({"kind":"person","name":"grace"})");
  const std::string url = text(person, "url");
  const std::string base = "https://tocsin.shop.test";
  ASSERT_TRUE(url.starts_with(base + "/ical/")) << url;
  const auto list = get("/api/v1/ical-links").at("links").as_array();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_FALSE(list[0].as_object().contains("url"));
  gate_.is_open = false;
  const auto feed = call("GET", url.substr(base.size()));
  ASSERT_EQ(feed.status, 200) << feed.body;
  EXPECT_EQ(*feed.headers.get("Content-Type"), "text/calendar; charset=utf-8");
  EXPECT_THAT(feed.body, HasSubstr("DTSTART:20260112T080000Z"));
  EXPECT_THAT(feed.body, HasSubstr("On call: Payments"));
  EXPECT_THAT(feed.body, Not(HasSubstr("DTSTART:20260105T080000Z")));
  EXPECT_EQ(call("GET", "/ical/wrong.ics").status, 404);
  EXPECT_EQ(call("GET", "/ical/" + url.substr(base.size() + 6, 8)).status, 404);
  gate_.is_open = true;
  EXPECT_EQ(call("DELETE", "/api/v1/ical-links/" + text(person, "id")).status, 204);
  EXPECT_EQ(call("DELETE", "/api/v1/ical-links/" + text(person, "id")).status, 404);
  EXPECT_EQ(call("GET", url.substr(base.size())).status, 404);

  for (const char* body :
       {R"({"kind":"schedule","name":"payments"})", R"({"kind":"team","name":"payments"})"}) {
    const auto made = post("/api/v1/ical-links", body);
    const auto both = call("GET", text(made, "url").substr(base.size()));
    EXPECT_THAT(both.body, HasSubstr("DTSTART:20260105T080000Z"));
    EXPECT_THAT(both.body, HasSubstr("Payments: grace"));
  }
  EXPECT_EQ(refused("POST", "/api/v1/ical-links", R"({"kind":"team","name":"none"})", 404),
            "there is no team 'none'");
  // Of the secret there is only a hash.
  const auto rows = world_.engine.reader().query("SELECT token_hash FROM ical_link").value();
  EXPECT_EQ(rows.at(0).text(0).size(), 64u);
}

constexpr const char* kNotes = "/api/v1/schedules/payments/hand-off-notes";

TEST_F(OnCallApi, AHandOffNoteIsWrittenAndReplaced) {
  EXPECT_EQ(codec::to_text(get(kNotes)),
            R"({"open":null,"received":null,"may_write":true,"notes":[]})");
  const auto put = [&](const std::string& body) {
    const auto response = call("PUT", kNotes, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return json(response);
  };
  const codec::Json first = put(R"({"text":"mind the gap","seen":""})").at("open");
  EXPECT_EQ(text(first, "author"), "user:ada");
  EXPECT_EQ(text(get(kNotes).at("open"), "text"), "mind the gap");
  world_.engine.advance(minutes(1));
  sign_in("grace");
  EXPECT_THAT(refused("PUT", kNotes, R"({"text":"mine","seen":""})", 409),
              HasSubstr("user:ada has changed the note at 2026-01-07T00:00:00.000Z"));
  put(R"({"text":"mine, too","seen":")" + text(first, "updated") + R"("})");
  const codec::Json second = get(kNotes).at("open");
  EXPECT_EQ(text(second, "author"), "user:grace");
  EXPECT_EQ(text(second, "id"), text(first, "id"));
  EXPECT_EQ(world_.count("schedule.note_written"), 2);
  put(R"({"text":"mine, too"})");
  EXPECT_EQ(world_.count("schedule.note_written"), 2) << "nothing changed";
  EXPECT_TRUE(put(R"({"text":""})").at("open").is_null());
  EXPECT_EQ(world_.count("schedule.note_removed"), 1);
  EXPECT_THAT(refused("PUT", kNotes, R"({"text":")" + std::string(10'001, 'x') + R"("})", 400),
              HasSubstr("text has 10001 characters"));
  EXPECT_EQ(call("PUT", "/api/v1/schedules/none/hand-off-notes", R"({"text":"x"})").status, 404);
}

TEST_F(OnCallApi, AHandOffNoteIsForTheTeamToWriteAndForAllToRead) {
  sign_in("stranger");
  EXPECT_EQ(codec::to_text(get(kNotes).at("may_write")), "false");
  EXPECT_THAT(refused("PUT", kNotes, R"({"text":"x"})", 403),
              HasSubstr("the members of team payments"));
  sign_in("stranger", access::Role::kAdmin);
  EXPECT_EQ(call("PUT", kNotes, R"({"text":"x"})").status, 200);
}

TEST_F(OnCallApi, AHandOffNoteIsReceivedByWhoBegan) {
  ASSERT_EQ(call("PUT", kNotes, R"({"text":"mind the gap"})").status, 200);
  const auto hand_over = [&] {
    ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const auto note,
                       hand_over_note(tx.sql(), world_.id, {catalog::PersonId("grace")}, tx.now()));
      EXPECT_TRUE(note);
      return {};
    }));
  };
  world_.engine.advance_to(parse_rfc3339("2026-01-12T08:00:00Z").value());
  hand_over();
  const auto received = get(kNotes);
  EXPECT_EQ(text(received.at("received"), "text"), "mind the gap");
  EXPECT_EQ(text(received.at("received"), "handed_off"), "2026-01-12T08:00:00.000Z");
  EXPECT_EQ(codec::to_text(received.at("received").at("receivers")), R"(["grace"])");
  EXPECT_TRUE(received.at("open").is_null());
  world_.engine.advance(days(7));
  const auto later = get(kNotes);
  EXPECT_TRUE(later.at("received").is_null()) << "it was for the turn before";
  EXPECT_THAT(later.at("notes").as_array(), SizeIs(1));
}

TEST_F(OnCallApi, ADraftOfANoteSaysWhatHappened) {
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) -> Result<> {
    const auto silence = [&](const std::string& id, const std::string& matcher,
                             const std::string& by) {
      return alert::write_silence(
          tx.sql(),
          {.id = id,
           .matchers = routing::parse_matchers(matcher, routing::MatcherSyntax::kUtf8)->matchers,
           .starts = tx.now(),
           .ends = tx.now() + hours(4),
           .updated = tx.now(),
           .created_by = by,
           .comment = "the relay",
           .annotations = {}});
    };
    RETURN_IF_ERROR(silence("a", R"({job="relay"})", "ada"));
    RETURN_IF_ERROR(silence("b", R"({team=~"pay.*"})", "alan"));
    return silence("c", R"({job="other"})", "alan");
  }));
  post(std::string(kPayments) + "/swaps",
       R"({"from":"grace","to":"","begin":"2026-01-13T08:00:00Z","end":"2026-01-14T08:00:00Z"})");
  const auto draft = get(std::string(kNotes) + "/draft");
  EXPECT_EQ(text(draft, "since"), "2026-01-05T08:00:00.000Z");
  EXPECT_EQ(text(draft, "text"),
            "Payments from Mon 2026-01-05 09:00 to Wed 2026-01-07 01:00 (Europe/Berlin)\n\n"
            "Incidents:\n- #12 of payments since 2026-01-05T08:00:00.000Z\n\n"
            "Silences that still hold:\n"
            "- {job=\"relay\"} until Wed 2026-01-07 05:00, by ada: the relay\n"
            "- {team=~\"pay.*\"} until Wed 2026-01-07 05:00, by alan: the relay\n\n"
            "Swaps that nobody has answered:\n"
            "- grace asks anybody to take Tue 2026-01-13 09:00 to Wed 2026-01-14 09:00\n\n"
            "What you should know:\n- ");
}

}  // namespace
}  // namespace tocsin::oncall
