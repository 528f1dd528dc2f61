#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "codec/fields.h"

namespace tocsin::catalog {

using PersonId = StrongId<struct PersonTag>;
using TeamId = StrongId<struct TeamTag>;
using ServiceId = StrongId<struct ServiceTag>;

// One way to reach a person, in the order in which they are tried.
struct Contact {
  enum class Kind { kWebhook, kMail, kSlack };
  Kind kind = Kind::kMail;
  std::string address;  // mail address or URL
  Secret secret;        // webhook: the key that signs; else empty
};

struct Person {
  PersonId id;
  std::string name;
  std::vector<Contact> contacts;
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
  std::vector<EscalationStep> escalation;  // rising `after`; the first at 0
  int repeat = 3;  // how many times more the list is run through when nobody answers
  Duration repeat_after = std::chrono::minutes(5);  // from the last step to the next round
  PageGate page_gate = PageGate::kObserve;
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
Catalog load(const std::string& directory, codec::Problems& problems);
// The same from texts, for tests and simulation.
Catalog load_texts(const std::vector<std::pair<std::string, std::string>>& file_and_text,
                   codec::Problems& problems);

}  // namespace tocsin::catalog
