#include <fmt/format.h>

#include <algorithm>

#include "access/credential.h"
#include "alert/api_body.h"
#include "base/text.h"
#include "calendar/ical.h"
#include "oncall/ical_feed.h"
#include "oncall/on_call_api.h"
#include "oncall/schedule_api_json.h"
#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_ical.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10};
constexpr net::RouteOptions kCalendar{.max_body = calendar::kMostIcalBytes};
constexpr size_t kTokenBytes = 24;
constexpr size_t kMostLinks = 1000;
constexpr size_t kLongestName = 64;
constexpr Duration kImportBack = days(60);
constexpr Duration kImportAhead = days(800);

JsonObject to_json(const IcalLink& link) {
  return {{"id", link.id}, {"kind", link.kind}, {"name", link.name}};
}

Result<> check_name(std::string_view name) {
  const bool is_plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  if (is_plain && !name.empty() && name.size() <= kLongestName) return {};
  return invalid(fmt::format("'{}' is no name of a calendar; use a-z, 0-9, '-', '_' and '.'",
                             codec::shown(name)));
}

JsonArray notes_of(const calendar::IcalCalendar& calendar) {
  JsonArray out;
  for (const calendar::IcalNote& note : calendar.notes) {
    out.push_back(JsonObject{{"line", note.line}, {"text", note.text}});
  }
  return out;
}

