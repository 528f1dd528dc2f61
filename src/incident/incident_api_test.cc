#include "incident/incident_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incident/http_testing.h"

namespace tocsin::incident {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class IncidentApi : public ::testing::Test {
 protected:
  IncidentApi() {
    add_incident_routes(web_.router, {web_.gate, web_.readers, house().world.engine.engine(),
                                      *house().incidents, *house().world.pager});
  }
  testing::House& house() { return web_.house; }
  codec::JsonObject detail(const std::string& id = "1") {
    return web_.json(web_.get("/api/v1/incidents/" + id));
  }
  codec::JsonObject incident() { return detail().at("incident").as_object(); }
  static std::string message_of(const net::Response& response) {
    return std::string(testing::Web::json(response).at("error").at("message").as_string());
  }

  testing::Web web_;
};

TEST_F(IncidentApi, ListsTheOpenOnesNewestFirstUnlessAskedForAll) {
  house().fires("fast");
  house().clears("fast");
  house().advance(minutes(7));
  house().fires("fast");
  const auto open = web_.get("/api/v1/incidents");
  ASSERT_EQ(open.status, 200);
  const auto list = web_.json(open).at("incidents").as_array();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].at("number").as_int64(), 2);
  EXPECT_EQ(list[0].at("ringing").as_string(), "ada");
  EXPECT_EQ(web_.json(open).at("seq").as_int64(),
            *store::last_logbook_seq(*web_.readers.take().value()));
  const auto all = web_.json(web_.get("/api/v1/incidents", {{"state", "all"}}));
  ASSERT_THAT(all.at("incidents").as_array(), SizeIs(2));
  EXPECT_EQ(all.at("incidents").at(0).at("follows").as_string(),
            all.at("incidents").at(1).at("id").as_string());
  EXPECT_TRUE(all.at("incidents").at(1).at("ringing").is_null());
  const auto one = web_.json(web_.get("/api/v1/incidents", {{"state", "all"}, {"limit", "1"}}));
  EXPECT_THAT(one.at("incidents").as_array(), SizeIs(1));
}

TEST_F(IncidentApi, ListCostsNoMoreStatementsForMoreIncidents) {
  int statements = 0;
  const auto list_of = [&](size_t services) {
    house().storm(static_cast<int>(services));
    statements = 0;
    house().world.engine.faults().before = [&](std::string_view) -> std::optional<Error> {
      ++statements;
      return std::nullopt;
    };
    auto list = web_.json(web_.get("/api/v1/incidents")).at("incidents").as_array();
    house().world.engine.faults().before = nullptr;
    EXPECT_THAT(list, SizeIs(services));
    return list;
  };
  list_of(2);
  const int for_two = statements;
  ASSERT_EQ(web_.post("/api/v1/incidents/2/acknowledge", "").status, 200);
  const auto list = list_of(60);
  EXPECT_EQ(statements, for_two);
  for (const auto& shown : list) {
    const auto one = detail(std::string(shown.at("id").as_string()));
    EXPECT_EQ(codec::Json(one.at("incident")), shown);
  }
}

TEST_F(IncidentApi, ShowsOneByItsNumberAndByItsId) {
  house().fires("fast");
  house().fires("ticket-3d");
  const auto by_number = detail();
  EXPECT_EQ(detail(house().newest().id), by_number);
  const auto& incident = by_number.at("incident").as_object();
  EXPECT_EQ(incident.at("state").as_string(), "triage");
  EXPECT_EQ(incident.at("severity").as_int64(), 1);
  EXPECT_TRUE(incident.at("who_has_it").is_null());
  EXPECT_EQ(incident.at("times").at("impact_started").as_string(),
            to_rfc3339(house().now() - seconds(90)));
  EXPECT_TRUE(incident.at("times").at("acknowledged").is_null());
  EXPECT_THAT(by_number.at("alerts").as_array(), SizeIs(2));
  const auto& escalation = by_number.at("escalation").as_object();
  EXPECT_EQ(escalation.at("state").as_string(), "ringing");
  EXPECT_EQ(escalation.at("next_person").as_string(), "grace");
  EXPECT_EQ(escalation.at("next_at").as_string(), to_rfc3339(house().now() + minutes(5)));
  ASSERT_THAT(escalation.at("pages").as_array(), SizeIs(1));
  EXPECT_EQ(escalation.at("pages").at(0).at("person").as_string(), "ada");
  EXPECT_EQ(escalation.at("pages").at(0).at("state").as_string(), "told");
  std::vector<std::string> kinds;
  for (const auto& entry : by_number.at("timeline").as_array()) {
    kinds.emplace_back(entry.at("kind").as_string());
  }
  EXPECT_THAT(kinds, Contains("incident.opened"));
  EXPECT_THAT(kinds, Contains("page.told"));
}

