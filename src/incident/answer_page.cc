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
#include "incident/lifecycle.h"
#include "notify/answer_desk.h"
#include "notify/language.h"
#include "store/logbook.h"

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

std::string_view refusal_title(Code code, const Words& words) {
  switch (code) {
    case Code::kUnauthenticated: return words("This link cannot be used", "Dieser Link geht nicht");
    case Code::kUnavailable:
      return words("Try again in a moment", "Versuchen Sie es gleich noch einmal");
    default: return words("This did not work", "Das hat nicht geklappt");
  }
}

Response refusal(const Error& error, const Words& words) {
  const bool may_pass = error.code == Code::kUnavailable;
  const std::string message =
      may_pass ? std::string(words("Tocsin cannot answer just now; load this page again",
                                   "Tocsin kann gerade nicht antworten; laden Sie diese Seite noch "
                                   "einmal"))
               : error.message;
  Response response = Response::html(
      http_status(error.code), refusal_html(refusal_title(error.code, words), message, words));
  if (may_pass) response.headers.set("Retry-After", "1");
  return guarded(std::move(response));
}

// What the form asks for; `place` only with an escalation.
struct Asked {
  notify::Answer answer = notify::Answer::kAcknowledge;
  Duration snooze{0};
  std::string place;
};

Result<Asked> read_form(const Request& request, const Words& words) {
  const auto form = request.form();
  const auto field = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  const auto answer = notify::parse_answer(field("answer"));
  if (!answer) {
    return invalid(std::string(
        words("The answer must be acknowledge, escalate, snooze or resolve; go back and press a "
              "button",
              "Die Antwort muss acknowledge, escalate, snooze oder resolve sein; gehen Sie zurück "
              "und drücken Sie einen Knopf")));
  }
  Asked asked{.answer = *answer, .place = field("place")};
  if (*answer == notify::Answer::kSnooze) {
    const auto snooze = parse_duration(field("for"));
    if (!snooze) {
      return invalid(std::string(
          words("The time must be like 15m or 2h; go back and press a button",
                "Die Zeit muss wie 15m oder 2h sein; gehen Sie zurück und drücken Sie einen "
                "Knopf")));
    }
    asked.snooze = *snooze;
  }
  return asked;
}

// What a link names, read once for a request: the language of everything that is answered depends
// on it, also of why the link is refused.
struct Opened {
  std::string id;                           // of a page or a bundle; empty: forged or damaged
  Result<std::vector<oncall::Page>> pages;  // one, or those of a bundle; none: nobody's
  Words words;
};

class AnswerPages {
 public:
  explicit AnswerPages(AnswerParts parts) : parts_(std::move(parts)) {}

  Opened open(const Request& request) const {
    std::string id = parts_.links.named_by(request.params.at("token"));
    auto pages = pages_of(id);
    const Words words = words_for(pages, request);
    return {std::move(id), std::move(pages), words};
  }

  Result<Response> show(const Request& request, const Opened& opened) const {
    RETURN_IF_ERROR(check_link(request, opened));
    return rendered(*opened.pages, std::nullopt, opened.words);
  }

