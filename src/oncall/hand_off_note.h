#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "oncall/schedule.h"

namespace tocsin::oncall {

// What whoever goes off call leaves for who comes. A schedule has at most one that is open: it can
// be edited until the next hand-off, which closes it and gives it to whoever begins.
struct HandOffNote {
  std::string id;  // hon_...
  ScheduleId schedule;
  std::string author;  // the actor who wrote it last
  std::string text;    // shown as it is
  Time created, updated;
  std::optional<Time> handed_off;            // not there: open
  std::vector<catalog::PersonId> receivers;  // of a closed one
};

inline constexpr size_t kLongestHandOffNote = 10'000;  // characters

// kInvalidArgument, naming `text`.
Result<> check_hand_off_text(std::string_view text);

// Who writes it: whoever is on call at `now`, and the members of the schedule's team. Admins do,
// too.
bool may_write_note(const Schedule& schedule, const catalog::Catalog& catalog,
                    const catalog::PersonId& person, Time now);

// What happened in a turn, a line each, without end of line.
struct TurnReport {
  Interval turn;
  std::vector<std::string> incidents, silences, swaps;
};

// What a note may begin with. Its times are told in the schedule's zone.
std::string draft_note(const Schedule& schedule, const TurnReport& report);

// The part of a notice that tells of the note: who wrote it, and the beginning of a long one.
std::string note_in_notice(const HandOffNote& note);

}  // namespace tocsin::oncall
