#include "cli/import_fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "calendar/ical.h"
#include "codec/json.h"
#include "net/testing/test_server.h"

namespace tocsin::cli {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-02-10T12:00:00Z");

// An API that knows its answers by path and query, and may refuse first.
class StandIn {
 public:
  struct Refusal {
    int status;
    std::string header, value, body;
  };

  StandIn() {
    for (const char* method : {"GET", "POST"}) {
      server_.router.add(method, "/{rest...}", [this](const net::Request& r) { return answer(r); },
                         {});
    }
    server_.start();
  }
  std::string url() const {
    std::string url = server_.url("/");
    url.pop_back();
    return url;
  }

  std::map<std::string, std::string> answers;  // "/users?limit=100&offset=0", or a body's part
  std::deque<Refusal> refusals;
  std::vector<net::Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& request : requests()) out.push_back(key_of(request));
    return out;
  }

 private:
  static std::string key_of(const net::Request& request) {
    std::string key = request.path;
    for (const auto& [name, value] : request.query) {
      key += fmt::format("{}{}={}", key == request.path ? "?" : "&", name, value);
    }
    return key;
  }
  net::Response answer(const net::Request& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (!refusals.empty()) {
      const Refusal refusal = refusals.front();
      refusals.pop_front();
      net::Response response = net::Response::text(refusal.status, refusal.body);
      if (!refusal.header.empty()) response.headers.add(refusal.header, refusal.value);
      return response;
    }
    if (request.method == "POST") {
      for (const auto& [part, text] : answers) {
        if (request.body.find(part) != std::string::npos) return net::Response::text(200, text);
      }
    }
    const auto found = answers.find(key_of(request));
    if (found == answers.end()) return net::Response::text(404, "");
    return net::Response::text(200, found->second);
  }

  mutable std::mutex mutex_;
  std::vector<net::Request> requests_;
  net::testing::TestServer server_;
};

class Fetching : public ::testing::Test {
 protected:
  ToolApi api() {
    return {.url = there_.url(),
            .token = Secret("s3cret"),
            .token_name = "TOOL_TOKEN",
            .pause = [this](Duration wait) { waits_.push_back(to_text(wait)); },
            .told = [this](const std::string& text) { told_.push_back(text); }};
  }
  template <class Fetch>
  ToolExport fetched(Fetch fetch, bool with_calendars = true) {
    auto out = fetch(*client_, api(), with_calendars, kNow);
    if (!out) throw std::runtime_error(out.error().message);
    return *std::move(out);
  }
  template <class Fetch>
  Error refused(Fetch fetch) {
    const auto out = fetch(*client_, api(), true, kNow);
    if (out) throw std::runtime_error("it was answered");
    EXPECT_THAT(out.error().message, Not(HasSubstr("s3cret")));
    return out.error();
  }

  StandIn there_;
  std::vector<std::string> waits_, told_;
  Metrics metrics_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
};

// --- PagerDuty

class FetchPagerDuty : public Fetching {
 protected:
  FetchPagerDuty() {
    const auto put = [&](const std::string& path, const std::string& text) {
      there_.answers[path] = text;
    };
    const std::string users = "/users?include[]=contact_methods&include[]=notification_rules";
    put(users + "&limit=100&offset=0",
        R"({"users": [{"id": "PADA", "name": "Ada"}], "limit": 100, "offset": 0, "more": true, "total": null})");
    put(users + "&limit=100&offset=100",
        R"({"users": [{"id": "PGRA", "name": "Grace"}], "limit": 100, "offset": 100, "more": false})");
    put("/teams?limit=100&offset=0", R"({"teams": [], "more": false})");
    put("/escalation_policies?limit=100&offset=0", R"({"escalation_policies": [], "more": false})");
    put("/services?limit=100&offset=0", R"({"services": [], "more": false})");
    put("/schedules?limit=100&offset=0",
        R"({"schedules": [{"id": "PS1"}, {"id": "../admin"}], "more": false})");
    put("/schedules/PS1?since=2026-02-10&until=2026-04-11",
        fmt::format(R"({{"schedule": {{"id": "PS1", "http_cal_url": "{}/private/feed/PS1"}}}})",
                    there_.url()));
    put("/private/feed/PS1", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
  }
};

TEST_F(FetchPagerDuty, AsksPageAfterPage) {
  const ToolExport out = fetched(fetch_pagerduty);
  EXPECT_THAT(out.answers, UnorderedElementsAre(Key("users-1"), Key("users-2"), Key("teams-1"),
                                                Key("escalation_policies-1"), Key("services-1"),
                                                Key("schedules-PS1")));
  EXPECT_THAT(out.answers.at("users-2"), HasSubstr("Grace"));
  EXPECT_THAT(out.calendars, ElementsAre(Key("PS1")));
  EXPECT_THAT(there_.asked(), Not(Contains(HasSubstr("admin"))))
      << "an id does not lead to another path";
  for (const auto& request : there_.requests()) {
    EXPECT_EQ(request.method, "GET");
    const auto token = request.headers.get("Authorization").value_or("");
    EXPECT_EQ(token, request.path == "/private/feed/PS1" ? "" : "Token token=s3cret")
        << request.path << ": the token goes to the API alone";
  }
  EXPECT_THAT(fetched(fetch_pagerduty, false).calendars, IsEmpty());
}

TEST_F(FetchPagerDuty, GoesOnWithoutACalendar) {
  there_.answers.erase("/private/feed/PS1");
  const ToolExport out = fetched(fetch_pagerduty);
  EXPECT_THAT(out.answers, Contains(Key("schedules-PS1")));
  EXPECT_THAT(out.calendars, IsEmpty());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("There is no calendar of schedule PS1")));
}