TEST_F(IncidentApi, IsAcknowledgedBeforeAllThatWaitsToBeWritten) {
  house().fires("fast");
  engine::Engine& engine = house().world.engine.engine();
  std::optional<int64_t> acknowledged;  // when the first of the others was written
  bool is_full = false;
  while (!is_full) {
    engine.submit(
        [&](engine::Tx& tx) -> Result<> {
          if (acknowledged) return {};
          ASSIGN_OR_RETURN(const auto rows,
                           tx.sql().query("SELECT count(*) FROM logbook"
                                          " WHERE kind = 'incident.acknowledged'"));
          acknowledged = rows.at(0).integer(0);
          return {};
        },
        [&](Result<> done) { is_full |= !done; });
  }
  EXPECT_EQ(web_.post("/api/v1/incidents/1/acknowledge", "").status, 200);
  EXPECT_EQ(acknowledged, 1);
  EXPECT_FALSE(incident().at("who_has_it").is_null());
}

TEST_F(IncidentApi, PagesTheTimelineInItsOrderWithoutAGap) {
  house().fires("fast");
  for (const char* text : {"one", "two", "three"}) {
    const std::string body = fmt::format(R"({{"text":"{}"}})", text);
    ASSERT_EQ(web_.post("/api/v1/incidents/1/notes", body).status, 201);
  }
  const auto whole = detail();
  EXPECT_TRUE(whole.at("timeline_next").is_null());
  const auto& timeline = whole.at("timeline").as_array();
  ASSERT_GT(timeline.size(), 4u);

  codec::JsonArray paged;
  std::string after = "0";
  for (size_t pages = 0; pages <= timeline.size(); ++pages) {
    const auto response =
        web_.get("/api/v1/incidents/1/timeline", {{"limit", "2"}, {"after", after}});
    ASSERT_EQ(response.status, 200) << response.body;
    const auto page = web_.json(response);
    EXPECT_LE(page.at("entries").as_array().size(), 2u);
    for (const auto& entry : page.at("entries").as_array()) paged.push_back(entry);
    if (page.at("next").is_null()) break;
    after = std::to_string(page.at("next").as_int64());
  }
  EXPECT_EQ(paged, timeline);
  EXPECT_EQ(web_.get("/api/v1/incidents/1/timeline", {{"after", "999"}}).status, 400);
  EXPECT_EQ(web_.get("/api/v1/incidents/1/timeline", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(web_.get("/api/v1/incidents/7/timeline").status, 404);
}

TEST_F(IncidentApi, AcknowledgesAsTheCallerAndAgainWithoutHarm) {
  house().fires("fast");
  const auto first = web_.post("/api/v1/incidents/1/acknowledge", "");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(web_.json(first).at("who_has_it").as_string(), "user:ada");
  EXPECT_EQ(web_.json(first).at("state").as_string(), "investigating");
  EXPECT_TRUE(web_.json(first).at("ringing").is_null());
  const auto count = house().world.engine.logbook().size();
  EXPECT_EQ(web_.post("/api/v1/incidents/1/acknowledge", "").status, 200);
  EXPECT_EQ(house().world.engine.logbook().size(), count);
}

TEST_F(IncidentApi, AnswerIsThePersonsWhateverTheUserIsCalled) {
  house().fires("fast");
  web_.gate.caller = {store::Actor{"user", "ada.lovelace"}, access::Role::kResponder, "ada"};
  const auto taken = web_.post("/api/v1/incidents/1/acknowledge", "");
  ASSERT_EQ(taken.status, 200);
  EXPECT_EQ(web_.json(taken).at("who_has_it").as_string(), "user:ada.lovelace");
  const auto escalation = web_.json(web_.get("/api/v1/incidents/1")).at("escalation").as_object();
  EXPECT_EQ(escalation.at("answered_by"), codec::JsonArray{"ada"});
  EXPECT_EQ(escalation.at("pages").at(0).at("state").as_string(), "answered");
}

TEST_F(IncidentApi, TokenAnswersAsWhoMadeIt) {
  const auto made_by = [&](const char* token, const char* user, const char* person) {
    ASSERT_TRUE(house().world.in_tx([&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(
          tx.sql().exec("INSERT INTO user_account (name, password, role, person,"
                        " created, password_set) VALUES ($1, '', 'responder', $2, 0, 0)",
                        user, person));
      RETURN_IF_ERROR(
          tx.sql().exec("INSERT INTO api_token (id, name, hash, role, created, made_by)"
                        " VALUES ($1, $1, $1, 'responder', 0, $2)",
                        token, user));
      return {};
    }));
  };
  made_by("laptop", "ada.lovelace", "ada");
  made_by("robot", "root", "");
  for (const auto& [token, who] : {std::pair("laptop", "ada"), std::pair("robot", "user:root"),
                                   std::pair("unknown", "token:unknown")}) {
    house().fires("fast", "checkout-availability");
    web_.gate.caller = {store::Actor{"token", token}, access::Role::kResponder, ""};
    ASSERT_EQ(web_.post("/api/v1/incidents/1/escalate", "").status, 200);
    ASSERT_EQ(web_.post("/api/v1/incidents/1/acknowledge", "").status, 200);
    const auto detail = web_.json(web_.get("/api/v1/incidents/1"));
    EXPECT_EQ(detail.at("escalation").at("answered_by"), codec::JsonArray{who});
    EXPECT_EQ(detail.at("incident").at("who_has_it").as_string(), std::string("token:") + token);
  }
}

TEST_F(IncidentApi, EscalatesToTheNextPeopleAndSaysWhoIsRung) {
  house().fires("fast");
  const auto first = web_.post("/api/v1/incidents/1/escalate", "");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(web_.json(first).at("ringing").as_string(), "grace");
  const auto detail = web_.json(web_.get("/api/v1/incidents/1"));
  const auto& next = detail.at("escalation").at("next");
  EXPECT_EQ(next.at(0).at("what").as_string(), "step");
  EXPECT_EQ(next.at(0).at("people").at(0).at("person").as_string(), "alan");
  EXPECT_EQ(next.at(1).at("what").as_string(), "bring_in");
  EXPECT_EQ(detail.at("escalation").at("policy_at_start").at("repeat").as_int64(), 3);
  EXPECT_EQ(web_.post("/api/v1/incidents/7/escalate", "").status, 404);
}

TEST_F(IncidentApi, SnoozesWithinLimits) {
  house().fires("fast");
  EXPECT_EQ(web_.post("/api/v1/incidents/1/snooze", R"({"for":"5s"})").status, 400);
  EXPECT_EQ(web_.post("/api/v1/incidents/1/snooze", "{}").status, 400);
  const auto snoozed = web_.post("/api/v1/incidents/1/snooze", R"({"for":"10m"})");
  ASSERT_EQ(snoozed.status, 200) << snoozed.body;
  EXPECT_EQ(web_.json(snoozed).at("who_has_it").as_string(), "user:ada");
  const auto detail = web_.json(web_.get("/api/v1/incidents/1"));
  const auto& escalation = detail.at("escalation").as_object();
  EXPECT_TRUE(escalation.at("is_snoozed").as_bool());
  EXPECT_EQ(escalation.at("next_at").as_string(), to_rfc3339(house().now() + minutes(10)));
}

TEST_F(IncidentApi, MovesWithANoteAndRefusesResolvedWhileAlertsFire) {
  house().fires("fast");
  const auto moved =
      web_.post("/api/v1/incidents/1/state", R"({"state":"mitigating","note":"rolled back"})");
  ASSERT_EQ(moved.status, 200);
  EXPECT_EQ(web_.json(moved).at("state").as_string(), "mitigating");
  EXPECT_EQ(house().world.engine.logbook().back().entry.data.at("note").as_string(), "rolled back");
  const auto refused = web_.post("/api/v1/incidents/1/state", R"({"state":"resolved"})");
  EXPECT_EQ(refused.status, http_status(Code::kFailedPrecondition));
  EXPECT_THAT(message_of(refused), HasSubstr("alerts still fires"));
  EXPECT_EQ(incident().at("state").as_string(), "mitigating");
}

TEST_F(IncidentApi, SetsTheSeverity) {
  house().fires("fast");
  const auto set = web_.post("/api/v1/incidents/1/severity", R"({"severity":4})");
  ASSERT_EQ(set.status, 200);
  EXPECT_EQ(web_.json(set).at("severity").as_int64(), 4);
  for (const char* body : {R"({"severity":0})", R"({"severity":6})", R"({"severity":"2"})", "{}"}) {
    EXPECT_EQ(web_.post("/api/v1/incidents/1/severity", body).status, 400) << body;
  }
}

TEST_F(IncidentApi, NoteIsAnsweredWithItsEntry) {
  house().fires("fast");
  ASSERT_EQ(web_.post("/api/v1/incidents/1/notes", R"({"text":"the same"})").status, 201);
  const auto second = web_.post("/api/v1/incidents/1/notes", R"({"text":"the same"})");
  ASSERT_EQ(second.status, 201);
  const auto entry = web_.json(second);
  EXPECT_EQ(entry.at("kind").as_string(), "incident.noted");
  EXPECT_EQ(entry.at("actor").as_string(), "user:ada");
  EXPECT_EQ(entry.at("data").at("text").as_string(), "the same");
  EXPECT_EQ(entry.at("seq").as_int64(), house().world.engine.logbook().back().seq);
}

TEST_F(IncidentApi, RefusesBodiesThatItDoesNotKnow) {
  house().fires("fast");
  const std::string notes = "/api/v1/incidents/1/notes";
  EXPECT_EQ(web_.post(notes, R"({"text":""})").status, 400);
  EXPECT_EQ(web_.post(notes, R"({"text":"x","extra":1})").status, 400);
  EXPECT_EQ(web_.post(notes, R"(["text"])").status, 400);
  EXPECT_EQ(web_.post(notes, "text").status, 400);
  EXPECT_EQ(web_.post(notes, R"({"text":"x"})", "text/plain").status, 400);
  EXPECT_EQ(web_.post(notes, "{\"text\":\"" + std::string(4001, 'x') + "\"}").status, 400);
  std::string long_text;
  for (int i = 0; i < 4000; ++i) long_text += "é";
  EXPECT_EQ(web_.post(notes, "{\"text\":\"" + long_text + "\"}").status, 201);
  EXPECT_EQ(web_.post("/api/v1/incidents/1/state", R"({"state":"fine"})").status, 400);
  EXPECT_EQ(web_.post("/api/v1/incidents/1/state", R"({"state":"merged"})").status,
            http_status(Code::kFailedPrecondition));
}

TEST_F(IncidentApi, RefusesQueriesThatItDoesNotKnow) {
  for (const char* limit : {"0", "1001", "-1", "ten", "", "10x"}) {
    EXPECT_EQ(web_.get("/api/v1/incidents", {{"limit", limit}}).status, 400) << limit;
    EXPECT_EQ(web_.get("/api/v1/logbook", {{"limit", limit}}).status, 400) << limit;
  }
  EXPECT_EQ(web_.get("/api/v1/incidents", {{"state", "firing"}}).status, 400);
  EXPECT_EQ(web_.get("/api/v1/logbook", {{"after", "-1"}}).status, 400);
}

TEST_F(IncidentApi, UnknownIncidentIsNotFound) {
  house().fires("fast");
  for (const char* id : {"2", "inc_none", "-1", "99999999999999999999"}) {
    EXPECT_EQ(web_.get(std::string("/api/v1/incidents/") + id).status, 404) << id;
  }
  EXPECT_EQ(web_.post("/api/v1/incidents/2/acknowledge", "").status, 404);
  EXPECT_EQ(web_.post("/api/v1/incidents/2/notes", R"({"text":"x"})").status, 404);
}

TEST_F(IncidentApi, LogbookGoesOnAfterANumber) {
  house().fires("fast");
  const auto all = web_.json(web_.get("/api/v1/logbook"));
  const auto& entries = all.at("entries").as_array();
  ASSERT_GT(entries.size(), 3u);
  EXPECT_EQ(entries.at(0).at("seq").as_int64(), 1);
  EXPECT_EQ(all.at("seq").as_int64(), static_cast<int64_t>(entries.size()));
  const auto rest = web_.json(web_.get("/api/v1/logbook", {{"after", "2"}, {"limit", "1"}}));
  ASSERT_THAT(rest.at("entries").as_array(), SizeIs(1));
  EXPECT_EQ(rest.at("entries").at(0), entries.at(2));
  EXPECT_EQ(rest.at("seq"), all.at("seq"));
}

TEST_F(IncidentApi, AsksWhoCalls) {
  house().fires("fast");
  web_.gate.is_open = false;
  EXPECT_EQ(web_.get("/api/v1/incidents").status, 401);
  EXPECT_EQ(web_.get("/api/v1/incidents/1").status, 401);
  EXPECT_EQ(web_.get("/api/v1/logbook").status, 401);
  for (const char* act : {"acknowledge", "state", "severity", "notes"}) {
    EXPECT_EQ(web_.post(std::string("/api/v1/incidents/1/") + act, "{}").status, 401) << act;
  }
  EXPECT_FALSE(house().newest().times.acknowledged);
}

}  // namespace
}  // namespace tocsin::incident
