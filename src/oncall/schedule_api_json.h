#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "access/access.h"
#include "codec/fields.h"
#include "codec/json.h"
#include "net/http.h"
#include "oncall/schedule_book.h"
#include "oncall/schedule_check.h"
#include "oncall/user_group_store.h"

namespace tocsin::oncall {

// The schemas of api/openapi.yaml.
codec::JsonObject to_json(const Override& one);
codec::JsonObject to_json(const FixedPlan& plan);
codec::JsonObject to_json(const SwapRequest& swap);
codec::JsonObject to_json(const Absence& absence);
codec::JsonObject to_json(const Served& served);
codec::JsonObject to_json(const Schedule& schedule, const Turn& turn);
codec::JsonObject to_json(const Layer& layer);
codec::JsonObject to_json(const ScheduleFault& fault);
codec::JsonObject to_json(const GroupRow& group);

// Stretches of time in which `person` is on call, those that touch joined.
std::vector<Interval> shifts_of(const Schedule& schedule, const catalog::PersonId& person,
                                Time begin, Time end);

// The person that a request names, or who makes it.
Result<catalog::PersonId> person_or_caller(const std::string& named, const access::Caller& caller);
// kPermissionDenied unless it is their own, or an admin asks.
Result<> require_own(const catalog::PersonId& person, const access::Caller& caller);
Result<Time> read_time_field(codec::Fields& fields, const char* key);  // required
// The query parameters `from` and `until`; kInvalidArgument beyond `longest`.
Result<Interval> window_of(const net::Request& request, Interval fallback, Duration longest);
Result<Schedule> schedule_of(const ScheduleBook& book, const std::string& id);

// Runs a change of the book in a transaction and answers with what it made or became.
template <class Thing, class Change>
Result<net::Response> changed(engine::Engine& engine, int status, Change change) {
  Thing thing;
  const Result<> done = engine.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(thing, change(tx));
    return {};
  });
  RETURN_IF_ERROR(done);
  return net::Response::json(status, to_json(thing));
}

}  // namespace tocsin::oncall
