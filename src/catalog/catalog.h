#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "calendar/weekly_hours.h"
#include "codec/fields.h"

namespace tocsin::catalog {

using PersonId = StrongId<struct PersonTag>;
using TeamId = StrongId<struct TeamTag>;
using ServiceId = StrongId<struct ServiceTag>;

// Where a thing was declared, or a field of it stands: for problems that only the whole shows, also
// in rooms below.
struct Origin {
  std::string file;  // as the user named it; empty for what was not read from a file
  codec::Place place;
  std::string field;  // spec.team
};

// One way to reach a person.
struct Contact {
  enum class Kind {
    kWebhook,    // address: a URL
    kMail,       // a mail address
    kSlack,      // the URL of a Slack incoming webhook
    kTeams,      // the URL of a Microsoft Teams workflow
    kSlackUser,  // the id of a member, U..., to whom our Slack app writes
    kSms,        // a number in E.164: +4930123456
    kVoice,      // the same
    kTelegram,   // the id of a chat
    kNtfy,       // the URL of a topic
    kPushover,   // a user's key
    kPush,       // empty: the person's own browsers, which they subscribe on the web page
    kHttp,       // whatever the template `provider` of tocsin.yaml makes of it
  };
  static constexpr int kKinds = 12;
  Kind kind = Kind::kMail;
  std::string name;  // how notification rules refer to it; the kind where none is given
  std::string address;
  std::string provider;  // kHttp: the name of its template; else empty
  Secret secret;         // webhook: the key that signs; ntfy: a token; else empty
  bool operator==(const Contact&) const = default;
};
std::string_view name_of(Contact::Kind kind);  // as in the catalog's files: webhook, mail, ...
std::optional<Contact::Kind> contact_kind(std::string_view name);

// When a contact is used: `after` counts from the moment at which the person is rung. The next rule
// begins at once when the one before fails, whatever its `after`.
struct NotificationRule {
  std::string contact;  // Contact::name
  Duration after{0};
  bool operator==(const NotificationRule&) const = default;
};

struct Person {
  PersonId id;
  std::string name;
  std::vector<Contact> contacts;
  calendar::Zone zone;          // in which the hours below are told
  std::string language = "en";  // en or de: of what is spoken and of short messages
  // In their order, rising `after`. Without rules: urgent by all contacts in their order, each only
  // when the one before has failed; not urgent by the last contact.
  std::vector<NotificationRule> urgent;
  std::vector<NotificationRule> not_urgent;
  // Urgent pages begin anew by the rules as long as this person is the one who is rung and has not
  // answered. 0: once through.
  Duration keep_ringing{0};
  calendar::WeeklyHours quiet;    // what is not urgent waits for their end
  calendar::WeeklyHours working;  // for the load that pages are, and conditions of policies
  Origin origin;                  // of its name

  const Contact* contact(std::string_view contact_name) const;
};

// Who is paged: `after` counts from the moment that the escalation starts.
struct EscalationStep {
  PersonId person;
  Duration after{0};
};

// Whether a posted alert that is not fit to wake somebody does so all the same (docs/problems.md).
enum class PageGate { kObserve, kEnforce };

struct Team {
  TeamId id;
  std::string name;
  std::vector<PersonId> members;  // whom a policy or schedule reaches by the team's name
  // Who is paged: the name of an EscalationPolicy, or else this list.
  std::string escalation_policy;
  std::vector<EscalationStep> escalation;  // rising `after`; the first at 0
  int repeat = 3;  // how many times more the list is run through when nobody answers
  Duration repeat_after = std::chrono::minutes(5);  // from the last step to the next round
  PageGate page_gate = PageGate::kObserve;
  Origin origin;         // of its name
  Origin policy_origin;  // of escalation_policy, which the room oncall looks up
};

struct Link {
  std::string name;
  std::string url;
};

struct Service {
  ServiceId id;
  std::string name;
  std::string description;
  TeamId team;
  int tier = 3;         // 1 the most important to 4
  std::string runbook;  // URL; empty if none
  std::vector<Link> dashboards;
  std::vector<ServiceId> depends_on;
  bool is_customer_facing = false;
  Origin origin;  // of its name
};

// A document of a kind that this room does not know (objectives, signals, rules for posted alerts):
// the rooms below read it.
struct Document {
  std::string file;  // as the user named it
  std::string api_version;
  std::string kind;
  codec::Node node;
};

// Everything declared in the catalog's files, checked as a whole. Immutable; published as
// shared_ptr<const Catalog>.
struct Catalog {
  std::map<PersonId, Person> people;
  std::map<TeamId, Team> teams;
  std::map<ServiceId, Service> services;
  std::vector<Document> documents;

  const Person* person(const PersonId& id) const;
  const Team* team(const TeamId& id) const;
  const Service* service(const ServiceId& id) const;
  const Team* team_of(const ServiceId& id) const;
};

// Reads every *.yaml and *.yml of a directory, in the order of their names. What is wrong goes to
// `problems` (unknown references with the nearest known name, duplicates, cycles of dependencies, a
// team that nobody answers for); the result is only fit for use when there are none.
// `and_texts`: what belongs to it without standing in a file, behind the files.
using FileAndText = std::pair<std::string, std::string>;
Catalog load(const std::string& directory, codec::Problems& problems,
             const std::vector<FileAndText>& and_texts = {});
// The same from texts alone, for tests and simulation.
Catalog load_texts(const std::vector<FileAndText>& texts, codec::Problems& problems);

}  // namespace tocsin::catalog
