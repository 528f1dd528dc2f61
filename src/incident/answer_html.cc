#include "incident/answer_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "alert/numbers.h"
#include "base/text.h"
#include "incident/answer_document.h"
#include "incident/answer_forms.h"
#include "incident/answer_words.h"
#include "incident/lifecycle.h"
#include "incident/severity.h"
#include "notify/web_link.h"
#include "store/logbook.h"

namespace tocsin::incident {
namespace {

constexpr size_t kLongestUrl = 600;
constexpr size_t kMostAlerts = 3;
constexpr size_t kMostListed = 40;
constexpr size_t kListBytes = 11 << 10;  // the rest of the round trip is for the forms
constexpr size_t kMostPeople = 6;
constexpr size_t kMostLinks = 4;

bool is_link(std::string_view url) { return url.size() <= kLongestUrl && notify::is_web_link(url); }

std::string link(std::string_view name, std::string_view url, std::string_view style = "") {
  return fmt::format("<a{} href=\"{}\" rel=\"noreferrer\">{}</a>", style, escape_html(url),
                     shown(name, kShortText));
}

bool is_acknowledged(const AnswerView& view) {
  return view.escalation && view.escalation->state == oncall::EscalationState::kAcknowledged;
}

std::string ending(const AnswerView& view, const Words& words) {
  const Incident& i = view.incident;
  const Time at = i.times.resolved.value_or(i.updated);
  return words.say("{} {}. Nothing needs to be done.", "{}: {}. Es ist nichts zu tun.",
                   words.ended_as(i.state), words.when(at, view.now));
}

std::string rings_again(const AnswerView& view, const Words& words) {
  const auto& coming = view.escalation->coming;
  const auto next =
      std::ranges::find(coming, oncall::Coming::What::kRingAgain, &oncall::Coming::what);
  if (next == coming.end()) return "";
  return words.say(" It rings again at {} unless it is over.",
                   " Um {} wird wieder gerufen, wenn es nicht vorbei ist.",
                   alert::moment(next->at, view.now));
}

std::string taken(const AnswerView& view, const Words& words) {
  const std::string who = store::name_of_actor(view.escalation->acknowledged_by);
  const Time at = view.escalation->acknowledged_at.value_or(view.incident.updated);
  const std::string since = words.when(at, view.now);
  if (has_answered(*view.escalation, view.person)) {
    return status_box(
        "taken", words("You have it.", "Sie haben es."),
        words.say("Since {}. Nobody else is rung.{}", "Seit {}. Niemand sonst wird gerufen.{}",
                  since, rings_again(view, words)));
  }
  const std::string name = shown(who, kShortText);
  return status_box(
      "taken", words.say("{} has it.", "{} hat es.", name),
      words.say("Since {}. You need not do anything.{}", "Seit {}. Sie müssen nichts tun.{}", since,
                rings_again(view, words)));
}

// Nobody has it, or not so many as the policy wants.
std::string wanted(const AnswerView& view, const Words& words) {
  const std::string me = shown(view.person.value(), kShortText);
  const std::vector<std::string>* have = view.escalation ? &view.escalation->answered_by : nullptr;
  if (have == nullptr || have->empty()) {
    return status_box("open", words("Nobody has it yet.", "Noch hat es niemand."),
                      words.say("You are asked as {}.", "Sie werden als {} gerufen.", me));
  }
  std::vector<std::string> names;
  for (const std::string& who : *have) names.push_back(store::name_of_actor(who));
  return status_box("open", words("More people are wanted.", "Es werden mehr Leute gebraucht."),
                    words.say("Answered so far: {}.", "Angenommen haben bisher: {}.",
                              shown(join(names, ", "), kLongText)));
}

std::string status(const AnswerView& view, const Words& words) {
  const Incident& i = view.incident;
  if (!is_open(i.state)) {
    return status_box("over", words("It is over.", "Es ist vorbei."), ending(view, words));
  }
  if (is_acknowledged(view)) return taken(view, words);
  if (!i.clean_since) return wanted(view, words);
  return status_box(
      "over", words("It seems to be over.", "Es scheint vorbei zu sein."),
      words.say("No alert fires since {}. The recovery is being verified; nobody else is rung "
                "unless it comes back.",
                "Kein Alarm besteht mehr seit {}. Die Erholung wird geprüft; niemand sonst wird "
                "gerufen, solange es nicht wiederkommt.",
                words.when(*i.clean_since, view.now)));
}

void add_row(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
}

void add_alert(std::string& out, const alert::Alert& alert, const Words& words) {
  const slo::Evidence& e = alert.evidence;
  out +=
      fmt::format("<h3>{}{}</h3>\n<dl>", shown(alert.summary, kLongText),
                  alert.state == alert::AlertState::kFiring ? "" : words(" (over)", " (vorbei)"));
  if (e.total_since_start > 0) {
    add_row(out, words("Failed", "Fehler"),
            words.say("{} of {} ({})", "{} von {} ({})", alert::in_thousands(e.failed_since_start),
                      alert::in_thousands(e.total_since_start),
                      alert::percent(e.failed_since_start / e.total_since_start)));
  }
  if (e.burn_short > 0) {
    std::string burn = words.say("{} too fast", "{} zu schnell", alert::times(e.burn_short));
    if (e.threshold > 0) {
      burn += words.say(" (pages at {})", " (Ruf ab {})", alert::times(e.threshold));
    }
    add_row(out, words("Error budget burns", "Fehlerbudget verbrennt"), burn);
  }
  if (e.budget_left) {
    add_row(out, words("Error budget left", "Fehlerbudget übrig"), alert::percent(*e.budget_left));
  }
  out += "</dl>\n";
}

std::string and_more(const Words& words, size_t count) {
  return words.say("<p>And {} more.</p>\n", "<p>Und {} weitere.</p>\n", count);
}

std::string numbers(const AnswerView& view, const Words& words) {
  std::string out;
  for (size_t i = 0; i < std::min(view.alerts.size(), kMostAlerts); ++i) {
    add_alert(out, view.alerts[i], words);
  }
  if (view.alerts.size() > kMostAlerts) out += and_more(words, view.alerts.size() - kMostAlerts);
  return out;
}

std::string runbook_html(const std::string& runbook, const Words& words) {
  if (is_link(runbook)) {
    return fmt::format("<p>{}</p>\n", link(words("Open the runbook", "Runbook öffnen"), runbook,
                                           " class=\"runbook\""));
  }
  if (!runbook.empty()) return fmt::format("<p>Runbook: {}</p>\n", shown(runbook, kLongText));
  return fmt::format("<p>{}</p>\n",
                     words("There is no runbook. Look at what changed last and at the dashboards.",
                           "Es gibt kein Runbook. Sehen Sie nach, was sich zuletzt geändert hat, "
                           "und auf die Dashboards."));
}

std::string first_step(const AnswerView& view, const Words& words) {
  std::string runbook;
  std::vector<const catalog::Link*> links;
  std::set<std::string_view> known;
  for (const alert::Alert& alert : view.alerts) {
    if (runbook.empty()) runbook = alert.runbook;
    for (const catalog::Link& l : alert.links) {
      if (l.url != runbook && is_link(l.url) && known.insert(l.url).second) links.push_back(&l);
    }
  }
  std::string out = fmt::format("<h2>{}</h2>\n", words("Do first", "Zuerst"));
  out += runbook_html(runbook, words);
  if (links.empty()) return out;
  out += "<ul>";
  for (size_t i = 0; i < std::min(links.size(), kMostLinks); ++i) {
    out += fmt::format("<li>{}</li>\n", link(links[i]->name, links[i]->url));
  }
  return out + "</ul>\n";
}

std::string what_became_of(const oncall::Page& page, Time now, const Words& words) {
  if (page.state == "answered") return std::string(words("answered", "hat geantwortet"));
  if (page.first_sent) {
    return words.say("told {}", "gerufen {}", alert::moment(*page.first_sent, now));
  }
  if (page.state == "failed") {
    return std::string(words("could not be reached", "nicht erreicht"));
  }
  if (page.state == "dropped") {
    return std::string(words("not needed any more", "nicht mehr nötig"));
  }
  return words.say("being tried since {}", "wird versucht seit {}",
                   alert::moment(page.created, now));
}

std::string who_is_next(const AnswerView& view, const Words& words) {
  const oncall::Escalation& escalation = *view.escalation;
  if (!is_asked(view.incident, standing_of(view), view.person) || escalation.coming.empty()) {
    return "";
  }
  const oncall::Coming& next = escalation.coming.front();
  std::vector<std::string> names;
  for (const oncall::Found& found : next.people) names.push_back(found.person.value());
  if (names.empty()) return "";
  return words.say("<p>Next: {}, {}, unless somebody answers.</p>\n",
                   "<p>Als Nächstes: {}, {}, wenn niemand antwortet.</p>\n",
                   shown(join(names, ", "), kShortText), alert::moment(next.at, view.now));
}

// Each person once, by their newest page, newest first.
std::string others(const AnswerView& view, const Words& words) {
  if (!view.escalation) return "";
  const oncall::Escalation& escalation = *view.escalation;
  std::set<catalog::PersonId> known{view.person};
  std::string items;
  size_t count = 0;
  for (auto page = escalation.pages.rbegin(); page != escalation.pages.rend(); ++page) {
    if (!known.insert(page->person).second || ++count > kMostPeople) continue;
    items += fmt::format("<li>{}: {}</li>\n", shown(page->person.value(), kShortText),
                         what_became_of(*page, view.now, words));
  }
  std::string out =
      fmt::format("<h2>{}</h2>\n", words("Who else was paged", "Wer sonst gerufen wurde"));
  out += items.empty() ? fmt::format("<p>{}</p>\n", words("Nobody so far.", "Bisher niemand."))
                       : fmt::format("<ul>{}</ul>\n", items);
  if (count > kMostPeople) out += and_more(words, count - kMostPeople);
  return out + who_is_next(view, words);
}

std::string list_item(const ListView::Item& item, const Words& words) {
  const Incident& i = item.incident;
  std::string state;
  if (!is_open(i.state)) {
    state = words("over", "vorbei");
  } else if (i.who_has_it.empty()) {
    state = words("nobody has it yet", "noch hat es niemand");
  } else {
    state =
        words.say("{} has it", "{} hat es", shown(store::name_of_actor(i.who_has_it), kShortText));
  }
  return fmt::format("<li><span class=\"sev sev{}\">{}</span> {}: {}</li>\n", i.severity,
                     severity_name(i.severity), link(i.title, item.url), state);
}

}  // namespace

std::string answer_html(const AnswerView& view) {
  const Words words(view.language);
  const Incident& i = view.incident;
  const Time since = i.times.impact_started.value_or(i.opened);
  std::string body = words.say(
      "<p class=\"mark\"><span class=\"sev sev{}\">{}</span> Incident {} · {}</p>\n<h1>{}</h1>\n",
      "<p class=\"mark\"><span class=\"sev sev{}\">{}</span> Vorfall {} · {}</p>\n<h1>{}</h1>\n",
      i.severity, severity_name(i.severity), i.number, words.state(i.state),
      shown(i.title, kLongText));
  body += given_box(view, words) + status(view, words);
  body += words.say("<h2>What users lose</h2>\n<p>{}</p>\n<p>Since {}.</p>\n",
                    "<h2>Was Nutzer verlieren</h2>\n<p>{}</p>\n<p>Seit {}.</p>\n",
                    shown(i.impact, kLongText), words.when(since, view.now));
  body += numbers(view, words) + first_step(view, words) + others(view, words);
  body += answer_forms(view, words);
  return document(words, fmt::format("{} {}", severity_name(i.severity), i.title), body);
}

std::string list_html(const ListView& view) {
  const Words words(view.language);
  const std::string title =
      words.say("{} incidents page you", "{} Vorfälle rufen Sie", view.items.size());
  std::string items;
  size_t listed = 0;
  for (; listed < std::min(view.items.size(), kMostListed); ++listed) {
    const std::string item = list_item(view.items[listed], words);
    if (items.size() + item.size() > kListBytes) break;
    items += item;
  }
  std::string body =
      fmt::format("<h1>{}</h1>\n{}<ul>{}</ul>\n", title, given_box(view, words), items);
  if (view.items.size() > listed) body += and_more(words, view.items.size() - listed);
  body += list_forms(view, words);
  return document(words, title, body);
}

std::string place_of(const oncall::Standing& standing) {
  return fmt::format("{}.{}", standing.round, standing.step);
}

std::string refusal_html(std::string_view title, std::string_view message, const Words& words) {
  return document(words, title,
                  fmt::format("<h1>{}</h1>\n<p>{}.</p>\n", shown(title, kLongText),
                              shown(message, 2 * kLongText)));
}

}  // namespace tocsin::incident
