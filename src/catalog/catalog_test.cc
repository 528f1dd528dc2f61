#include "catalog/catalog.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "catalog/catalog_json.h"

namespace tocsin::catalog {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const codec::Problems& problems) {
  std::vector<std::string> lines;
  for (const codec::Problem& problem : problems.all()) lines.push_back(problem.to_text());
  return lines;
}

std::vector<std::string> problems_of(const std::string& text) {
  codec::Problems problems;
  load_texts({{"a.yaml", text}}, problems);
  return lines_of(problems);
}

const std::string kPeople = R"(
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@example.org}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec: {escalation: [{person: ada}]}
---
)";

std::string service(const std::string& name, const std::string& spec = "") {
  return "\n---\napiVersion: tocsin/v1\nkind: Service\nmetadata: {name: " + name +
         "}\nspec: {team: payments" + (spec.empty() ? "" : ", " + spec) + "}\n";
}

TEST(Catalog, ReadsPeopleTeamsAndServices) {
  ::setenv("TOCSIN_CATALOG_TEST", "s3cret", 1);
  codec::Problems problems;
  const Catalog catalog = load_texts({{"people.yaml", R"(
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec:
  name: Ada
  contacts:
    - webhook: https://pager.example.org/in
      secret: ${TOCSIN_CATALOG_TEST}
    - mail: ada@example.org
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: grace}
spec: {contacts: [{slack: "https://hooks.example.org/${TOCSIN_CATALOG_TEST}"}]}
)"},
                                      {"rest.yaml", R"(
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec:
  escalation:
    - {person: ada}
    - {person: grace, after: 2m}
  repeat: 5
  repeat_after: 10m
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: payment}
spec:
  name: Payment
  description: Charges cards
  team: payments
  tier: 1
  customer_facing: true
  runbook: https://wiki.example.org/payment
  dashboards: [{name: Traffic, url: "https://grafana.example.org/d/1"}]
  depends_on: [ledger]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ledger}
spec: {team: payments}
)"}},
                                     problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());

  const Person* ada = catalog.person(PersonId("ada"));
  ASSERT_NE(ada, nullptr);
  EXPECT_EQ(ada->name, "Ada");
  ASSERT_EQ(ada->contacts.size(), 2U);
  EXPECT_EQ(ada->contacts[0].kind, Contact::Kind::kWebhook);
  EXPECT_EQ(ada->contacts[0].secret, Secret("s3cret"));
  EXPECT_EQ(ada->contacts[1].address, "ada@example.org");
  EXPECT_EQ(catalog.person(PersonId("grace"))->name, "grace");
  EXPECT_EQ(catalog.person(PersonId("grace"))->contacts[0].address,
            "https://hooks.example.org/s3cret");

  const Team* team = catalog.team_of(ServiceId("payment"));
  ASSERT_NE(team, nullptr);
  ASSERT_EQ(team->escalation.size(), 2U);
  EXPECT_EQ(team->escalation[1].person, PersonId("grace"));
  EXPECT_EQ(team->escalation[1].after, minutes(2));
  EXPECT_EQ(team->repeat, 5);
  EXPECT_EQ(team->repeat_after, minutes(10));

  const Service* payment = catalog.service(ServiceId("payment"));
  EXPECT_EQ(payment->tier, 1);
  EXPECT_TRUE(payment->is_customer_facing);
  EXPECT_EQ(payment->dashboards[0].name, "Traffic");
  EXPECT_THAT(payment->depends_on, ElementsAre(ServiceId("ledger")));
  EXPECT_EQ(catalog.service(ServiceId("ledger"))->tier, 3);
  EXPECT_EQ(catalog.service(ServiceId("nothing")), nullptr);
  EXPECT_EQ(catalog.team_of(ServiceId("nothing")), nullptr);
}

