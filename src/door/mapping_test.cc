#include "door/mapping.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::parsed;
using testing::to_map;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-01-05T00:00:00Z");

constexpr std::string_view kUptime = R"(apiVersion: tocsin/v1
kind: Door
metadata: {name: uptime}
spec:
  alerts: data.checks[*]
  labels:
    alertname: check.name
    instance: check.host
    severity: {path: level, map: {"1": critical, "2": warning}, default: info}
  annotations:
    summary: message
    runbook_url: check.links[0].href
    tags: check.tags[*]
    account: $.account.name
    dotted: check."a.b"
  fixed_labels: {service: checkout}
  state: {path: status, resolved: [up, OK], ignored: [paused]}
  start: since
  dedup: check.id
  generator_url: check.url
)";
constexpr std::string_view kBody = R"({"account": {"name": "Shop"}, "data": {"checks": [
  {"status": "DOWN", "level": 1, "message": "No answer", "since": 1767571140,
   "check": {"id": 7, "name": "Front page", "host": "www", "url": "https://uptime.example/7", "tags": ["eu", "http"],
             "links": [{"href": "https://runbooks.example/www"}], "a.b": true}},
  {"status": "Up", "check": {"id": 8, "name": "Shop"}},
  {"status": "paused", "check": {"id": 9}},
  {"status": "down", "check": {"name": "Nameless"}},
  "what"
]}})";

std::vector<std::string> problems_of(std::string_view text) {
  codec::Problems problems;
  const auto catalog = catalog::load_texts({{"doors.yaml", std::string(text)}}, problems);
  read_doors(catalog, problems);
  std::vector<std::string> out;
  for (const auto& problem : problems.all()) out.push_back(problem.to_text());
  return out;
}
DoorSpec spec_of(std::string_view text) {
  codec::Problems problems;
  const auto catalog = catalog::load_texts({{"doors.yaml", std::string(text)}}, problems);
  auto doors = read_doors(catalog, problems);
  EXPECT_THAT(problems_of(text), IsEmpty());
  return doors.empty() ? DoorSpec() : doors[0];
}
std::string found(std::string_view path, std::string_view body) {
  const auto parsed_path = Path::parse(path);
  if (!parsed_path) return parsed_path.error().message;
  const auto node = parsed(body);
  std::vector<std::string> texts;
  for (const codec::Node* at : parsed_path->find(node, node)) texts.push_back(text_of(at));
  return fmt::format("{}", fmt::join(texts, "|"));
}

TEST(Path, LeadsToValues) {
  const std::string_view body =
      R"({"a":{"b":[{"c":1},{"c":2},{"d":3}],"x.y":"dot"},"n":null,"l":[[1,2],[3]]})";
  EXPECT_EQ(found("a.b[*].c", body), "1|2");
  EXPECT_EQ(found("a.b[1].c", body), "2");
  EXPECT_EQ(found("a.b[7].c", body), "");
  EXPECT_EQ(found(R"(a."x.y")", body), "dot");
  EXPECT_EQ(found("$.a.b[2]", body), R"({"d":3})");
  EXPECT_EQ(found("l[*][*]", body), "1|2|3");
  EXPECT_EQ(found("n", body), "") << "null is nothing";
  EXPECT_EQ(found("a.b.c", body), "") << "a list has no names";
  EXPECT_EQ(found("$", "7"), "7");
  EXPECT_EQ(found("[0]", "[7]"), "7");
}

TEST(Path, SaysWhereItIsWrong) {
  EXPECT_THAT(found("", "{}"), HasSubstr("column 1: a name is missing"));
  EXPECT_THAT(found("a..b", "{}"), HasSubstr("'a..b' is no path: column 3: a name is missing"));
  EXPECT_THAT(found("a.", "{}"), HasSubstr("column 3"));
  EXPECT_THAT(found("a[x]", "{}"), HasSubstr("write [*] for each item, or a number"));
  EXPECT_THAT(found("a[*", "{}"), HasSubstr("']' is missing"));
  EXPECT_THAT(found("a[99999999999999999999]", "{}"), HasSubstr("or a number"));
  EXPECT_THAT(found("a[0]b", "{}"), HasSubstr("a '.' is missing"));
  EXPECT_THAT(found("\"a", "{}"), HasSubstr("the quotes are not closed"));
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += ".a";
  EXPECT_THAT(found(deep, "{}"), HasSubstr("more than 32 steps"));
}

