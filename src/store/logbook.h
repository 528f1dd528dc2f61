#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "store/database.h"

namespace tocsin::store {

// Who did it: "user:ada", "token:ci", "system:engine". Never empty.
struct Actor {
  std::string kind;  // user, token, link, system
  std::string name;
  std::string to_text() const { return kind + ":" + name; }
  bool operator==(const Actor&) const = default;
};
inline Actor system_actor(std::string part) { return Actor{"system", std::move(part)}; }
// How people call whom an actor's text names: "ada" for "user:ada" and "link:ada"; what is no
// person keeps its kind: "token ci". A text without a kind is a name already.
std::string name_of_actor(std::string_view text);

// One thing that happened, as `engine::Tx::append` takes it. Whoever changes state appends in the
// same transaction.
struct LogbookEntry {
  Time happened;  // when it was so in the world
  Actor actor;
  std::string kind;          // dotted, past tense: alert.fired, page.sent, incident.acknowledged
  std::string subject_kind;  // alert, incident, page, objective, user, ...
  std::string subject_id;
  std::string incident_id;  // the incident whose timeline shows it; empty for none
  codec::JsonObject data;   // no secrets
};

// The same as views, its data as one line of JSON: for those who write many at once.
struct LogbookLine {
  Time happened;
  std::string_view kind;
  std::string_view subject_kind;
  std::string_view subject_id;
  std::string_view incident_id;
  std::string_view data;
};

// As it is read back. `seq` starts at 1 and has no gap: it is given by the one writer at commit.
struct LogbookRecord {
  int64_t seq = 0;
  Time recorded;
  LogbookEntry entry;
};

// Writes one entry with the number that the one writer gives it; the engine alone calls this.
// kInternal when actor, kind or subject is missing.
Result<> append_logbook(Session& session, int64_t seq, Time recorded, const LogbookEntry& entry);
// Several of one actor, the first with the number `seq`, each of the others with the next one.
Result<> append_logbook(Session& session, int64_t seq, Time recorded, const Actor& actor,
                        std::span<const LogbookLine> lines);

// Rows with seq > after, in order, at most `limit`.
Result<std::vector<LogbookRecord>> read_logbook(Session& session, int64_t after, int limit);
// The timeline of an incident, in order of happening (and of recording, where two happened at
// once), at most `limit`. With `after`, what comes behind the entry with that number, which must be
// one of the incident: kInvalidArgument.
Result<std::vector<LogbookRecord>> read_incident_logbook(Session& session,
                                                         std::string_view incident, int limit,
                                                         int64_t after = 0);
// One entry; nothing when there is none of this number.
Result<std::optional<LogbookRecord>> read_logbook_entry(Session& session, int64_t seq);
// The sequence number of the newest entry; 0 when there is none.
Result<int64_t> last_logbook_seq(Session& session);
// When the newest entry was recorded, by the clock of its writer; nothing when there is none.
// Newest by number: after a clock was set back, older entries may have later times.
Result<std::optional<Time>> last_logbook_time(Session& session);

codec::JsonObject to_json(const LogbookRecord& record);

}  // namespace tocsin::store