std::string person(const std::string& spec) {
  return "apiVersion: tocsin/v1\nkind: Person\nmetadata: {name: ada}\nspec:\n" + spec;
}

TEST(Catalog, ReadsHowAPersonIsReached) {
  codec::Problems problems;
  const Catalog catalog = load_texts({{"people.yaml", person(R"(
  zone: Europe/Berlin
  language: de
  contacts:
    - push: true
    - {name: phone, sms: "+4930123456"}
    - {name: call, voice: "+4930123456"}
    - {http: "room 7", provider: sip}
    - mail: ada@example.org
    - mail: ada@home.example.org
  notify:
    urgent: [{contact: push}, {contact: phone, after: 1m}, {contact: call, after: 3m}]
    not_urgent: [{contact: mail}]
    keep_ringing: 5m
  quiet_hours: [{from: "22:00", until: "07:00"}]
  working_hours: [{days: mon-thu, from: "09:00", until: "17:00"}, {days: [fri, sat], until: "12:00"}]
)")}},
                                     problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  const Person& ada = *catalog.person(PersonId("ada"));
  EXPECT_EQ(ada.zone.name(), "Europe/Berlin");
  EXPECT_EQ(ada.language, "de");
  std::vector<std::string> contacts;
  for (const Contact& c : ada.contacts) {
    contacts.push_back(fmt::format("{} {} {} {}", c.name, name_of(c.kind), c.address, c.provider));
  }
  EXPECT_THAT(contacts,
              ElementsAre("push push  ", "phone sms +4930123456 ", "call voice +4930123456 ",
                          "http http room 7 sip", "mail mail ada@example.org ",
                          "mail-6 mail ada@home.example.org "));
  ASSERT_EQ(ada.urgent.size(), 3U);
  EXPECT_EQ(ada.urgent[2], (NotificationRule{"call", std::chrono::minutes(3)}));
  EXPECT_EQ(ada.not_urgent.at(0).contact, "mail");
  EXPECT_EQ(ada.keep_ringing, std::chrono::minutes(5));
  EXPECT_EQ(to_text(ada.quiet), "daily 22:00-07:00");
  EXPECT_EQ(to_text(ada.working), "mon-thu 09:00-17:00, fri-sat 00:00-12:00");
}

TEST(Catalog, HowAPersonIsReachedIsChecked) {
  const struct {
    std::string spec, problem;
  } cases[] = {
      {"  contacts: [{sms: 030123456}]", "number with its country"},
      {"  contacts: [{slack_user: ada}]", "id of a member"},
      {"  contacts: [{telegram: ada}]", "number of a chat"},
      {"  contacts: [{pushover: short}]", "30 letters"},
      {"  contacts: [{ntfy: ntfy.sh/ada}]", "must begin with https"},
      {"  contacts: [{push: false}]", "must be true"},
      {"  contacts: [{http: x}]", "provider"},
      {"  contacts: [{name: a, mail: a@b.c}, {name: a, push: true}]", "given twice"},
      {"  contacts: [{mail: a@b.c}]\n  notify: {urgent: [{contact: mial}]}", "did you mean 'mail'"},
      {"  contacts: [{mail: a@b.c}, {push: true}]\n"
       "  notify: {urgent: [{contact: mail, after: 2m}, {contact: push, after: 1m}]}",
       "must not be earlier"},
      {"  contacts: [{mail: a@b.c}]\n  notify: {keep_ringing: 5s}", "at least 30s"},
      {"  contacts: [{mail: a@b.c}]\n  zone: Europe/Berlim", "did you mean 'Europe/Berlin'"},
      {"  contacts: [{mail: a@b.c}]\n  language: fr", "en"},
      {"  contacts: [{mail: a@b.c}]\n  quiet_hours: [{from: \"25:00\"}]", "time of day"},
      {"  contacts: [{mail: a@b.c}]\n  quiet_hours: [{days: monday}]", "day of the week"},
      {"  contacts: [{mail: a@b.c}]\n  quiet_hours: [{until: \"00:00\"}]", "24:00"},
  };
  for (const auto& [spec, problem] : cases) {
    EXPECT_THAT(problems_of(person(spec)), Contains(HasSubstr(problem))) << spec;
  }
}

TEST(Catalog, ATeamHasMembersAndOneEscalation) {
  codec::Problems problems;
  const Catalog catalog = load_texts({{"a.yaml", kPeople + R"(
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {escalation_policy: shop, members: [ada]}
)"}},
                                     problems);
  EXPECT_THAT(lines_of(problems), IsEmpty());
  EXPECT_EQ(catalog.team(TeamId("shop"))->escalation_policy, "shop");
  EXPECT_THAT(catalog.team(TeamId("payments"))->members, ElementsAre(PersonId("ada")));
  const std::string team = "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: shop}\nspec: ";
  EXPECT_THAT(problems_of(kPeople + team + "{members: [ada]}"),
              Contains(HasSubstr("nobody answers")));
  EXPECT_THAT(problems_of(kPeople + team + "{escalation_policy: a, escalation: [{person: ada}]}"),
              Contains(HasSubstr("remove one of the two")));
  EXPECT_THAT(problems_of(kPeople + team + "{escalation_policy: a, members: [adda]}"),
              Contains(HasSubstr("did you mean 'ada'")));
}

TEST(Catalog, HandsOnWhatRoomsBelowRead) {
  codec::Problems problems;
  const Catalog catalog =
      load_texts({{"slo.yaml",
                   "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec: {any: thing}\n"
                   "---\napiVersion: tocsin/v1\nkind: Signal\nspec: 5\n"}},
                 problems);
  EXPECT_THAT(lines_of(problems), IsEmpty());
  ASSERT_EQ(catalog.documents.size(), 2U);
  EXPECT_EQ(catalog.documents[0].kind, "SLO");
  EXPECT_EQ(catalog.documents[0].file, "slo.yaml");
  EXPECT_EQ(catalog.documents[0].node.find("spec")->find("any")->place.line, 4);
  EXPECT_EQ(catalog.documents[1].api_version, "tocsin/v1");
}

TEST(Catalog, UnknownKindsNameTheKnownOnes) {
  const auto lines = problems_of(
      "apiVersion: tocsin/v1\nkind: Persn\n---\napiVersion: v1\nkind: ConfigMap\n---\nkind: "
      "Team\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0],
              StartsWith("a.yaml:2:7: kind: 'tocsin/v1 Persn' is not known; did you mean "
                         "'tocsin/v1 Person'? (known: tocsin/v1 Person, tocsin/v1 Team, "));
  EXPECT_THAT(lines[1], HasSubstr("openslo/v1 AlertNotificationTarget"));
  EXPECT_EQ(lines[2], "a.yaml:7:1: apiVersion: is missing");
}

TEST(Catalog, UnknownReferencesNameTheNearest) {
  const auto lines =
      problems_of(kPeople + service("shop", "depends_on: [ledgr]") + service("ledger") +
                  "---\napiVersion: tocsin/v1\nkind: Team\nmetadata: {name: core}\n"
                  "spec: {escalation: [{person: adda}, {person: turing, after: 5m}]}\n"
                  "---\napiVersion: tocsin/v1\nkind: Service\nmetadata: {name: x}\n"
                  "spec:\n  team: paymnts\n");
  EXPECT_THAT(
      lines,
      ElementsAre(
          "a.yaml:17:37: spec.depends_on[0]: service 'ledgr' is not known; did you mean 'ledger'?",
          "a.yaml:28:30: spec.escalation[0].person: person 'adda' is not known; did you mean "
          "'ada'?",
          "a.yaml:28:46: spec.escalation[1].person: person 'turing' is not known; declare it with "
          "kind: Person",
          "a.yaml:34:9: spec.team: team 'paymnts' is not known; did you mean 'payments'?"));
}

TEST(Catalog, DuplicatesNameBothPlaces) {
  codec::Problems problems;
  const Catalog catalog = load_texts(
      {{"a.yaml", kPeople + service("shop")}, {"b.yaml", service("shop", "tier: 1")}}, problems);
  EXPECT_THAT(lines_of(problems),
              ElementsAre("b.yaml:5:18: metadata.name: service 'shop' is already declared in "
                          "a.yaml:16; remove or rename one of the two"));
  EXPECT_EQ(catalog.service(ServiceId("shop"))->tier, 3);
}

TEST(Catalog, CyclesArePrinted) {
  const auto lines = problems_of(kPeople + service("shop", "depends_on: [cart, stock]") +
                                 service("cart", "depends_on: [price]") +
                                 service("price", "depends_on: [stock, shop]") + service("stock") +
                                 service("loop", "depends_on: [loop]"));
  EXPECT_THAT(lines,
              ElementsAre(HasSubstr(": spec.depends_on: services depend on each other in a circle: "
                                    "cart -> price -> shop -> cart; remove one of the steps"),
                          HasSubstr("loop -> loop")));
}

TEST(Catalog, LongChainsAreNoCycles) {
  std::string text = kPeople;
  for (int i = 0; i < 5000; ++i) {
    text += service("s" + std::to_string(i), "depends_on: [s" + std::to_string(i + 1) + "]");
  }
  EXPECT_THAT(problems_of(text + service("s5000")), IsEmpty());
}

TEST(Catalog, ATeamMustBeReachable) {
  const auto lines = problems_of(
      "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: a}\nspec: {}\n---\n"
      "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: b}\nspec: {escalation: []}\n---\n"
      "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: c}\nspec: {escalation: [{person: "
      "alan}]}\n"
      "---\napiVersion: tocsin/v1\nkind: Person\nmetadata: {name: alan}\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("a.yaml:4:7: spec.escalation: nobody answers for this team"));
  EXPECT_THAT(lines[1], HasSubstr("a.yaml:9:20: spec.escalation: nobody answers for this team"));
  EXPECT_EQ(lines[2],
            "a.yaml:14:30: spec.escalation[0].person: nothing reaches person 'alan'; add "
            "spec.contacts in a.yaml:18");
}

TEST(Catalog, EscalationRises) {
  const auto of = [](const std::string& steps) {
    return problems_of(kPeople +
                       "---\napiVersion: tocsin/v1\nkind: Team\nmetadata: {name: x}\nspec: "
                       "{escalation: [" +
                       steps + "]}\n");
  };
  EXPECT_THAT(of("{person: ada, after: 0s}, {person: ada, after: 1m}"), IsEmpty());
  EXPECT_THAT(of("{person: ada, after: 1m}"), ElementsAre(HasSubstr("must be 0s or left out")));
  EXPECT_THAT(of("{person: ada}, {person: ada}"), ElementsAre(HasSubstr("after: is missing")));
  EXPECT_THAT(of("{person: ada}, {person: ada, after: 5m}, {person: ada, after: 5m}"),
              ElementsAre(HasSubstr("[2].after: must be later than the step before it (5m)")));
}

TEST(Catalog, ContactsAreChecked) {
  const auto of = [](const std::string& contact) {
    return problems_of(
        "apiVersion: tocsin/v1\nkind: Person\nmetadata: {name: ada}\nspec: {contacts: "
        "[" +
        contact + "]}\n");
  };
  EXPECT_THAT(of("{mail: ada}"), ElementsAre(HasSubstr("[0].mail: must be a mail address")));
  EXPECT_THAT(of("{slack: 'hooks.example.org'}"),
              ElementsAre(HasSubstr("must begin with https://")));
  EXPECT_THAT(of("{mail: a@b.org, slack: 'https://x.org'}"), ElementsAre(HasSubstr("exactly one")));
  EXPECT_THAT(of("{}"), ElementsAre(HasSubstr("exactly one")));
  EXPECT_THAT(of("{fax: '+491701234567'}"),
              ElementsAre(HasSubstr("exactly one"), HasSubstr("contacts[0].fax: is not a known")));
  EXPECT_THAT(of("{mail: a@b.org, secret: x}"), ElementsAre(HasSubstr("secret: is not a known")));
  EXPECT_THAT(
      of("{webhook: 'https://x.org', secret: '${TOCSIN_NOT_SET_HERE}'}"),
      ElementsAre(HasSubstr("secret: environment variable TOCSIN_NOT_SET_HERE is not set")));
  EXPECT_THAT(of("{slack: '${TOCSIN_NOT_SET_HERE}'}"),
              ElementsAre(HasSubstr("slack: environment variable TOCSIN_NOT_SET_HERE is not set")));
}

TEST(Catalog, ValuesFromTheEnvironmentAreNeverShown) {
  ::setenv("TOCSIN_CATALOG_BAD", "not-a-url-but-s3cret", 1);
  const auto lines = problems_of(
      "apiVersion: tocsin/v1\nkind: Person\nmetadata: {name: ada}\nspec: {contacts: [{slack: "
      "'${TOCSIN_CATALOG_BAD}'}, {mail: '${TOCSIN_CATALOG_BAD}'}]}\n");
  ASSERT_EQ(lines.size(), 2U);
  for (const std::string& line : lines) EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
}

TEST(Catalog, ServicesAreChecked) {
  const auto of = [](const std::string& spec) { return problems_of(kPeople + service("x", spec)); };
  EXPECT_THAT(of("tier: 5"), ElementsAre(HasSubstr("spec.tier: must be from 1 to 4, not 5")));
  EXPECT_THAT(of("runbook: wiki/x"), ElementsAre(HasSubstr("spec.runbook: must begin with")));
  EXPECT_THAT(of("dashboards: [{name: a, url: 'javascript:x'}]"),
              ElementsAre(HasSubstr("spec.dashboards[0].url: must begin with")));
  EXPECT_THAT(of("customer_facing: yes"), ElementsAre(HasSubstr("must be true or false")));
  EXPECT_THAT(of("depends_on: [x2, x2]"), Contains(HasSubstr("'x2' is listed twice")));
  EXPECT_THAT(of("runbok: x"), ElementsAre(HasSubstr("did you mean 'runbook'?")));
  EXPECT_THAT(problems_of("apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: Shop Front}\n"),
              ElementsAre(HasSubstr("metadata.name: 'Shop Front' must be at most 63 lower-case"),
                          HasSubstr("spec.team: is missing")));
}

TEST(Catalog, AFileThatDoesNotParseIsTheOnlyThingSaidOfReferences) {
  codec::Problems problems;
  load_texts({{"a.yaml", service("shop")}, {"b.yaml", "a: [1\n"}}, problems);
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].file, "b.yaml");
}

class Directory {
 public:
  Directory() : path_((fs::path(::testing::TempDir()) / "catalog-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
  }
  ~Directory() { fs::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(fs::path(path_) / name) << text;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(CatalogFiles, AreReadInTheOrderOfTheirNames) {
  const Directory dir;
  dir.write("b.yml", service("shop"));
  dir.write("a.yaml", kPeople + service("shop"));
  dir.write("notes.txt", "not: [yaml");
  dir.write(".hidden.yaml", "not: [yaml");
  fs::create_directory(fs::path(dir.path()) / "dir.yaml");
  codec::Problems problems;
  load(dir.path(), problems);
  EXPECT_THAT(lines_of(problems),
              ElementsAre(StartsWith(dir.path() +
                                     "/b.yml:5:18: metadata.name: service 'shop' is "
                                     "already declared in " +
                                     dir.path() + "/a.yaml:16")));
}

TEST(CatalogFiles, ThatCannotBeReadAreProblems) {
  const Directory dir;
  fs::create_symlink("nowhere", fs::path(dir.path()) / "gone.yaml");
  dir.write("large.yaml", std::string(5 << 20, '#'));
  codec::Problems problems;
  load(dir.path(), problems);
  ASSERT_EQ(problems.all().size(), 2U);
  EXPECT_EQ(problems.all()[0].to_text(), dir.path() + "/gone.yaml: No such file or directory");
  EXPECT_THAT(problems.all()[1].to_text(), HasSubstr("/large.yaml: the text has "));

  codec::Problems missing;
  load(dir.path() + "/none", missing);
  EXPECT_THAT(lines_of(missing),
              ElementsAre(dir.path() + "/none: the catalog's directory cannot be "
                                       "read: No such file or directory"));
}

TEST(CatalogJson, HoldsNoAddresses) {
  codec::Problems problems;
  const Catalog catalog =
      load_texts({{"a.yaml", kPeople +
                                 service("shop",
                                         "tier: 1, depends_on: [stock], runbook: "
                                         "'https://wiki.example.org/shop', dashboards: [{name: "
                                         "Traffic, url: 'https://g.example.org'}]") +
                                 service("stock")}},
                 problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  EXPECT_EQ(
      codec::to_text(to_json(catalog)),
      R"({"teams":[{"id":"payments","name":"payments","members":["ada"],"escalation":)"
      R"([{"person":"ada","after_seconds":0}]}],)"
      R"("people":[{"id":"ada","name":"ada","channels":["mail"]}],)"
      R"("services":[{"id":"shop","name":"shop","description":"","team":"payments","tier":1,)"
      R"("runbook":"https://wiki.example.org/shop","customer_facing":false,"depends_on":["stock"],)"
      R"("dashboards":[{"name":"Traffic","url":"https://g.example.org"}]},)"
      R"({"id":"stock","name":"stock","description":"","team":"payments","tier":3,"runbook":null,)"
      R"("customer_facing":false,"depends_on":[],"dashboards":[]}]})");
}

TEST(CatalogJson, SaysWhoIsInATeamThatAPolicyPages) {
  codec::Problems problems;
  const Catalog catalog = load_texts({{"a.yaml", R"(
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@example.org}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: nobody}
spec: {escalation_policy: shop}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {escalation_policy: shop, members: [ada]}
)"}},
                                     problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  EXPECT_THAT(
      codec::to_text(to_json(catalog)),
      StartsWith(R"({"teams":[{"id":"nobody","name":"nobody","members":[],"escalation":[]},)"
                 R"({"id":"shop","name":"shop","members":["ada"],"escalation":[]}],)"));
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CatalogPage, ItsExampleLoads) {
  ::setenv("PAGER_KEY", "k", 1);
  ::setenv("SLACK_GRACE", "https://hooks.slack.example/services/x", 1);
  const std::string page = read(TOCSIN_DOCS "/catalog.md");
  std::vector<std::pair<std::string, std::string>> texts;
  constexpr std::string_view kOpen = "```yaml\n", kClose = "\n```";
  for (size_t at = 0; (at = page.find(kOpen, at)) != std::string::npos;) {
    const size_t begin = at + kOpen.size();
    at = page.find(kClose, begin);
    ASSERT_NE(at, std::string::npos);
    texts.emplace_back("block" + std::to_string(texts.size()), page.substr(begin, at - begin));
  }
  ASSERT_FALSE(texts.empty());
  codec::Problems problems;
  const Catalog catalog = load_texts(texts, problems);
  EXPECT_THAT(lines_of(problems), IsEmpty());
  EXPECT_EQ(catalog.services.size(), 2U);
  EXPECT_EQ(catalog.documents.size(), 1U);
}

}  // namespace
}  // namespace tocsin::catalog