class Api {
 public:
  explicit Api(OnCallApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> list(const Request&, const Caller&) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto links, all_ical_links(*sql));
    JsonArray out;
    for (const IcalLink& link : links) out.push_back(to_json(link));
    return Response::json(200, JsonObject{{"links", std::move(out)}});
  }

  Result<Response> add(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    constexpr std::array<std::string_view, 3> kKinds = {"person", "schedule", "team"};
    IcalLink link;
    link.kind = kKinds.at(fields.choice("kind", kKinds, std::nullopt));
    link.name = fields.text("name", "");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    if (link.kind == "person") {
      ASSIGN_OR_RETURN(const auto person, person_or_caller(link.name, caller));
      link.name = person.value();
    }
    link.made_by = caller.actor.to_text();
    if (!ical_feed(link, *parts_.book.schedules(), *parts_.catalog(), parts_.engine.now())) {
      return not_found(fmt::format("there is no {} '{}'", link.kind, codec::shown(link.name)));
    }
    const Secret token(parts_.rng.token(kTokenBytes));
    const auto write = [&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const auto links, all_ical_links(tx.sql()));
      if (links.size() >= kMostLinks) {
        return fail(Code::kResourceExhausted,
                    fmt::format("there are {} links already; remove some", links.size()));
      }
      link.id = tx.new_id("icl");
      link.created = tx.now();
      RETURN_IF_ERROR(insert_ical_link(tx.sql(), link, access::hash_of(token)));
      return append_about(tx, "ical_link", link.id, "schedule.ical_link_made", caller.actor,
                          {{"kind", link.kind}, {"name", link.name}});
    };
    RETURN_IF_ERROR(parts_.engine.run(write));
    JsonObject out = to_json(link);
    out["url"] = fmt::format("{}/ical/{}.ics", parts_.external_url, token.reveal());
    return Response::json(201, std::move(out));
  }

  Result<Response> remove(const Request& request, const Caller& caller) const {
    const std::string& id = request.params.at("lid");
    const auto write = [&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const int64_t removed, delete_ical_link(tx.sql(), id));
      if (removed == 0) return not_found(fmt::format("there is no link '{}'", codec::shown(id)));
      return append_about(tx, "ical_link", id, "schedule.ical_link_removed", caller.actor, {});
    };
    RETURN_IF_ERROR(parts_.engine.run(write));
    return Response::empty();
  }

  // Whoever knows the address may read it.
  Result<Response> feed(const Request& request) const {
    std::string_view file = request.params.at("file");
    constexpr std::string_view kEnding = ".ics";
    if (!file.ends_with(kEnding)) return nowhere();
    file.remove_suffix(kEnding.size());
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto link,
                     find_ical_link(*sql, access::hash_of(Secret(std::string(file)))));
    if (!link) return nowhere();
    auto text = ical_feed(*link, *parts_.book.schedules(), *parts_.catalog(), parts_.engine.now());
    if (!text) return nowhere();
    Response response = Response::text(200, *std::move(text));
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.headers.set("Cache-Control", "private, max-age=300");
    return response;
  }

  Result<Response> put_calendar(const Request& request, const Caller& caller) const {
    const std::string& name = request.params.at("name");
    RETURN_IF_ERROR(check_name(name));
    ASSIGN_OR_RETURN(const calendar::Zone zone, zone_for(request, name));
    ASSIGN_OR_RETURN(const auto read, read(request, zone));
    DayCalendar calendar{name, intervals_of(read)};
    RETURN_IF_ERROR(parts_.engine.run(
        [&](engine::Tx& tx) { return parts_.book.put_calendar(tx, calendar, caller.actor); }));
    return Response::json(
        200, JsonObject{{"name", name}, {"days", read.events.size()}, {"notes", notes_of(read)}});
  }

  Result<Response> put_vacations(const Request& request, const Caller& caller) const {
    const catalog::PersonId id(request.params.at("id"));
    const auto catalog = parts_.catalog();
    const catalog::Person* person = catalog->person(id);
    if (person == nullptr) {
      return not_found(fmt::format("there is no person '{}'", codec::shown(id.value())));
    }
    ASSIGN_OR_RETURN(const auto read, read(request, person->zone));
    const std::vector<Interval> away = intervals_of(read);
    RETURN_IF_ERROR(parts_.engine.run(
        [&](engine::Tx& tx) { return parts_.book.put_vacations(tx, id, away, caller.actor); }));
    return Response::json(
        200,
        JsonObject{{"person", id.value()}, {"absences", away.size()}, {"notes", notes_of(read)}});
  }

 private:
  static std::unexpected<Error> nowhere() {
    return not_found("there is no such calendar; make a new link on the page of the schedule");
  }
  Result<calendar::IcalCalendar> read(const Request& request, const calendar::Zone& zone) const {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "text/calendar")) {
      return invalid("the body must be a calendar, with Content-Type: text/calendar");
    }
    const Time now = parts_.engine.now();
    return calendar::read_ical(request.body, zone, now - kImportBack, now + kImportAhead);
  }
  // Whose days those of the calendar are: of `zone`, or of a layer that is off on them.
  Result<calendar::Zone> zone_for(const Request& request, const std::string& name) const {
    if (const auto zone = request.query_value("zone"); zone && !zone->empty()) {
      return calendar::Zone::find(*zone);
    }
    const auto all = parts_.book.schedules();
    for (const auto& [id, schedule] : *all) {
      if (schedule.versions.empty()) continue;
      for (const Layer& layer : schedule.versions.back().layers) {
        if (std::ranges::find(layer.off, name) != layer.off.end()) return layer.zone;
      }
    }
    return calendar::Zone();
  }

  const OnCallApiParts parts_;
};

}  // namespace

void add_ical_routes(net::Router& router, const OnCallApiParts& parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto route = [&](const char* method, const std::string& path, auto handler,
                         net::RouteOptions options) {
    router.add(method, "/api/v1" + path,
               alert::for_responders(parts.gate,
                                     [api, handler](const Request& request, const Caller& caller) {
                                       return ((*api).*handler)(request, caller);
                                     }),
               options);
  };
  route("GET", "/ical-links", &Api::list, kSmall);
  route("POST", "/ical-links", &Api::add, kSmall);
  route("DELETE", "/ical-links/{lid}", &Api::remove, kSmall);
  route("PUT", "/calendars/{name}", &Api::put_calendar, kCalendar);
  route("PUT", "/people/{id}/vacations", &Api::put_vacations, kCalendar);
  router.add("GET", "/ical/{file}", [api](const Request& request) {
    auto response = api->feed(request);
    return response ? *std::move(response) : Response::error(response.error(), request);
  });
}

}  // namespace tocsin::oncall