TEST(Mapping, MakesAlertsOfABody) {
  const auto batch = read_mapped(spec_of(kUptime), kBody, kNow);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->alerts.size(), 2u);
  const auto& down = batch->alerts[0];
  EXPECT_THAT(to_map(down.labels),
              UnorderedElementsAre(Pair("alertname", "Front page"), Pair("instance", "www"),
                                   Pair("severity", "critical"), Pair("service", "checkout"),
                                   Pair("source", "uptime"), Pair("dedup_key", "7")));
  EXPECT_THAT(to_map(down.annotations),
              UnorderedElementsAre(Pair("summary", "No answer"), Pair("tags", "eu, http"),
                                   Pair("runbook_url", "https://runbooks.example/www"),
                                   Pair("account", "Shop"), Pair("dotted", "true")));
  EXPECT_EQ(to_rfc3339(down.starts), "2026-01-04T23:59:00.000Z");
  EXPECT_EQ(down.generator_url, "https://uptime.example/7");
  EXPECT_FALSE(down.is_resolved(kNow));
  EXPECT_TRUE(batch->alerts[1].is_resolved(kNow));
  EXPECT_EQ(batch->alerts[1].labels.get("severity"), "info");
  EXPECT_EQ(batch->ignored, 1u);
  EXPECT_THAT(batch->invalid, ElementsAre("alert 4: nothing is at check.id, which spec.dedup names",
                                          "alert 5: is not an object"));
}

TEST(Mapping, OfTheLeastADoorCanSay) {
  const auto door = spec_of(R"(apiVersion: tocsin/v1
kind: Door
metadata: {name: plain}
spec:
  labels: {job: job}
  end: until
)");
  const auto batch = read_mapped(door, R"({"job":"x","until":"2026-01-05T01:00:00Z"})", kNow);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->alerts.size(), 1u);
  EXPECT_EQ(batch->alerts[0].labels.get("alertname"), "plain");
  EXPECT_EQ(batch->alerts[0].ends, kNow + hours(1));
  EXPECT_TRUE(read_mapped(door, R"({"job":"x","until":"2026-01-04T23:00:00Z"})", kNow)
                  ->alerts[0]
                  .is_resolved(kNow));
  EXPECT_EQ(read_mapped(door, "[]", kNow)->invalid.size(), 1u);
  EXPECT_FALSE(read_mapped(door, "", kNow));
}

TEST(DoorDocument, SaysFileLineAndField) {
  EXPECT_THAT(
      problems_of(R"(apiVersion: tocsin/v1
kind: Door
metadata: {name: Grafana!}
spec:
  alerts: data..checks
  label: {a: b}
  labels: {"no label": x, severity: {map: {a: b}}, dedup_key: id}
  state: {path: status}
---
apiVersion: tocsin/v1
kind: Door
metadata: {name: grafana}
spec: {dedup: id, fixed_labels: {source: x, "ü": y}}
---
apiVersion: tocsin/v1
kind: Door
metadata: {name: empty}
spec: {}
---
apiVersion: tocsin/v1
kind: Door
metadata: {name: empty}
spec: {dedup: id}
)"),
      UnorderedElementsAre(
          HasSubstr("doors.yaml:3:18: metadata.name: 'Grafana!'"),
          HasSubstr("doors.yaml:5:11: spec.alerts: 'data..checks' is no path: column 6"),
          HasSubstr("doors.yaml:6:10: spec.label: is not a known field; did you mean 'labels'?"),
          HasSubstr("spec.labels.no label: is no name for a label"),
          HasSubstr("spec.labels.severity.path: is missing: say where the value is"),
          HasSubstr("doors.yaml:7:11: spec.labels: dedup_key is set by the door"),
          HasSubstr("spec.state.resolved: is missing"),
          HasSubstr("metadata.name: 'grafana' is a door that is there already"),
          HasSubstr("spec.fixed_labels: 'ü' is no name for a label"),
          HasSubstr("spec.fixed_labels: with spec.dedup the label source is the door's own"),
          HasSubstr("spec.labels: is missing: without labels and without dedup"),
          HasSubstr("metadata.name: door empty is declared at doors.yaml:15 already")));
}

class MappedDoor : public testing::DoorTest {
 protected:
  void add_routes(DoorApiParts parts) override {
    doors_ = std::make_shared<const std::vector<DoorSpec>>(std::vector{spec_of(kUptime)});
    add_door_routes(*router_, parts, [this] { return doors_; });
  }
  std::string send(std::string body) {
    return call("POST", "/api/v1/doors/uptime", std::move(body), "Bearer tocsin_prometheus").body;
  }
  std::shared_ptr<const std::vector<DoorSpec>> doors_;
};
INSTANTIATE_TEST_SUITE_P(Backends, MappedDoor, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(MappedDoor, FiresAndResolvesByItsKey) {
  EXPECT_EQ(
      send(R"({"data":{"checks":[{"status":"down","level":2,"check":{"id":7,"name":"www"}}]}})"),
      R"({"alerts":1,"ignored":0})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "warning");
  send(R"({"data":{"checks":[{"status":"down","level":1,"check":{"id":7,"name":"www"}}]}})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  restart();
  EXPECT_EQ(send(R"({"data":{"checks":[{"status":"UP","check":{"id":7}}]}})"),
            R"({"alerts":1,"ignored":0})");
  EXPECT_TRUE(firing().empty());
}

}  // namespace
}  // namespace tocsin::door
