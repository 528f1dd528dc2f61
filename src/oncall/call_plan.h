#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "codec/json.h"

namespace tocsin::oncall {

// By which ways one person is called, and when: their rules for urgent pages as they are when it
// begins. It is recorded beside the call, so that the ways keep their numbers while the catalog
// changes; secrets stay out of it.
struct CallPlan {
  struct Way {
    catalog::Contact contact;
    // Since the call (or its lap) began; nothing: only when the one before is lost.
    std::optional<Duration> after;
  };
  std::vector<Way> ways;
  // The pause after the last way, before all begin anew; 0: once through.
  Duration keep_ringing{0};

  // How many ways begin at once.
  size_t at_once() const;
  // The first way from `from` on that begins by its time; ways.size(): none does.
  size_t next_timed(size_t from) const;
  // From one timed way to another; nothing: from the begin. `to` may be ways.size(), the end of the
  // lap: then the pause is in it.
  Duration wait(std::optional<size_t> from, size_t to) const;
};

CallPlan plan_call(const catalog::Person& person);

codec::JsonObject to_json(const CallPlan& plan);
Result<CallPlan> read_call_plan(std::string_view json);  // what to_json wrote; kDataLoss otherwise

}  // namespace tocsin::oncall
