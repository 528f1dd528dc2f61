#include "oncall/on_call_api.h"

#include "alert/api_body.h"
#include "catalog/catalog_json.h"
#include "notify/address.h"
#include "oncall/call_plan.h"
#include "oncall/schedule_api_json.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr Duration kMyShifts = days(30);

Result<Response> who_is_on_call(const OnCallApiParts& parts) {
  const Time now = parts.engine.now();
  JsonArray out;
  const auto all = parts.book.schedules();
  for (const auto& [id, schedule] : *all) {
    const Turn turn = turn_at(schedule, now);
    out.push_back(JsonObject{{"schedule", id.value()},
                             {"name", schedule.name},
                             {"team", schedule.team.value()},
                             {"people", catalog::names_json(turn.people)},
                             {"begin", to_rfc3339(turn.begin)},
                             {"end", to_rfc3339(turn.end)}});
  }
  return Response::json(200, JsonObject{{"on_call", std::move(out)}});
}

codec::Json seconds_json(const std::optional<Duration>& time) {
  if (!time) return nullptr;
  return std::chrono::duration<double>(*time).count();
}

// By which ways a page would come, and when. Addresses are shown to nobody but the person.
codec::Json next_page_json(const catalog::Person* person, bool is_own, Time now) {
  if (person == nullptr) return nullptr;
  const CallPlan plan = plan_call(*person);
  JsonArray ways;
  for (const CallPlan::Way& way : plan.ways) {
    ways.push_back(JsonObject{{"contact", way.contact.name},
                              {"channel", catalog::name_of(way.contact.kind)},
                              {"to", is_own ? notify::shown_address(way.contact) : ""},
                              {"after_seconds", seconds_json(way.after)}});
  }
  return JsonObject{{"ways", std::move(ways)},
                    {"keep_ringing_seconds", seconds_json(plan.keep_ringing)},
                    {"quiet_hours", person->quiet.empty() ? "" : calendar::to_text(person->quiet)},
                    {"is_quiet", person->quiet.contains(person->zone, now)},
                    {"zone", person->zone.name()}};
}

// How this person is reached, in the order of the catalog; the addresses as above.
JsonArray contacts_of(const OnCallApiParts& parts, const catalog::Person* person, bool is_own) {
  if (person == nullptr) return {};
  const auto verified = parts.verified ? parts.verified() : nullptr;
  JsonArray contacts =
      notify::contacts_json(*person, verified ? *verified : notify::VerifiedContacts());
  if (is_own) return contacts;
  for (codec::Json& contact : contacts) contact.as_object()["to"] = "";
  return contacts;
}

Result<Response> my_turns(const OnCallApiParts& parts, const Request& request,
                          const Caller& caller) {
  ASSIGN_OR_RETURN(
      const catalog::PersonId person,
      person_or_caller(std::string(request.query_value("person").value_or("")), caller));
  const Time now = parts.engine.now();
  std::vector<std::pair<Time, JsonObject>> found;
  JsonArray current;
  const auto all = parts.book.schedules();
  for (const auto& [id, schedule] : *all) {
    for (const Interval& shift : shifts_of(schedule, person, now, now + kMyShifts)) {
      Interval whole = shift;
      if (shift.begin == now) {
        whole.begin = turn_at(schedule, now).begin;
        current.push_back(JsonObject{{"schedule", id.value()}, {"until", to_rfc3339(shift.end)}});
      }
      found.emplace_back(whole.begin, JsonObject{{"schedule", id.value()},
                                                 {"begin", to_rfc3339(whole.begin)},
                                                 {"end", to_rfc3339(whole.end)}});
    }
  }
  std::ranges::stable_sort(found, {}, &std::pair<Time, JsonObject>::first);
  JsonArray shifts;
  for (auto& [begin, shift] : found) shifts.push_back(std::move(shift));
  const auto catalog = parts.catalog();
  const catalog::Person* known = catalog->person(person);
  const bool is_own = person.value() == caller.person;
  return Response::json(200, JsonObject{{"person", person.value()},
                                        {"now", std::move(current)},
                                        {"shifts", std::move(shifts)},
                                        {"next_page", next_page_json(known, is_own, now)},
                                        {"contacts", contacts_of(parts, known, is_own)}});
}

}  // namespace

void add_on_call_routes(net::Router& router, OnCallApiParts parts) {
  router.add("GET", "/api/v1/on-call",
             alert::for_responders(parts.gate, [parts](const Request&, const Caller&) {
               return who_is_on_call(parts);
             }));
  router.add(
      "GET", "/api/v1/on-call/me",
      alert::for_responders(parts.gate, [parts](const Request& request, const Caller& caller) {
        return my_turns(parts, request, caller);
      }));
  add_schedule_routes(router, parts);
  add_swap_routes(router, parts);
  add_ical_routes(router, parts);
  add_hand_off_note_routes(router, parts);
}

}  // namespace tocsin::oncall
