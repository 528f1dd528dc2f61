#include <fmt/format.h>

#include <algorithm>

#include "alert/api_body.h"
#include "alert/silence_store.h"
#include "catalog/catalog_json.h"
#include "oncall/hand_off_note_store.h"
#include "oncall/on_call_api.h"
#include "oncall/schedule_api_json.h"
#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_words.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using codec::Json;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 128 << 10};
constexpr int kShown = 20;
constexpr int kMostSwaps = 1000;
constexpr Duration kLongestReport = days(31);

JsonObject to_json(const HandOffNote& note) {
  return {{"id", note.id},
          {"author", note.author},
          {"text", note.text},
          {"created", to_rfc3339(note.created)},
          {"updated", to_rfc3339(note.updated)},
          {"handed_off", note.handed_off ? Json(to_rfc3339(*note.handed_off)) : Json(nullptr)},
          {"receivers", catalog::names_json(note.receivers)}};
}

Json maybe_json(const std::optional<HandOffNote>& note) {
  return note ? Json(to_json(*note)) : Json(nullptr);
}

// Whether it concerns the turn: made by who had it, or about their team.
bool is_of_turn(const routing::Silence& silence, const Schedule& schedule,
                const std::vector<catalog::PersonId>& people) {
  const bool is_theirs = std::ranges::any_of(
      people, [&](const auto& person) { return person.value() == silence.created_by; });
  return is_theirs || std::ranges::any_of(silence.matchers, [&](const routing::Matcher& matcher) {
           return matcher.name() == "team" && matcher.matches(schedule.team.value());
         });
}

class Api {
 public:
  explicit Api(OnCallApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> list(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto open, open_note(*sql, schedule.id));
    ASSIGN_OR_RETURN(const auto closed, closed_notes(*sql, schedule.id, kShown));
    ASSIGN_OR_RETURN(const Time since, turn_begin(*sql, schedule));
    JsonArray notes;
    for (const HandOffNote& note : closed) notes.push_back(to_json(note));
    // What whoever is on call now was given when they began.
    const bool is_received = !closed.empty() && *closed.front().handed_off >= since;
    return Response::json(
        200, JsonObject{{"open", maybe_json(open)},
                        {"received", is_received ? Json(notes.front()) : Json(nullptr)},
                        {"may_write", may_write(schedule, caller)},
                        {"notes", std::move(notes)}});
  }

  Result<Response> draft(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    const Time now = parts_.engine.now();
    TurnReport report;
    ASSIGN_OR_RETURN(const Time since, turn_begin(*sql, schedule));
    report.turn = {std::max(since, now - kLongestReport), now};
    if (parts_.incidents) {
      ASSIGN_OR_RETURN(report.incidents, parts_.incidents(*sql, schedule.team, report.turn));
    }
    ASSIGN_OR_RETURN(report.silences, silences_of(*sql, schedule));
    ASSIGN_OR_RETURN(report.swaps, open_swaps(*sql, schedule));
    return Response::json(200, JsonObject{{"text", draft_note(schedule, report)},
                                          {"since", to_rfc3339(report.turn.begin)}});
  }

