#include <fmt/format.h>

#include "alert/api_body.h"
#include "oncall/on_call_api.h"
#include "oncall/schedule_api_json.h"
#include "oncall/schedule_store.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using net::Request;
using net::Response;
using State = SwapRequest::State;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10};

class Api {
 public:
  explicit Api(OnCallApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> ask(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    SwapRequest wanted;
    wanted.schedule = ScheduleId(request.params.at("id"));
    const std::string from = fields.text("from", "");
    wanted.to = catalog::PersonId(fields.text("to", ""));
    wanted.note = fields.text("note", "");
    ASSIGN_OR_RETURN(wanted.begin, read_time_field(fields, "begin"));
    ASSIGN_OR_RETURN(wanted.end, read_time_field(fields, "end"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(wanted.from, person_or_caller(from, caller));
    return changed<SwapRequest>(parts_.engine, 201, [&](engine::Tx& tx) {
      return parts_.book.ask_swap(tx, wanted, caller.actor);
    });
  }

  Result<Response> answer(const Request& request, const Caller& caller, State state) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request, true));
    codec::Fields fields = body.fields();
    const std::string named = fields.text("person", "");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const catalog::PersonId person, person_or_caller(named, caller));
    RETURN_IF_ERROR(require_own(person, caller));
    return changed<SwapRequest>(parts_.engine, 200, [&](engine::Tx& tx) {
      return parts_.book.answer_swap(tx, request.params.at("sid"), state, person, caller.actor);
    });
  }

  Result<Response> absences(const Request&, const Caller&) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto all, all_absences(*sql));
    codec::JsonArray out;
    const Time now = parts_.engine.now();
    for (const Absence& absence : all) {
      if (absence.end > now) out.push_back(to_json(absence));
    }
    return Response::json(200, codec::JsonObject{{"absences", std::move(out)}});
  }

  Result<Response> add_absence(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    Absence wanted;
    const std::string person = fields.text("person", "");
    wanted.note = fields.text("note", "");
    ASSIGN_OR_RETURN(wanted.begin, read_time_field(fields, "begin"));
    ASSIGN_OR_RETURN(wanted.end, read_time_field(fields, "end"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(wanted.person, person_or_caller(person, caller));
    return changed<Absence>(parts_.engine, 201, [&](engine::Tx& tx) {
      return parts_.book.add_absence(tx, wanted, caller.actor);
    });
  }

  Result<Response> remove_absence(const Request& request, const Caller& caller) const {
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) {
      return parts_.book.remove_absence(tx, request.params.at("aid"), caller.actor);
    }));
    return Response::empty();
  }

 private:
  const OnCallApiParts parts_;
};

}  // namespace

void add_swap_routes(net::Router& router, const OnCallApiParts& parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto add = [&](const char* method, const std::string& path, alert::CallerHandler handler) {
    router.add(method, "/api/v1" + path, alert::for_responders(parts.gate, std::move(handler)),
               kSmall);
  };
  const auto route = [&](const char* method, const std::string& path, auto handler) {
    add(method, path, [api, handler](const Request& request, const Caller& caller) {
      return ((*api).*handler)(request, caller);
    });
  };
  route("POST", "/schedules/{id}/swaps", &Api::ask);
  for (const auto& [name, state] :
       {std::pair("take", State::kTaken), std::pair("decline", State::kDeclined),
        std::pair("withdraw", State::kWithdrawn)}) {
    add("POST", fmt::format("/swaps/{{sid}}/{}", name),
        [api, state = state](const Request& request, const Caller& caller) {
          return api->answer(request, caller, state);
        });
  }
  route("GET", "/absences", &Api::absences);
  route("POST", "/absences", &Api::add_absence);
  route("DELETE", "/absences/{aid}", &Api::remove_absence);
}

}  // namespace tocsin::oncall
