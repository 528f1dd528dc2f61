#include "incident/incident_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>

#include "access/access_store.h"
#include "alert/alert_api.h"
#include "alert/alert_json.h"
#include "alert/alert_store.h"
#include "base/text.h"
#include "codec/fields.h"
#include "incident/incident_json.h"
#include "incident/incident_store.h"
#include "oncall/ringing.h"
#include "store/logbook.h"

namespace tocsin::incident {
namespace {

using access::Caller;
using alert::number_from_query;
using net::Request;
using net::Response;

constexpr int kTimelineLimit = 10'000;  // entries of one answer; the rest by pages
constexpr size_t kLongestNote = 4000;   // characters
constexpr net::RouteOptions kSmall{.max_body = 64 << 10};

// The fields of a JSON body.
struct Body {
  codec::Node node;
  codec::Problems problems;

  static Result<Body> of(const Request& request) {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
      return invalid("the body must be JSON, with Content-Type: application/json");
    }
    Body body;
    ASSIGN_OR_RETURN(body.node, codec::parse_json(request.body));
    if (body.node.kind != codec::Node::Kind::kMapping) {
      return invalid("the body must be a JSON object");
    }
    return body;
  }
  codec::Fields fields() { return codec::Fields(node, "body", problems); }
};

Result<> check_length(std::string_view name, std::string_view text) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  if (std::ranges::count_if(text, is_start) <= static_cast<ptrdiff_t>(kLongestNote)) return {};
  return invalid(fmt::format("{} is longer than {} characters; shorten it", name, kLongestNote));
}

Result<Incident> find(store::Session& sql, const std::string& id) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool is_number = error == std::errc() && end == id.data() + id.size();
  ASSIGN_OR_RETURN(auto incident,
                   is_number ? read_incident_by_number(sql, number) : read_incident(sql, id));
  if (!incident) return not_found(fmt::format("there is no incident '{}'", codec::shown(id)));
  return *std::move(incident);
}

class Api {
 public:
  explicit Api(ApiParts parts) : parts_(parts) {}

