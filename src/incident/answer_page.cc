#include "incident/answer_page.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "alert/alert_store.h"
#include "codec/json.h"
#include "incident/answer_document.h"
#include "incident/answer_forms.h"
#include "incident/answer_html.h"
#include "incident/incident_store.h"
#include "incident/incident_text.h"
#include "incident/lifecycle.h"
#include "notify/answer_desk.h"

namespace tocsin::incident {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 4 << 10, .accept_gzip = false};

Response guarded(Response response) {
  auto& headers = response.headers;
  headers.set("Content-Security-Policy",
              "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
              "frame-ancestors 'none'");
  headers.set("Referrer-Policy", "no-referrer");  // the address is the key
  headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Robots-Tag", "noindex");
  return response;
}

Response refusal(const Error& error) {
  const char* title = "This did not work";
  if (error.code == Code::kUnauthenticated) title = "This link cannot be used";
  if (error.code == Code::kUnavailable) title = "Try again in a moment";
  Response response = Response::html(http_status(error.code), refusal_html(title, error.message));
  if (error.code == Code::kUnavailable) response.headers.set("Retry-After", "1");
  return guarded(std::move(response));
}

// What the form asks for; `place` only with an escalation.
struct Asked {
  notify::Answer answer = notify::Answer::kAcknowledge;
  Duration snooze{0};
  std::string place;
};

Result<Asked> read_form(const Request& request) {
  const auto form = request.form();
  const auto field = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  const auto answer = notify::parse_answer(field("answer"));
  if (!answer) {
    return invalid(
        "the answer must be acknowledge, escalate, snooze or resolve; go back and press a button");
  }
  Asked asked{.answer = *answer, .place = field("place")};
  if (*answer == notify::Answer::kSnooze) {
    ASSIGN_OR_RETURN(asked.snooze, parse_duration(field("for")));
  }
  return asked;
}

class AnswerPages {
 public:
  explicit AnswerPages(AnswerParts parts) : parts_(std::move(parts)) {}

  Result<Response> show(const Request& request) const {
    ASSIGN_OR_RETURN(const std::string id, named_by(request));
    ASSIGN_OR_RETURN(const auto pages, pages_of(id));
    return rendered(pages, std::nullopt);
  }

  Result<Response> answer(const Request& request) const {
    ASSIGN_OR_RETURN(const std::string id, named_by(request));
    ASSIGN_OR_RETURN(const auto pages, pages_of(id));
    ASSIGN_OR_RETURN(const Asked asked, read_form(request));
    Given given{.answer = asked.answer,
                .snooze = asked.snooze,
                .count = pages.size(),
                .refused = std::nullopt};
    const auto taken = parts_.engine.run([&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(check_place(tx, pages, asked));
      const store::Actor by{"link", pages.front().person.value()};
      const auto said = asked.place.empty()
                            ? parts_.answers.on_answer(tx, id, asked.answer, asked.snooze, by)
                            : parts_.answers.on_seen(tx, id, asked.answer, asked.snooze, by);
      return said ? Result<>{} : fail(said.error());
    });
    // It ended meanwhile, or is not over yet: the page says so.
    if (!taken && taken.error().code != Code::kFailedPrecondition) return fail(taken.error());
    if (!taken) given.refused = taken.error().message;
    const bool is_refused = !taken && asked.answer != notify::Answer::kAcknowledge;
    if (wants_json(request) && !is_refused) return told(pages);
    ASSIGN_OR_RETURN(Response response, rendered(pages, given));
    if (is_refused) response.status = http_status(Code::kFailedPrecondition);
    return response;
  }

 private:
  static bool wants_json(const Request& request) {
    return request.headers.get("Accept").value_or("") == "application/json";
  }

