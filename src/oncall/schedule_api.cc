#include <fmt/format.h>

#include "alert/api_body.h"
#include "catalog/catalog_json.h"
#include "oncall/on_call_api.h"
#include "oncall/schedule_api_json.h"
#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 256 << 10};
constexpr Duration kLongestWindow = days(400);
constexpr Duration kShownWindow = days(28);

// The schedule as if it had this layer alone.
Schedule of_layer(const Schedule& schedule, const std::string& name) {
  Schedule out = schedule;
  out.overrides.clear();
  out.plans.clear();
  for (Version& version : out.versions) {
    std::erase_if(version.layers, [&](const Layer& layer) { return layer.name != name; });
  }
  return out;
}

JsonArray turns_json(const Schedule& schedule, const Interval& window) {
  JsonArray out;
  for (const Turn& turn : turns(schedule, window.begin, window.end)) {
    out.push_back(to_json(schedule, turn));
  }
  return out;
}

// What its document says now; who is on call until then may be held for a while (schedule_change).
std::vector<Layer> layers_of(const Schedule& schedule) {
  return schedule.versions.empty() ? std::vector<Layer>{} : schedule.versions.back().layers;
}

class Api {
 public:
  explicit Api(OnCallApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> list(const Request&, const Caller&) const {
    JsonArray out;
    const auto all = parts_.book.schedules();
    for (const auto& [id, schedule] : *all) out.push_back(summary(schedule));
    return Response::json(200, JsonObject{{"schedules", std::move(out)}});
  }

  Result<Response> one(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto all_swaps, parts_.book.swaps(*sql, schedule.id));
    JsonArray layers, overrides, plans, swaps, absences;
    for (const Layer& layer : layers_of(schedule)) layers.push_back(to_json(layer));
    for (const Override& one : schedule.overrides) overrides.push_back(to_json(one));
    for (const FixedPlan& plan : schedule.plans) plans.push_back(to_json(plan));
    for (const SwapRequest& swap : all_swaps) swaps.push_back(to_json(swap));
    for (const Absence& absence : schedule.absences) absences.push_back(to_json(absence));
    JsonObject out = summary(schedule);
    out["layers"] = std::move(layers);
    out["overrides"] = std::move(overrides);
    out["plans"] = std::move(plans);
    out["swaps"] = std::move(swaps);
    out["absences"] = std::move(absences);
    std::optional<GroupRow> group;
    if (parts_.groups != nullptr) {
      ASSIGN_OR_RETURN(group, parts_.groups->read(*sql, schedule.id));
    }
    out["slack_user_group"] = group ? codec::Json(to_json(*group)) : codec::Json();
    return Response::json(200, std::move(out));
  }

  Result<Response> turns_of(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    const Time now = parts_.engine.now();
    ASSIGN_OR_RETURN(const Interval window,
                     window_of(request, {now, now + kShownWindow}, kLongestWindow));
    JsonObject out{{"turns", turns_json(schedule, window)}};
    if (request.query_value("layers").value_or("") == "true") {
      JsonArray layers;
      for (const Layer& layer : layers_of(schedule)) {
        layers.push_back(JsonObject{{"name", layer.name},
                                    {"turns", turns_json(of_layer(schedule, layer.name), window)}});
      }
      out["layers"] = std::move(layers);
    } else {
      out["layers"] = JsonArray();
    }
    return Response::json(200, std::move(out));
  }