  Result<Response> list(const Request& request, const Caller&) const {
    const auto state = request.query_value("state").value_or("open");
    if (state != "open" && state != "all") {
      return invalid(fmt::format("state '{}' is not known; use open or all", codec::shown(state)));
    }
    ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 100, 1, 1000));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    // Before the rows, so that a reader who follows the stream from it misses nothing.
    ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
    ASSIGN_OR_RETURN(const auto incidents,
                     list_incidents(*sql, state == "open" ? Which::kOpen : Which::kAll,
                                    static_cast<int>(limit)));
    // The newest is first.
    ASSIGN_OR_RETURN(const auto channels,
                     channels_since(*sql, incidents.empty() ? 0 : incidents.back().number));
    ASSIGN_OR_RETURN(const auto ringing, ringing_of(*sql, incidents));
    codec::JsonArray array;
    for (const Incident& incident : incidents) {
      const auto channel = channels.find(incident.id);
      array.push_back(
          shown(incident, ringing, channel == channels.end() ? nullptr : &channel->second));
    }
    return Response::json(200, codec::JsonObject{{"incidents", std::move(array)}, {"seq", seq}});
  }

  Result<Response> one(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
    ASSIGN_OR_RETURN(const Incident incident, find(*sql, request.params.at("id")));
    ASSIGN_OR_RETURN(const auto escalation, parts_.pager.read(*sql, incident.id));
    ASSIGN_OR_RETURN(const auto alerts, alert::alerts_of_incident(*sql, incident.id));
    ASSIGN_OR_RETURN(Page page, read_page(*sql, incident.id, kTimelineLimit, 0));
    codec::JsonArray alerts_json;
    for (const auto& alert : alerts) alerts_json.push_back(alert::to_json(alert));
    ASSIGN_OR_RETURN(const auto channel, read_channel(*sql, incident.id));
    oncall::Ringing ringing;
    if (escalation) ringing[incident.id] = escalation->ringing;
    auto incident_json = shown(incident, ringing, channel ? &*channel : nullptr);
    return Response::json(
        200, codec::JsonObject{
                 {"incident", std::move(incident_json)},
                 {"alerts", std::move(alerts_json)},
                 {"escalation", escalation ? codec::Json(to_json(*escalation)) : codec::Json()},
                 {"timeline", std::move(page.entries)},
                 {"timeline_next", page.next},
                 {"seq", seq}});
  }

  Result<Response> timeline(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const int64_t after, number_from_query(request, "after", 0, 0,
                                                            std::numeric_limits<int64_t>::max()));
    ASSIGN_OR_RETURN(const int64_t limit,
                     number_from_query(request, "limit", 1000, 1, kTimelineLimit));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
    ASSIGN_OR_RETURN(const std::string id, id_of(*sql, request));
    ASSIGN_OR_RETURN(Page page, read_page(*sql, id, static_cast<int>(limit), after));
    return Response::json(
        200,
        codec::JsonObject{{"entries", std::move(page.entries)}, {"next", page.next}, {"seq", seq}});
  }

  Result<Response> acknowledge(const Request& request, const Caller& caller) const {
    return change(request, [&](engine::Tx& tx, const std::string& id) -> Result<> {
      ASSIGN_OR_RETURN(const auto by, answerer(tx.sql(), caller));
      return parts_.desk.acknowledge(tx, id, by);
    });
  }

  Result<Response> escalate(const Request& request, const Caller& caller) const {
    return change(request, [&](engine::Tx& tx, const std::string& id) {
      return parts_.desk.escalate(tx, id, caller.actor);
    });
  }

  Result<Response> snooze(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const Duration how_long = fields.duration("for", std::nullopt, oncall::Pager::kShortestSnooze,
                                              oncall::Pager::kLongestSnooze);
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    return change(request, [&](engine::Tx& tx, const std::string& id) -> Result<> {
      ASSIGN_OR_RETURN(const auto by, answerer(tx.sql(), caller));
      return parts_.desk.snooze(tx, id, how_long, by);
    });
  }

  Result<Response> open_channel(const Request& request, const Caller& caller) const {
    if (parts_.channels == nullptr) {
      return fail(Code::kFailedPrecondition, "this Tocsin makes no channels");
    }
    return change(request, [&](engine::Tx& tx, const std::string& id) {
      return parts_.channels->open(tx, id, caller.actor);
    });
  }

  Result<Response> move(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const std::string state = fields.text("state");
    const std::string note = fields.text("note", "");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(check_length("note", note));
    const auto to = parse_state(state);
    if (!to) return invalid(fmt::format("state '{}' is not known", codec::shown(state)));
    return change(request, [&](engine::Tx& tx, const std::string& id) {
      return parts_.desk.move(tx, id, *to, note, caller.actor);
    });
  }

  Result<Response> set_severity(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const int64_t severity = fields.integer("severity", std::nullopt, 1, 5);
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    return change(request, [&](engine::Tx& tx, const std::string& id) {
      return parts_.desk.set_severity(tx, id, static_cast<int>(severity), caller.actor);
    });
  }

  Result<Response> add_note(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const std::string text = fields.text("text");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(check_length("text", text));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const std::string id, id_of(*sql, request));
    ASSIGN_OR_RETURN(const int64_t before, store::last_logbook_seq(*sql));
    RETURN_IF_ERROR(parts_.engine.run(
        [&](engine::Tx& tx) { return parts_.desk.add_note(tx, id, text, caller.actor); }));
    ASSIGN_OR_RETURN(const auto record, note_after(*sql, before, id, text, caller.actor));
    return Response::json(201, store::to_json(record));
  }

  Result<Response> logbook(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const int64_t after, number_from_query(request, "after", 0, 0,
                                                            std::numeric_limits<int64_t>::max()));
    ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 200, 1, 1000));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
    ASSIGN_OR_RETURN(const auto records, store::read_logbook(*sql, after, static_cast<int>(limit)));
    codec::JsonArray entries;
    for (const auto& record : records) entries.push_back(store::to_json(record));
    return Response::json(200, codec::JsonObject{{"entries", std::move(entries)}, {"seq", seq}});
  }

 private:
  static Result<std::string> id_of(store::Session& sql, const Request& request) {
    ASSIGN_OR_RETURN(Incident incident, find(sql, request.params.at("id")));
    return std::move(incident.id);
  }

  // A piece of a timeline; `next` is what `after` has to be for the piece behind it, null at the
  // end.
  struct Page {
    codec::JsonArray entries;
    codec::Json next;
  };
  static Result<Page> read_page(store::Session& sql, const std::string& id, int limit,
                                int64_t after) {
    // One more than is shown says whether there is more.
    ASSIGN_OR_RETURN(auto records, store::read_incident_logbook(sql, id, limit + 1, after));
    Page page;
    if (records.size() > static_cast<size_t>(limit)) {
      records.pop_back();
      page.next = records.back().seq;
    }
    for (const auto& record : records) page.entries.push_back(store::to_json(record));
    return page;
  }

  // Who is rung is asked only of what is open.
  Result<oncall::Ringing> ringing_of(store::Session& sql,
                                     std::span<const Incident> incidents) const {
    std::vector<std::string> open;
    for (const Incident& incident : incidents) {
      if (is_open(incident.state)) open.push_back(incident.id);
    }
    return oncall::read_ringing(sql, open);
  }

  static codec::JsonObject shown(const Incident& incident, const oncall::Ringing& ringing,
                                 const ChannelRow* channel) {
    const auto rung = ringing.find(incident.id);
    codec::JsonObject json =
        to_json(incident, rung == ringing.end() ? std::vector<catalog::PersonId>() : rung->second);
    json["channel"] = channel == nullptr ? codec::Json(nullptr) : codec::Json(to_json(*channel));
    return json;
  }

  // Whoever holds a token answers as the user who made it.
  static Result<oncall::Answerer> answerer(store::Session& sql, const Caller& caller) {
    if (!caller.person.empty() || caller.actor.kind != "token") {
      return oncall::answers_as(caller.actor, caller.person);
    }
    ASSIGN_OR_RETURN(const auto maker, access::maker_of_token(sql, caller.actor.name));
    if (!maker) return oncall::answers_as(caller.actor, "");
    const store::Actor user{"user", maker->name};
    return oncall::answers_as(caller.actor, maker->person.empty() ? user.to_text() : maker->person);
  }

  // Runs `act` with the incident's id and answers with the incident as it is afterwards.
  template <class Act>
  Result<Response> change(const Request& request, Act act) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const std::string id, id_of(*sql, request));
    RETURN_IF_ERROR(
        parts_.engine.run(engine::Turn::kFirst, [&](engine::Tx& tx) { return act(tx, id); }));
    ASSIGN_OR_RETURN(const Incident incident, find(*sql, id));
    ASSIGN_OR_RETURN(const auto ringing, ringing_of(*sql, std::span(&incident, 1)));
    ASSIGN_OR_RETURN(const auto channel, read_channel(*sql, incident.id));
    return Response::json(200, shown(incident, ringing, channel ? &*channel : nullptr));
  }

  // A command does not learn its entry's number: that is given at the commit.
  static Result<store::LogbookRecord> note_after(store::Session& sql, int64_t after,
                                                 const std::string& id, const std::string& text,
                                                 const store::Actor& by) {
    while (true) {
      ASSIGN_OR_RETURN(const auto records, store::read_logbook(sql, after, 1000));
      for (const auto& record : records) {
        after = record.seq;
        const store::LogbookEntry& entry = record.entry;
        if (entry.kind != "incident.noted" || entry.incident_id != id || entry.actor != by) {
          continue;
        }
        const codec::Json* written = entry.data.if_contains("text");
        if (written != nullptr && written->is_string() && written->get_string() == text) {
          return record;
        }
      }
      if (records.empty()) return fail(Code::kInternal, "the note's entry is not in the logbook");
    }
  }

  const ApiParts parts_;
};

