#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"

// What the auditor asks of the pager's own timers. Inside transactions of the engine.
namespace tocsin::oncall {

// Gives back the timers that something under way has lost: the next step, a snooze, a bundle. A
// sentence each, at most 100 of each; what has its timer again is not found again, so the next look
// finds the others.
Result<std::vector<std::string>> mend_pager_timers(engine::Tx& tx);

// A place among all pages, in the order in which they were rung.
struct PagePlace {
  Time created;
  std::string id;
};
// The ways of people are looked at page by page: most of them need no timer, and what they need
// stands in a text that must be read. So many in one transaction, which then holds up the others
// for milliseconds, however many there are.
inline constexpr int kPagesAtOnce = 200;

struct MendedWays {
  std::vector<std::string> found;  // a sentence each
  std::optional<PagePlace> next;   // where to go on; nothing: all have been looked at
};
// Before the first page that is looked at: what is older is asked for nothing any more.
PagePlace begin_of_pages(Time now);
// The same for the pages behind `after`: the patience with a way, and a person's next way.
Result<MendedWays> mend_ways(engine::Tx& tx, const PagePlace& after);

// A timer whose handler has just failed: the engine has put it off by its short wait
// (EngineOptions::timer_retry).
//
// How late it is says nothing, for clocks are set and processes stand still. But `mark` is what its
// handler changes when it succeeds. Who is put off at two looks, anew in between and with the same
// mark, has failed at every try between them.
struct PutOff {
  std::string mark;
  Time set_at;
};
using TimerName = std::pair<std::string, std::string>;  // kind, subject
using PutOffTimers = std::map<TimerName, PutOff>;
// So many are read in one transaction: a storm sets thousands of short timers.
inline constexpr int kTimersAtOnce = 200;

struct PutOffPiece {
  PutOffTimers timers;
  std::optional<TimerName> next;  // where to go on; nothing: all have been read
};
// Those behind `after`, by their names; the first piece is behind a name without letters.
Result<PutOffPiece> put_off_timers(engine::Tx& tx, const TimerName& after);
// A sentence for each that was put off before, too.
std::vector<std::string> still_failing(const PutOffTimers& before, const PutOffTimers& now);

}  // namespace tocsin::oncall
