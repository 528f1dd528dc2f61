#include "incident/answer_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "alert/numbers.h"
#include "base/text.h"
#include "incident/incident_text.h"
#include "incident/lifecycle.h"
#include "incident/severity.h"
#include "notify/web_link.h"

namespace tocsin::incident {
namespace {

// In bytes of the document, escaped: with these no text can fill the page.
constexpr size_t kLongText = 400;
constexpr size_t kShortText = 80;
constexpr size_t kLongestUrl = 600;
constexpr size_t kMostAlerts = 3;
constexpr size_t kMostListed = 40;
constexpr size_t kMostPeople = 6;
constexpr size_t kMostLinks = 4;

// Escaped, at most `most` bytes of it, cut between characters.
std::string shown(std::string_view text, size_t most) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    const std::string character = escape_html(text.substr(at, next - at));
    if (out.size() + character.size() > most) return out + "…";
    out += character;
    at = next;
  }
  return out;
}

std::string ago(Duration since) {
  const auto whole = std::chrono::floor<minutes>(since).count();
  if (whole < 1) return "just now";
  if (whole < 60) return fmt::format("{} min ago", whole);
  if (whole < 48 * 60) return fmt::format("{} h {} min ago", whole / 60, whole % 60);
  return fmt::format("{} days ago", whole / (24 * 60));
}

std::string when(Time at, Time now) {
  return fmt::format("{} ({})", alert::moment(at, now), ago(now - at));
}

bool is_link(std::string_view url) { return url.size() <= kLongestUrl && notify::is_web_link(url); }

std::string link(std::string_view name, std::string_view url, std::string_view style = "") {
  return fmt::format("<a{} href=\"{}\" rel=\"noreferrer\">{}</a>", style, escape_html(url),
                     shown(name, kShortText));
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" "
      "content=\"noindex\">"
      "<title>{}</title><link rel=\"stylesheet\" href=\"style.css\"></head>\n<body><main>\n{}"
      "</main></body></html>\n",
      shown(title, kLongText), body);
}

// "ada" of "user:ada" and of "link:ada"; "token ci" of "token:ci".
bool is_acknowledged(const AnswerView& view) {
  return view.escalation && view.escalation->state == oncall::EscalationState::kAcknowledged;
}

bool can_be_answered(const AnswerView& view) {
  return is_open(view.incident.state) && view.escalation &&
         (view.escalation->state == oncall::EscalationState::kRinging ||
          view.escalation->state == oncall::EscalationState::kExhausted);
}

std::string status_box(std::string_view style, std::string_view title, std::string_view detail) {
  return fmt::format("<p class=\"status {}\" role=\"status\"><strong>{}</strong><br>{}</p>\n",
                     style, title, detail);
}

std::string ending(const AnswerView& view) {
  const Incident& i = view.incident;
  const Time at = i.times.resolved.value_or(i.updated);
  return fmt::format("{} {}. Nothing needs to be done.",
                     i.state == State::kDeclined    ? "Declined"
                     : i.state == State::kCancelled ? "Cancelled"
                     : i.state == State::kMerged    ? "Merged"
                                                    : "Resolved",
                     when(at, view.now));
}

std::string status(const AnswerView& view) {
  const Incident& i = view.incident;
  if (!is_open(i.state)) return status_box("over", "It is over.", ending(view));
  if (is_acknowledged(view)) {
    const std::string who = name_of_actor(view.escalation->acknowledged_by);
    const Time at = view.escalation->acknowledged_at.value_or(i.updated);
    if (who == view.person.value()) {
      return status_box("taken", "You have it.",
                        fmt::format("Since {}. Nobody else is rung.", when(at, view.now)));
    }
    return status_box("taken", fmt::format("{} has it.", shown(who, kShortText)),
                      fmt::format("Since {}. You need not do anything.", when(at, view.now)));
  }
  if (i.clean_since) {
    return status_box("over", "It seems to be over.",
                      fmt::format("No alert fires since {}. The recovery is being verified; nobody "
                                  "else is rung unless it comes back.",
                                  when(*i.clean_since, view.now)));
  }
  return status_box("open", "Nobody has it yet.",
                    fmt::format("You are asked as {}.", shown(view.person.value(), kShortText)));
}

void add_row(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
}

