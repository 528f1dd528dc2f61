#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar/weekly_hours.h"
#include "catalog/catalog.h"
#include "codec/node.h"

// Takes over people, schedules, escalation policies and services of another on-call tool as
// documents of the catalog: values in, values out. What a source says is read into the plain form
// below (import_pagerduty.cc, import_opsgenie.cc, import_grafana.cc, import_goalert.cc); from there
// one writer makes the documents (import_documents.cc). Told for users in docs/import.md.
namespace tocsin::oncall {

// The answers of the source's API, whole: file name without ".json" -> what it holds.
using ExportFiles = std::map<std::string, codec::Node>;

enum class ImportVerdict {
  kSame,        // it means the same afterwards
  kChanged,     // taken over, and the notes say what is different
  kImpossible,  // left out, and the notes say why
};
std::string_view name_of(ImportVerdict verdict);  // ok, changed, not possible

struct ImportedThing {
  std::string kind;    // person, team, schedule, policy, service
  std::string source;  // its name there
  std::string name;    // its name in the catalog; empty when it was left out
  ImportVerdict verdict = ImportVerdict::kSame;
  std::vector<std::string> notes;
};

// How a calendar of the source names a person.
struct ImportedPerson {
  catalog::PersonId person;
  std::string name, mail;
};

struct Import {
  std::vector<ImportedThing> plan;
  std::vector<ImportedPerson> people;
  std::map<std::string, std::string> schedules;  // id there -> name in the catalog
  std::vector<codec::Node> documents;            // people, teams, schedules, policies, services
};

// kInvalidArgument when a file does not have the shape of the API's answer: names the file and the
// field. What lacks in one object leaves out that object and says so in the plan.
Result<Import> import_pagerduty(const ExportFiles& files, Time now);
Result<Import> import_opsgenie(const ExportFiles& files, Time now);
Result<Import> import_grafana_oncall(const ExportFiles& files, Time now);
Result<Import> import_goalert(const ExportFiles& files, Time now);

// --- the plain form, shared by the readers

struct SourcePerson {
  std::string id, name, mail, zone;
  std::vector<catalog::Contact> contacts;
  std::vector<catalog::NotificationRule> urgent, not_urgent;
  std::vector<std::string> notes;

  bool contact_named(std::string_view contact) const {
    return std::ranges::find(contacts, contact, &catalog::Contact::name) != contacts.end();
  }
};
struct SourceTeam {
  std::string id, name;
  std::vector<std::string> members;  // ids of people
  std::string policy;                // id; empty: none
  std::vector<std::string> notes;
};
struct SourceLayer {
  std::string name;
  std::string zone;                               // empty: the schedule's
  Time start;                                     // a hand-off at which people[0] takes over ...
  std::optional<calendar::CivilSecond> hand_off;  // ... or as the clocks of the zone show it
  // The length of a turn: one of the three.
  Duration turn{0};  // in whole hours, days or weeks
  int months = 0;
  std::string rule;                              // of iCalendar; `hand_off` is one of its times
  std::vector<std::vector<std::string>> people;  // ids; those of one turn together, in their order
  std::vector<std::string> teams;  // ids of teams whose members take the turns instead
  calendar::WeeklyHours hours = calendar::WeeklyHours::always();
  bool joins = false;  // adds to the layers before it
};
struct SourceSchedule {
  std::string id, name, zone, team;  // team: id; may be empty
  std::vector<SourceLayer> layers;   // a later one wins, or joins
  std::vector<std::string> notes;
};
struct SourceTarget {
  enum class Kind { kPerson, kSchedule, kTeam, kRoundRobin };  // the last: of a team
  Kind kind = Kind::kPerson;
  std::string id;
};
struct SourceStep {
  Duration after{0};
  std::vector<SourceTarget> targets;
  calendar::WeeklyHours hours_utc;  // when it is played; empty: always
};
struct SourcePolicy {
  std::string id, name;
  std::vector<SourceStep> steps;  // rising `after`
  int repeat = 0;
  Duration repeat_after{0};
  std::vector<std::string> notes;
};
struct SourceService {
  std::string id, name, description;
  std::string team, policy;  // ids; one of them is enough
  std::vector<std::string> notes;
};
struct Source {
  std::vector<SourcePerson> people;
  std::vector<SourceTeam> teams;
  std::vector<SourceSchedule> schedules;
  std::vector<SourcePolicy> policies;
  std::vector<SourceService> services;
  std::vector<ImportedThing> left_out;
};
// What comes out is a catalog that loads: a document that it would refuse is left out, with its
// words.
Import documents_of(const Source& source);

// "Ada Lovelace" -> "ada-lovelace"; never empty, at most 63 bytes.
std::string catalog_name(std::string_view text);

}  // namespace tocsin::oncall