  // What a notification in a browser tells of its own button (web/src/push/notice.ts).
  Result<Response> told(const std::vector<oncall::Page>& pages) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    codec::JsonArray incidents;
    for (const oncall::Page& page : pages) {
      ASSIGN_OR_RETURN(const auto incident, read_incident(*sql, page.incident_id));
      ASSIGN_OR_RETURN(const auto standing, parts_.pager.standing(*sql, page.incident_id));
      if (!incident) continue;
      const auto answered = standing ? standing->answered_by : std::vector<std::string>();
      incidents.push_back(
          codec::JsonObject{{"number", incident->number},
                            {"title", incident->title},
                            {"is_open", is_open(incident->state)},
                            {"is_rung", is_rung(*incident, standing ? &*standing : nullptr)},
                            {"who_has_it", store::name_of_actor(incident->who_has_it)},
                            {"answered_by", codec::to_array(answered)}});
    }
    return guarded(Response::json(200, codec::JsonObject{{"person", pages.front().person.value()},
                                                         {"incidents", std::move(incidents)}}));
  }

  Result<std::string> named_by(const Request& request) const {
    return parts_.links.page_of(request.params.at("token"), parts_.clock.now());
  }

  // One, or those of a bundle.
  Result<std::vector<oncall::Page>> pages_of(const std::string& id) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(auto pages, parts_.pager.pages_of(*sql, id));
    if (pages.empty()) {
      return not_found(
          "the page that this link was sent for is not known here any more; sign in "
          "to Tocsin to see what is open");
    }
    return pages;
  }

  // A second tap, or a browser that sends its page again, does not ring one step more.
  Result<> check_place(engine::Tx& tx, const std::vector<oncall::Page>& pages,
                       const Asked& asked) const {
    if (asked.answer != notify::Answer::kEscalate || asked.place.empty()) return {};
    ASSIGN_OR_RETURN(const auto now, parts_.pager.standing(tx.sql(), pages.front().incident_id));
    if (!now || place_of(*now) == asked.place) return {};
    return fail(Code::kFailedPrecondition, kElsewhere);
  }

  std::string language_of(const catalog::PersonId& id) const {
    const auto catalog = parts_.catalog();
    const catalog::Person* person = catalog->person(id);
    return person == nullptr ? "en" : person->language;
  }

  Result<Response> rendered(const std::vector<oncall::Page>& pages,
                            std::optional<Given> given) const {
    if (pages.size() == 1) return rendered(pages.front(), std::move(given));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ListView view;
    view.person = pages.front().person;
    view.language = language_of(view.person);
    view.given = std::move(given);
    const Time until = parts_.clock.now() + hours(24);
    for (const oncall::Page& page : pages) {
      ASSIGN_OR_RETURN(auto incident, read_incident(*sql, page.incident_id));
      ASSIGN_OR_RETURN(const auto standing, parts_.pager.standing(*sql, page.incident_id));
      if (!incident) continue;
      const bool asked = is_asked(*incident, standing ? &*standing : nullptr, page.person);
      view.items.push_back({*std::move(incident), parts_.links.url_for(page.id, until), asked});
    }
    // The worst first, and those that are over last.
    std::ranges::stable_sort(view.items, [](const ListView::Item& a, const ListView::Item& b) {
      const bool is_a_open = is_open(a.incident.state);
      if (is_a_open != is_open(b.incident.state)) return is_a_open;
      return a.incident.severity < b.incident.severity;
    });
    return guarded(Response::html(200, list_html(view)));
  }

  Result<Response> rendered(const oncall::Page& page, std::optional<Given> given) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(auto incident, read_incident(*sql, page.incident_id));
    if (!incident) {
      return not_found(
          "the incident that this link was sent for is not known here any more; sign "
          "in to Tocsin to see what is open");
    }
    AnswerView view;
    view.incident = *std::move(incident);
    ASSIGN_OR_RETURN(view.escalation, parts_.pager.read(*sql, page.incident_id));
    ASSIGN_OR_RETURN(const auto alerts, alert::alerts_of_incident(*sql, page.incident_id));
    for (const auto state : {alert::AlertState::kFiring, alert::AlertState::kResolved}) {
      std::ranges::copy_if(alerts, std::back_inserter(view.alerts),
                           [&](const alert::Alert& alert) { return alert.state == state; });
    }
    view.person = page.person;
    view.language = language_of(page.person);
    view.given = std::move(given);
    view.now = parts_.clock.now();
    return guarded(Response::html(200, answer_html(view)));
  }

  const AnswerParts parts_;
};

using Answer = Result<Response> (AnswerPages::*)(const Request&) const;

Response style(const Request&) {
  Response response;
  response.headers.add("Content-Type", "text/css; charset=utf-8");
  response.headers.add("Cache-Control", "public, max-age=3600");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = answer_css();
  return response;
}

}  // namespace

void add_answer_routes(net::Router& router, AnswerParts parts) {
  const auto pages = std::make_shared<const AnswerPages>(std::move(parts));
  const auto add = [&](const char* method, Answer answer) {
    router.add(
        method, "/p/{token}",
        [pages, answer](const Request& request) {
          auto response = (pages.get()->*answer)(request);
          return response ? *std::move(response) : refusal(response.error());
        },
        kSmall);
  };
  add("GET", &AnswerPages::show);
  add("POST", &AnswerPages::answer);
  router.add("GET", "/p/style.css", style);
}

}  // namespace tocsin::incident