  Result<Response> answer(const Request& request, const Opened& opened) const {
    RETURN_IF_ERROR(check_link(request, opened));
    const auto& [id, read, words] = opened;
    const std::vector<oncall::Page>& pages = *read;
    ASSIGN_OR_RETURN(const Asked asked, read_form(request, words));
    Given given{.answer = asked.answer, .snooze = asked.snooze, .refused = std::nullopt};
    const auto taken = parts_.engine.run(engine::Turn::kFirst, [&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(check_place(tx, pages, asked, words));
      const store::Actor by{"link", pages.front().person.value()};
      const std::string language(words.code());
      const notify::AnswerLanguages in{.done = language, .refused = language};
      const auto said = asked.place.empty()
                            ? parts_.answers.on_answer(tx, id, asked.answer, asked.snooze, by, in)
                            : parts_.answers.on_seen(tx, id, asked.answer, asked.snooze, by, in);
      return said ? Result<>{} : fail(said.error());
    });
    // It ended meanwhile, or is not over yet: the page says so.
    if (!taken && taken.error().code != Code::kFailedPrecondition) return fail(taken.error());
    if (!taken) given.refused = taken.error().message;
    const bool is_refused = !taken && asked.answer != notify::Answer::kAcknowledge;
    if (wants_json(request) && !is_refused) return told(pages);
    ASSIGN_OR_RETURN(Response response, rendered(pages, given, words));
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

  Result<std::vector<oncall::Page>> pages_of(const std::string& id) const {
    if (id.empty()) return std::vector<oncall::Page>();
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    return parts_.pager.pages_of(*sql, id);
  }

  // In the language of the person whose link it is, or was; of the browser where nobody is known,
  // or it cannot be told now.
  Words words_for(const Result<std::vector<oncall::Page>>& pages, const Request& request) const {
    if (pages && !pages->empty()) {
      const auto catalog = parts_.catalog();
      const catalog::Person* known = catalog->person(pages->front().person);
      if (known != nullptr) return Words(known->language);
    }
    return Words(notify::language_of_browser(request.headers.get("Accept-Language").value_or("")));
  }

  // Its end comes before its pages: what has ended is told nothing of them. Fine: there are some.
  Result<> check_link(const Request& request, const Opened& opened) const {
    const auto& [id, pages, words] = opened;
    RETURN_IF_ERROR(
        parts_.links.page_of(request.params.at("token"), parts_.clock.now(), words.code()));
    if (!pages) return fail(pages.error());
    if (!pages->empty()) return {};
    return not_found(std::string(
        words("The page that this link was sent for is not known here any more; sign in to Tocsin "
              "to see what is open",
              "Der Alarm, für den dieser Link geschickt wurde, ist hier nicht mehr bekannt; melden "
              "Sie sich bei Tocsin an, um zu sehen, was offen ist")));
  }

  // A second tap, or a browser that sends its page again, does not ring one step more.
  Result<> check_place(engine::Tx& tx, const std::vector<oncall::Page>& pages, const Asked& asked,
                       const Words& words) const {
    if (asked.answer != notify::Answer::kEscalate || asked.place.empty()) return {};
    ASSIGN_OR_RETURN(const auto now, parts_.pager.standing(tx.sql(), pages.front().incident_id));
    if (!now || place_of(*now) == asked.place) return {};
    return fail(
        Code::kFailedPrecondition,
        std::string(words("The next people have been rung since this page was opened; look again "
                          "before you escalate further",
                          "Seit diese Seite geöffnet wurde, sind die Nächsten schon gerufen "
                          "worden; sehen Sie nach, bevor Sie noch einmal weitergeben")));
  }

  Result<Response> rendered(const std::vector<oncall::Page>& pages, std::optional<Given> given,
                            const Words& words) const {
    if (pages.size() == 1) return rendered(pages.front(), std::move(given), words);
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ListView view;
    view.person = pages.front().person;
    view.language = words.code();
    view.given = std::move(given);
    const Time until = parts_.clock.now() + hours(24);
    for (const oncall::Page& page : pages) {
      ASSIGN_OR_RETURN(const auto incident, read_incident(*sql, page.incident_id));
      ASSIGN_OR_RETURN(const auto standing, parts_.pager.standing(*sql, page.incident_id));
      if (!incident) continue;
      const bool is_theirs =
          is_open(incident->state) && standing && has_answered(*standing, page.person);
      view.items.push_back(
          {.incident = *incident,
           .url = parts_.links.url_for(page.id, until),
           .can_be_answered = is_asked(*incident, standing ? &*standing : nullptr, page.person),
           .is_theirs = is_theirs});
    }
    // The worst first, and those that are over last.
    std::ranges::stable_sort(view.items, [](const ListView::Item& a, const ListView::Item& b) {
      const bool is_a_open = is_open(a.incident.state);
      if (is_a_open != is_open(b.incident.state)) return is_a_open;
      return a.incident.severity < b.incident.severity;
    });
    return guarded(Response::html(200, list_html(view)));
  }

  Result<Response> rendered(const oncall::Page& page, std::optional<Given> given,
                            const Words& words) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(auto incident, read_incident(*sql, page.incident_id));
    if (!incident) {
      return not_found(std::string(
          words("The incident that this link was sent for is not known here any more; sign in to "
                "Tocsin to see what is open",
                "Der Vorfall, für den dieser Link geschickt wurde, ist hier nicht mehr bekannt; "
                "melden Sie sich bei Tocsin an, um zu sehen, was offen ist")));
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
    view.language = words.code();
    view.given = std::move(given);
    view.now = parts_.clock.now();
    return guarded(Response::html(200, answer_html(view)));
  }

  const AnswerParts parts_;
};

using Answer = Result<Response> (AnswerPages::*)(const Request&, const Opened&) const;

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
          const Opened opened = pages->open(request);
          auto response = (pages.get()->*answer)(request, opened);
          return response ? *std::move(response) : refusal(response.error(), opened.words);
        },
        kSmall);
  };
  add("GET", &AnswerPages::show);
  add("POST", &AnswerPages::answer);
  router.add("GET", "/p/style.css", style);
}

}  // namespace tocsin::incident
