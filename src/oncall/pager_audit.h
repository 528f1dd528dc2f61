#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"

// What the auditor asks of the pager's own timers. Inside transactions of the engine.
namespace tocsin::oncall {

// Gives back the timers that something under way has lost: the next step, a snooze, a bundle, a
// way, a person's next way. A sentence each.
Result<std::vector<std::string>> mend_pager_timers(engine::Tx& tx);

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
using PutOffTimers = std::map<std::pair<std::string, std::string>, PutOff>;  // kind, subject

Result<PutOffTimers> put_off_timers(engine::Tx& tx);
// A sentence for each that was put off before, too.
std::vector<std::string> still_failing(const PutOffTimers& before, const PutOffTimers& now);

}  // namespace tocsin::oncall