void add_alert(std::string& out, const alert::Alert& alert) {
  const slo::Evidence& e = alert.evidence;
  out += fmt::format("<h3>{}{}</h3>\n<dl>", shown(alert.summary, kLongText),
                     alert.state == alert::AlertState::kFiring ? "" : " (over)");
  if (e.total_since_start > 0) {
    add_row(out, "Failed",
            fmt::format("{} of {} ({})", alert::in_thousands(e.failed_since_start),
                        alert::in_thousands(e.total_since_start),
                        alert::percent(e.failed_since_start / e.total_since_start)));
  }
  if (e.burn_short > 0) {
    add_row(out, "Error budget burns",
            e.threshold > 0 ? fmt::format("{} too fast (pages at {})", alert::times(e.burn_short),
                                          alert::times(e.threshold))
                            : alert::times(e.burn_short) + " too fast");
  }
  if (e.budget_left) add_row(out, "Error budget left", alert::percent(*e.budget_left));
  out += "</dl>\n";
}

std::string numbers(const AnswerView& view) {
  std::string out;
  for (size_t i = 0; i < std::min(view.alerts.size(), kMostAlerts); ++i) {
    add_alert(out, view.alerts[i]);
  }
  if (view.alerts.size() > kMostAlerts) {
    out += fmt::format("<p>And {} more.</p>\n", view.alerts.size() - kMostAlerts);
  }
  return out;
}

std::string first_step(const AnswerView& view) {
  std::string runbook;
  std::vector<const catalog::Link*> links;
  std::set<std::string_view> known;
  for (const alert::Alert& alert : view.alerts) {
    if (runbook.empty()) runbook = alert.runbook;
    for (const catalog::Link& l : alert.links) {
      if (l.url != runbook && is_link(l.url) && known.insert(l.url).second) links.push_back(&l);
    }
  }
  std::string out = "<h2>Do first</h2>\n";
  if (is_link(runbook)) {
    out += fmt::format("<p>{}</p>\n", link("Open the runbook", runbook, " class=\"runbook\""));
  } else if (!runbook.empty()) {
    out += fmt::format("<p>Runbook: {}</p>\n", shown(runbook, kLongText));
  } else {
    out += "<p>There is no runbook. Look at what changed last and at the dashboards.</p>\n";
  }
  if (links.empty()) return out;
  out += "<ul>";
  for (size_t i = 0; i < std::min(links.size(), kMostLinks); ++i) {
    out += fmt::format("<li>{}</li>\n", link(links[i]->name, links[i]->url));
  }
  return out + "</ul>\n";
}

std::string what_became_of(const oncall::Page& page, Time now) {
  if (page.state == "answered") return "answered";
  if (page.first_sent) return "told " + alert::moment(*page.first_sent, now);
  if (page.state == "failed") return "could not be reached";
  if (page.state == "dropped") return "not needed any more";
  return "being tried since " + alert::moment(page.created, now);
}

// Each person once, by their newest page, newest first.
std::string others(const AnswerView& view) {
  if (!view.escalation) return "";
  const oncall::Escalation& escalation = *view.escalation;
  std::set<catalog::PersonId> known{view.person};
  std::string items;
  size_t count = 0;
  for (auto page = escalation.pages.rbegin(); page != escalation.pages.rend(); ++page) {
    if (!known.insert(page->person).second || ++count > kMostPeople) continue;
    items += fmt::format("<li>{}: {}</li>\n", shown(page->person.value(), kShortText),
                         what_became_of(*page, view.now));
  }
  std::string out = "<h2>Who else was paged</h2>\n";
  out += items.empty() ? "<p>Nobody so far.</p>\n" : fmt::format("<ul>{}</ul>\n", items);
  if (count > kMostPeople) out += fmt::format("<p>And {} more.</p>\n", count - kMostPeople);
  if (can_be_answered(view) && !escalation.coming.empty()) {
    const oncall::Coming& next = escalation.coming.front();
    std::vector<std::string> names;
    for (const oncall::Found& found : next.people) names.push_back(found.person.value());
    if (!names.empty()) {
      out += fmt::format("<p>Next: {}, {}, unless somebody answers.</p>\n",
                         shown(join(names, ", "), kShortText), alert::moment(next.at, view.now));
    }
  }
  return out;
}

}  // namespace