using Answer = Result<Response> (Api::*)(const Request&, const Caller&) const;

}  // namespace

void add_incident_routes(net::Router& router, ApiParts parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto add = [&](const char* method, const char* pattern, Answer answer) {
    router.add(
        method, pattern,
        [api, answer, &gate = parts.gate](const Request& request) {
          auto caller = gate.require(request, access::Role::kResponder);
          if (!caller) return Response::error(caller.error(), request);
          auto response = (api.get()->*answer)(request, *caller);
          return response ? *std::move(response) : Response::error(response.error(), request);
        },
        kSmall);
  };
  add("GET", "/api/v1/incidents", &Api::list);
  add("GET", "/api/v1/incidents/{id}", &Api::one);
  add("GET", "/api/v1/incidents/{id}/timeline", &Api::timeline);
  add("POST", "/api/v1/incidents/{id}/acknowledge", &Api::acknowledge);
  add("POST", "/api/v1/incidents/{id}/escalate", &Api::escalate);
  add("POST", "/api/v1/incidents/{id}/snooze", &Api::snooze);
  add("POST", "/api/v1/incidents/{id}/channel", &Api::open_channel);
  add("POST", "/api/v1/incidents/{id}/state", &Api::move);
  add("POST", "/api/v1/incidents/{id}/severity", &Api::set_severity);
  add("POST", "/api/v1/incidents/{id}/notes", &Api::add_note);
  add("GET", "/api/v1/logbook", &Api::logbook);
}

}  // namespace tocsin::incident