  Result<Response> history(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    const Time now = parts_.engine.now();
    ASSIGN_OR_RETURN(const Interval window,
                     window_of(request, {now - kShownWindow, now}, kLongestWindow));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto all,
                     parts_.book.history(*sql, schedule.id, window.begin, window.end));
    JsonArray out;
    for (const Served& served : all) out.push_back(to_json(served));
    return Response::json(200, JsonObject{{"served", std::move(out)}});
  }

  Result<Response> add_override(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    constexpr std::array<std::string_view, 3> kKinds = {"add", "remove", "replace"};
    Override wanted;
    wanted.kind = static_cast<Override::Kind>(fields.choice("kind", kKinds, std::nullopt));
    const std::string person = fields.text("person", "");
    wanted.replaces = catalog::PersonId(fields.text("replaces", ""));
    wanted.note = fields.text("note", "");
    ASSIGN_OR_RETURN(wanted.begin, read_time_field(fields, "begin"));
    ASSIGN_OR_RETURN(wanted.end, read_time_field(fields, "end"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(wanted.person, person_or_caller(person, caller));
    return changed<Override>(parts_.engine, 201, [&](engine::Tx& tx) {
      return parts_.book.add_override(tx, id_of(request), wanted, caller.actor);
    });
  }

  Result<Response> remove_override(const Request& request, const Caller& caller) const {
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) {
      return parts_.book.remove_override(tx, id_of(request), request.params.at("oid"),
                                         caller.actor);
    }));
    return Response::empty();
  }

  Result<Response> take(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request, true));
    codec::Fields fields = body.fields();
    const std::string named = fields.text("person", "");
    ASSIGN_OR_RETURN(const auto until, alert::read_time(fields, "until"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const catalog::PersonId person, person_or_caller(named, caller));
    return changed<Override>(parts_.engine, 201, [&](engine::Tx& tx) {
      return parts_.book.take(tx, id_of(request), person, until, caller.actor);
    });
  }

  Result<Response> add_plan(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    FixedPlan wanted;
    wanted.note = fields.text("note", "");
    ASSIGN_OR_RETURN(wanted.begin, read_time_field(fields, "begin"));
    ASSIGN_OR_RETURN(wanted.end, read_time_field(fields, "end"));
    for (codec::Fields& one : fields.children("shifts")) {
      FixedPlan::Shift shift;
      for (std::string& name : one.texts("people")) shift.people.emplace_back(std::move(name));
      ASSIGN_OR_RETURN(shift.begin, read_time_field(one, "begin"));
      ASSIGN_OR_RETURN(shift.end, read_time_field(one, "end"));
      one.finish();
      wanted.shifts.push_back(std::move(shift));
    }
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    return changed<FixedPlan>(parts_.engine, 201, [&](engine::Tx& tx) {
      return parts_.book.add_plan(tx, id_of(request), wanted, caller.actor);
    });
  }

  Result<Response> remove_plan(const Request& request, const Caller& caller) const {
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) {
      return parts_.book.remove_plan(tx, id_of(request), request.params.at("pid"), caller.actor);
    }));
    return Response::empty();
  }

 private:
  static ScheduleId id_of(const Request& request) { return ScheduleId(request.params.at("id")); }

  JsonObject summary(const Schedule& schedule) const {
    const Time now = parts_.engine.now();
    const Turn turn = turn_at(schedule, now);
    JsonArray faults;
    for (const ScheduleFault& fault :
         find_faults(schedule, *parts_.catalog(), now, now + ScheduleBook::kNoticeAhead,
                     parts_.is_reached)) {
      faults.push_back(to_json(fault));
    }
    return {{"id", schedule.id.value()},
            {"name", schedule.name},
            {"team", schedule.team.value()},
            {"zone", schedule.zone.name()},
            {"on_call", JsonObject{{"people", catalog::names_json(turn.people)},
                                   {"shadows", catalog::names_json(turn.shadows)},
                                   {"begin", to_rfc3339(turn.begin)},
                                   {"end", to_rfc3339(turn.end)},
                                   {"explain", explain(schedule, turn)}}},
            {"faults", std::move(faults)}};
  }

  const OnCallApiParts parts_;
};

}  // namespace

void add_schedule_routes(net::Router& router, const OnCallApiParts& parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto route = [&](const char* method, const std::string& path, auto handler) {
    router.add(method, "/api/v1/schedules" + path,
               alert::for_responders(parts.gate,
                                     [api, handler](const Request& request, const Caller& caller) {
                                       return ((*api).*handler)(request, caller);
                                     }),
               kSmall);
  };
  route("GET", "", &Api::list);
  route("GET", "/{id}", &Api::one);
  route("GET", "/{id}/turns", &Api::turns_of);
  route("GET", "/{id}/history", &Api::history);
  route("POST", "/{id}/overrides", &Api::add_override);
  route("DELETE", "/{id}/overrides/{oid}", &Api::remove_override);
  route("POST", "/{id}/take", &Api::take);
  route("POST", "/{id}/plans", &Api::add_plan);
  route("DELETE", "/{id}/plans/{pid}", &Api::remove_plan);
}

}  // namespace tocsin::oncall