std::string answer_html(const AnswerView& view) {
  const Incident& i = view.incident;
  const Time since = i.times.impact_started.value_or(i.opened);
  std::string body = fmt::format(
      "<p class=\"mark\"><span class=\"sev sev{}\">{}</span> Incident {} · {}</p>\n"
      "<h1>{}</h1>\n",
      i.severity, severity_name(i.severity), i.number, name_of(i.state), shown(i.title, kLongText));
  body += status(view);
  body += fmt::format("<h2>What users lose</h2>\n<p>{}</p>\n<p>Since {}.</p>\n",
                      shown(i.impact, kLongText), when(since, view.now));
  body += numbers(view);
  body += first_step(view);
  body += others(view);
  if (can_be_answered(view)) {
    body += fmt::format(
        "<form method=\"post\"><button name=\"answer\" value=\"acknowledge\">Acknowledge</button>"
        "<p>I have it: nobody else is rung. You answer as {}.</p></form>\n",
        shown(view.person.value(), kShortText));
  }
  return document(fmt::format("{} {}", severity_name(i.severity), i.title), body);
}

std::string list_html(const ListView& view) {
  std::string items;
  size_t open = 0;
  for (const ListView::Item& item : view.items) {
    open += item.can_be_answered ? 1 : 0;
    if (&item - view.items.data() >= static_cast<std::ptrdiff_t>(kMostListed)) continue;
    items +=
        fmt::format("<li><span class=\"sev sev{}\">{}</span> {}: {}</li>\n", item.incident.severity,
                    severity_name(item.incident.severity), link(item.incident.title, item.url),
                    !is_open(item.incident.state) ? "over"
                    : item.incident.who_has_it.empty()
                        ? "nobody has it yet"
                        : shown(name_of_actor(item.incident.who_has_it), kShortText) + " has it");
  }
  std::string body =
      fmt::format("<h1>{} incidents page you</h1>\n<ul>{}</ul>\n", view.items.size(), items);
  if (view.items.size() > kMostListed) {
    body += fmt::format("<p>And {} more.</p>\n", view.items.size() - kMostListed);
  }
  if (open > 0) {
    body += fmt::format(
        "<form method=\"post\"><button name=\"answer\" value=\"acknowledge\">Acknowledge all "
        "{}</button><p>I have them: nobody else is rung for any of these. You answer as "
        "{}.</p></form>\n",
        open, shown(view.person.value(), kShortText));
  }
  return document(fmt::format("{} incidents", view.items.size()), body);
}

std::string refusal_html(std::string_view title, std::string_view message) {
  return document(title, fmt::format("<h1>{}</h1>\n<p>{}.</p>\n", shown(title, kLongText),
                                     shown(message, 2 * kLongText)));
}

std::string_view answer_css() {
  return R"(:root{color-scheme:light dark;--page:#f6f8fa;--text:#1b1f24;--muted:#57606a;--line:#d0d7de;
--link:#1f5a9c;--action:#1f4e79;--on-action:#fff;--bad:#b42d3f;--ok:#2f6f57;--tint-bad:#fbeef0;
--tint-ok:#eef6f3}
@media (prefers-color-scheme:dark){:root{--page:#0f1318;--text:#e6eaef;--muted:#9aa4af;--line:#2c333b;
--link:#8ab8f5;--action:#6fa6f5;--on-action:#0f1318;--bad:#ef4b61;--ok:#6fdabf;--tint-bad:#2a1a20;
--tint-ok:#16241f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1.0625rem/1.45 system-ui,sans-serif;
overflow-wrap:anywhere}
main{max-width:40rem;margin:0 auto;padding:1rem 1rem 2rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1rem}
h2{font-size:1.0625rem;margin:1.5rem 0 .25rem}
h3{font-size:1.0625rem;font-weight:600;margin:1rem 0 .25rem}
p{margin:.25rem 0}
ul{margin:.25rem 0;padding-left:1.25rem}
li{padding:.3rem 0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem 1rem;margin:.25rem 0}
dt{color:var(--muted)}
dd{margin:0;font-variant-numeric:tabular-nums}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.mark{color:var(--muted)}
.sev{font-weight:700;color:var(--text)}
.sev1,.sev2{color:var(--bad)}
.status{border-left:.35rem solid var(--line);padding:.6rem .8rem}
.open{border-color:var(--bad);background:var(--tint-bad)}
.taken,.over{border-color:var(--ok);background:var(--tint-ok)}
.runbook{display:block;padding:.8rem;border:2px solid var(--link);border-radius:.5rem;
text-align:center;font-weight:600}
form{position:sticky;bottom:0;margin-top:1.5rem;padding:.75rem 0;background:var(--page);
border-top:1px solid var(--line);text-align:center}
button{width:100%;min-height:3.75rem;border:0;border-radius:.5rem;background:var(--action);
color:var(--on-action);font:inherit;font-size:1.25rem;font-weight:700;cursor:pointer}
form p{color:var(--muted);font-size:.9375rem}
)";
}

}  // namespace tocsin::incident