  Result<Response> write(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(auto body, alert::JsonBody::of(request));
    codec::Fields fields = body.fields();
    const std::string text = fields.text("text", "");
    const bool is_seen_given = fields.raw("seen") != nullptr;
    const std::string seen = fields.text("seen", "");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(check_hand_off_text(text));
    ASSIGN_OR_RETURN(const Schedule schedule, schedule_of(parts_.book, request.params.at("id")));
    if (!may_write(schedule, caller)) return denied(schedule);
    std::optional<HandOffNote> written;
    const auto change = [&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const auto open, open_note(tx.sql(), schedule.id));
      if (is_seen_given) RETURN_IF_ERROR(check_seen(open, seen));
      ASSIGN_OR_RETURN(written, put(tx, schedule.id, open, text, caller.actor));
      return {};
    };
    RETURN_IF_ERROR(parts_.engine.run(change));
    return Response::json(200, JsonObject{{"open", maybe_json(written)}});
  }

 private:
  bool may_write(const Schedule& schedule, const Caller& caller) const {
    return caller.role == access::Role::kAdmin ||
           may_write_note(schedule, *parts_.catalog(), catalog::PersonId(caller.person),
                          parts_.engine.now());
  }

  static std::unexpected<Error> denied(const Schedule& schedule) {
    return fail(Code::kPermissionDenied,
                fmt::format("only whoever is on call in {}, the members of team {} and admins "
                            "write its hand-off note",
                            schedule.id.value(), schedule.team.value()));
  }

  // Nobody writes over what somebody else has written meanwhile. `seen`: `updated` of the note that
  // the writer has read, as it was told; empty: there was none.
  static Result<> check_seen(const std::optional<HandOffNote>& open, const std::string& seen) {
    const std::string is = open ? to_rfc3339(open->updated) : "";
    if (is == seen) return {};
    return fail(Code::kAborted,
                open ? fmt::format("{} has changed the note at {}; read it again", open->author, is)
                     : "the note was handed off or removed meanwhile; read it again");
  }

  static Result<std::optional<HandOffNote>> put(engine::Tx& tx, const ScheduleId& schedule,
                                                const std::optional<HandOffNote>& open,
                                                const std::string& text, const store::Actor& by) {
    if (text.empty()) {
      if (!open) return std::nullopt;
      RETURN_IF_ERROR(delete_open_note(tx.sql(), schedule));
      RETURN_IF_ERROR(append_entry(tx, schedule, "schedule.note_removed", by, {{"id", open->id}}));
      return std::nullopt;
    }
    if (open && open->text == text) return open;
    HandOffNote note = open.value_or(HandOffNote{.id = tx.new_id("hon"),
                                                 .schedule = schedule,
                                                 .author = {},
                                                 .text = {},
                                                 .created = tx.now(),
                                                 .updated = {},
                                                 .handed_off = {},
                                                 .receivers = {}});
    note.author = by.to_text();
    note.text = text;
    note.updated = tx.now();
    RETURN_IF_ERROR(write_open_note(tx.sql(), note));
    RETURN_IF_ERROR(append_entry(tx, schedule, "schedule.note_written", by, {{"id", note.id}}));
    return note;
  }

  // When the first of those who are on call now began; now where nobody is.
  Result<Time> turn_begin(store::Session& sql, const Schedule& schedule) const {
    ASSIGN_OR_RETURN(const auto serving, serving_now(sql, schedule.id));
    Time begin = parts_.engine.now();
    for (const Served& one : serving) begin = std::min(begin, one.begin);
    return begin;
  }

  Result<std::vector<std::string>> silences_of(store::Session& sql,
                                               const Schedule& schedule) const {
    const Time now = parts_.engine.now();
    const auto people = turn_at(schedule, now).people;
    ASSIGN_OR_RETURN(const auto all, alert::all_silences(sql));
    std::vector<std::string> out;
    for (const routing::Silence& silence : all) {
      if (silence.ends <= now || !is_of_turn(silence, schedule, people)) continue;
      out.push_back(fmt::format("{} until {}, by {}{}", routing::to_text(silence.matchers),
                                moment_words(schedule.zone, silence.ends), silence.created_by,
                                silence.comment.empty() ? "" : ": " + silence.comment));
    }
    return out;
  }

  Result<std::vector<std::string>> open_swaps(store::Session& sql, const Schedule& schedule) const {
    ASSIGN_OR_RETURN(const auto all, swaps_of(sql, schedule.id, kMostSwaps));
    std::vector<std::string> out;
    for (const SwapRequest& swap : all) {
      if (swap.state != SwapRequest::State::kOpen || swap.begin <= parts_.engine.now()) continue;
      out.push_back(fmt::format("{} asks {} to take {} to {}", swap.from.value(),
                                swap.to.empty() ? "anybody" : swap.to.value(),
                                moment_words(schedule.zone, swap.begin),
                                moment_words(schedule.zone, swap.end)));
    }
    return out;
  }

  const OnCallApiParts parts_;
};

}  // namespace

void add_hand_off_note_routes(net::Router& router, const OnCallApiParts& parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto route = [&](const char* method, const std::string& path, auto handler) {
    router.add(method, "/api/v1/schedules/{id}/hand-off-notes" + path,
               alert::for_responders(parts.gate,
                                     [api, handler](const Request& request, const Caller& caller) {
                                       return ((*api).*handler)(request, caller);
                                     }),
               kSmall);
  };
  route("GET", "", &Api::list);
  route("PUT", "", &Api::write);
  route("GET", "/draft", &Api::draft);
}

}  // namespace tocsin::oncall