TEST_F(FetchPagerDuty, WaitsAsLongAsItIsAskedTo) {
  there_.refusals = {{429, "Retry-After", "7", ""},
                     {429, "ratelimit-reset", "42", ""},
                     {429, "", "", ""},
                     {503, "Retry-After", "1", ""}};
  EXPECT_THAT(fetched(fetch_pagerduty).answers, Contains(Key("users-2")));
  EXPECT_THAT(waits_, ElementsAre("7s", "42s", "30s", "1s"));
}

TEST_F(FetchPagerDuty, DoesNotWaitForEver) {
  for (int i = 0; i <= kMostWaits; ++i) there_.refusals.push_back({429, "Retry-After", "1", ""});
  const Error often = refused(fetch_pagerduty);
  EXPECT_EQ(often.code, Code::kResourceExhausted);
  EXPECT_EQ(waits_.size(), static_cast<size_t>(kMostWaits));
  waits_.clear();
  there_.refusals = {{429, "Retry-After", "3600", ""}};
  const Error longest = refused(fetch_pagerduty);
  EXPECT_THAT(longest.message, HasSubstr("try again in 1h"));
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(FetchPagerDuty, SaysWhyItIsRefused) {
  const auto with = [&](int status, std::string body = "") {
    there_.refusals = {{status, "", "", std::move(body)}};
    return refused(fetch_pagerduty);
  };
  EXPECT_EQ(with(401).code, Code::kUnauthenticated);
  EXPECT_THAT(with(401).message, HasSubstr("does not know the token in TOOL_TOKEN"));
  EXPECT_EQ(with(403).code, Code::kPermissionDenied);
  EXPECT_THAT(with(403).message, HasSubstr("may not read"));
  EXPECT_THAT(with(404).message, HasSubstr("name the API's address with --url"));
  EXPECT_THAT(with(302).message, HasSubstr("leads elsewhere (302)"));
  EXPECT_EQ(with(500).code, Code::kUnavailable);
  EXPECT_EQ(with(503).code, Code::kUnavailable);
  EXPECT_THAT(with(400, R"({"error": {"message": "Invalid Input", "code": 2001}})").message,
              HasSubstr("status 400: Invalid Input"));
  EXPECT_THAT(with(200, "<html>Sign in</html>").message, HasSubstr("does not answer with JSON"));
}

// --- Opsgenie

TEST_F(Fetching, OpsgenieTellsEachUserAndTeamAlone) {
  there_.answers = {
      {"/v2/users?limit=100&offset=0",
       R"({"data": [{"id": "u1"}], "paging": {"next": "https://api.opsgenie.com/v2/users?limit=100&offset=100"}, "totalCount": 2})"},
      {"/v2/users?limit=100&offset=100", R"({"data": [{"id": "u2"}], "paging": {}})"},
      {"/v2/users/u1?expand=contact", R"({"data": {"id": "u1", "fullName": "Ada"}})"},
      {"/v2/users/u2?expand=contact", R"({"data": {"id": "u2", "fullName": "Grace"}})"},
      {"/v2/users/u1/notification-rules?limit=100&offset=0", R"({"data": [{"id": "r1"}]})"},
      {"/v2/users/u2/notification-rules?limit=100&offset=0", R"({"data": []})"},
      {"/v2/users/u1/notification-rules/r1", R"({"data": {"id": "r1", "steps": []}})"},
      {"/v2/teams?limit=100&offset=0", R"({"data": [{"id": "t1"}]})"},
      {"/v2/teams/t1", R"({"data": {"id": "t1", "name": "SRE"}})"},
      {"/v2/teams/t1/routing-rules", R"({"data": []})"},
      {"/v2/schedules?expand=rotation", R"({"data": [{"id": "s1", "name": "SRE"}]})"},
      {"/v2/schedules/s1.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
      {"/v2/escalations", R"({"data": []})"}};
  const ToolExport out = fetched(fetch_opsgenie);
  EXPECT_THAT(out.answers,
              UnorderedElementsAre(Key("users-u1"), Key("users-u2"),
                                   Key("notification_rules-u1-r1"), Key("teams-t1"),
                                   Key("routing_rules-t1"), Key("schedules"), Key("escalations")));
  EXPECT_THAT(out.calendars, ElementsAre(Key("s1")));
  for (const auto& request : there_.requests()) {
    EXPECT_EQ(request.headers.get("Authorization"), "GenieKey s3cret");
  }
}

// --- Grafana OnCall

TEST_F(Fetching, GrafanaOnCallTellsPagesByNumberAndWhoIsOnCall) {
  const auto page = [](const std::string& results, bool is_last = true) {
    return fmt::format(R"({{"count": 1, "next": {}, "previous": null, "results": [{}]}})",
                       is_last ? "null" : R"("http://internal.host/api/v1/users/?page=2")",
                       results);
  };
  for (const char* name : {"teams", "personal_notification_rules", "on_call_shifts",
                           "escalation_chains", "escalation_policies", "integrations", "routes"}) {
    there_.answers[fmt::format("/api/v1/{}/?page=1&perpage=100", name)] = page("");
  }
  there_.answers["/api/v1/users/?page=1&perpage=100"] = page(R"({"id": "UADA"})", false);
  there_.answers["/api/v1/users/?page=2&perpage=100"] = page(R"({"id": "UGRA"})");
  there_.answers["/api/v1/schedules/?page=1&perpage=100"] = page(R"({"id": "S1"})");
  there_.answers
      ["/api/v1/schedules/S1/final_shifts?start_date=2026-02-09&end_date=2026-05-13&"
       "page=1&perpage=100"] =
      page(
          R"({"user_pk": "UADA", "user_email": "ada@example.org", "user_username": "ada",
              "shift_start": "2026-02-10T08:00:00Z", "shift_end": "2026-02-11T08:00:00Z"})");
  const ToolExport out = fetched(fetch_grafana_oncall);
  EXPECT_THAT(out.answers, Contains(Key("users-2")));
  EXPECT_THAT(out.answers, Contains(Key("routes-1")));
  const auto calendar =
      calendar::read_ical(out.calendars.at("S1"), calendar::Zone(), kNow, kNow + days(90));
  ASSERT_TRUE(calendar);
  ASSERT_EQ(calendar->events.size(), 1U);
  EXPECT_EQ(calendar->events[0].summary, "ada");
  EXPECT_EQ(calendar->events[0].end, *parse_rfc3339("2026-02-11T08:00:00Z"));
  EXPECT_EQ(there_.requests().front().headers.get("Authorization"), "s3cret");
  EXPECT_FALSE(there_.requests().front().headers.get("X-Grafana-URL"));

  ToolApi of_stack = api();
  of_stack.stack_url = "https://shop.grafana.net";
  ASSERT_TRUE(fetch_grafana_oncall(*client_, of_stack, false, kNow));
  EXPECT_EQ(there_.requests().back().headers.get("X-Grafana-URL"), "https://shop.grafana.net");
}

// --- GoAlert

TEST_F(Fetching, GoAlertTellsAllListsByTheirCursors) {
  const auto list = [](const char* node, const char* cursor, bool is_more) {
    return fmt::format(R"({{"nodes": [{}], "pageInfo": {{"endCursor": {}, "hasNextPage": {}}}}})",
                       node, cursor, is_more);
  };
  there_.answers[R"("variables":{})"] = fmt::format(
      R"({{"data": {{"users": {}, "schedules": {}}}}})", list(R"({"id": "u1"})", R"("c1")", true),
      list(R"({"id": "s1"})", R"("d1")", false));
  there_.answers[R"("users":"c1")"] =
      fmt::format(R"({{"data": {{"users": {}, "schedules": {}}}}})",
                  list(R"({"id": "u2"})", R"("c2")", false), list("", "null", false));
  const ToolExport out = fetched(fetch_goalert);
  EXPECT_THAT(out.answers, ElementsAre(Key("export-1"), Key("export-2")));
  EXPECT_THAT(out.answers.at("export-2"), HasSubstr("u2"));
  const auto requests = there_.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].path, "/api/graphql");
  EXPECT_EQ(requests[0].headers.get("Authorization"), "Bearer s3cret");
  const auto body = codec::read_own_json(requests[1].body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("query").as_string(), goalert_query()) << "a key is made for this text alone";
  EXPECT_EQ(codec::to_text(body->at("variables")), R"({"users":"c1","schedules":"d1"})");
}

TEST_F(Fetching, GoAlertSaysForWhichQueryAKeyIsMade) {
  there_.answers["query"] =
      R"({"errors": [{"message": "wrong query for API key", "extensions": {"code": "invalid_query"}}], "data": null})";
  const Error error = refused(fetch_goalert);
  EXPECT_EQ(error.code, Code::kPermissionDenied);
  EXPECT_THAT(error.message, HasSubstr("tocsin import goalert --print-query"));
  there_.answers["query"] = R"({"errors": [{"message": "unknown field"}]})";
  EXPECT_THAT(refused(fetch_goalert).message, HasSubstr("refuses: unknown field"));
}

TEST_F(Fetching, WhoIsNotThereIsSaid) {
  ToolApi nobody = api();
  nobody.url = "http://127.0.0.1:1";
  const auto out = fetch_goalert(*client_, nobody, false, kNow);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace tocsin::cli
