#include "incident/answer_forms.h"

#include <algorithm>

#include "alert/numbers.h"
#include "incident/answer_document.h"
#include "incident/lifecycle.h"

namespace tocsin::incident {
namespace {

using notify::Answer;
using oncall::EscalationState;

struct Snooze {
  std::string_view value;  // as parse_duration reads it
  Duration time;
};
constexpr Snooze kSnoozes[] = {
    {"15m", minutes(15)}, {"30m", minutes(30)}, {"1h", hours(1)}, {"2h", hours(2)}};

// Under way: neither ended nor paused because it seems to be over.
bool is_under_way(const AnswerView& view) {
  return is_open(view.incident.state) && view.escalation &&
         view.escalation->state != EscalationState::kStopped && !view.incident.clean_since;
}

bool is_anothers(const AnswerView& view) {
  return view.escalation && view.escalation->state == EscalationState::kAcknowledged &&
         !has_answered(*view.escalation, view.person);
}

int64_t firing_pages(const AnswerView& view) {
  return std::ranges::count_if(view.alerts, [](const alert::Alert& alert) {
    return alert.state == alert::AlertState::kFiring && alert.severity == slo::Severity::kPage;
  });
}

std::string acknowledge_form(std::string_view button, std::string_view means) {
  return fmt::format(
      "<form method=\"post\" class=\"first\"><button name=\"answer\" value=\"acknowledge\">{}"
      "</button><p>{}</p></form>\n",
      button, means);
}

std::string escalate_form(const AnswerView& view, const Words& words) {
  return fmt::format(
      "<form method=\"post\"><input type=\"hidden\" name=\"place\" value=\"{}\">"
      "<button name=\"answer\" value=\"escalate\">{}</button><p>{}</p></form>\n",
      place_of(*view.escalation), words("Escalate", "Weitergeben"),
      words("I cannot, or more people are needed: the next are rung now.",
            "Ich kann nicht, oder es braucht mehr Leute: Die Nächsten werden jetzt gerufen."));
}

std::string snooze_form(std::string_view title, std::string_view means, const Words& words) {
  std::string buttons;
  for (const Snooze& snooze : kSnoozes) {
    buttons +=
        fmt::format("<button name=\"for\" value=\"{}\" aria-label=\"{} {}\">{}</button>",
                    snooze.value, title, words.how_long(snooze.time), words.how_long(snooze.time));
  }
  return fmt::format(
      "<form method=\"post\"><input type=\"hidden\" name=\"answer\" value=\"snooze\">"
      "<h3>{}</h3><div class=\"times\">{}</div><p>{}</p></form>\n",
      title, buttons, means);
}

std::string resolve_form(const AnswerView& view, const Words& words) {
  if (const int64_t firing = firing_pages(view); firing > 0) {
    return fmt::format(
        "<p class=\"later\">{}</p>\n",
        firing == 1 ? words.say("Resolve: not yet, one of its alerts still fires.",
                                "Behoben: noch nicht, einer der Alarme besteht noch.")
                    : words.say("Resolve: not yet, {} of its alerts still fire.",
                                "Behoben: noch nicht, {} der Alarme bestehen noch.", firing));
  }
  return fmt::format(
      "<form method=\"post\"><button name=\"answer\" value=\"resolve\">{}</button>"
      "<p>{}</p></form>\n",
      words("Resolve", "Behoben"),
      words("It is over: everybody who was told hears of it.",
            "Es ist vorbei: Alle, die gerufen wurden, erfahren es."));
}

std::string refused_box(const Words& words, std::string_view why) {
  return status_box("open", words("Not done.", "Nicht ausgeführt."), shown(why, kLongText) + ".");
}

std::string snoozed_text(const Given& given, const Words& words) {
  return words.say("It rings again in {} unless it is over.",
                   "In {} wird wieder gerufen, wenn es nicht vorbei ist.",
                   words.how_long(given.snooze));
}

}  // namespace

bool has_answered(const oncall::Standing& standing, const catalog::PersonId& person) {
  const auto& answered = standing.answered_by;
  return std::ranges::find(answered, person.value()) != answered.end();
}

bool is_rung(const Incident& incident, const oncall::Standing* standing) {
  return is_open(incident.state) && standing != nullptr &&
         (standing->state == EscalationState::kRinging ||
          standing->state == EscalationState::kExhausted);
}

bool is_asked(const Incident& incident, const oncall::Standing* standing,
              const catalog::PersonId& person) {
  return is_rung(incident, standing) && !has_answered(*standing, person);
}

const oncall::Standing* standing_of(const AnswerView& view) {
  return view.escalation ? &*view.escalation : nullptr;
}

std::string answer_forms(const AnswerView& view, const Words& words) {
  if (!is_open(view.incident.state) || !view.escalation) return "";
  std::string out;
  const bool asked = is_asked(view.incident, standing_of(view), view.person);
  if (asked) {
    out += acknowledge_form(
        words("Acknowledge", "Annehmen"),
        words.say("I have it: nobody else is rung. You answer as {}.",
                  "Ich übernehme: Niemand sonst wird gerufen. Sie antworten als {}.",
                  shown(view.person.value(), kShortText)));
  }
  out += fmt::format("<section class=\"more\"><h2>{}</h2>\n",
                     asked ? words("Or", "Oder") : words("You can", "Sie können"));
  if (is_under_way(view)) {
    out += escalate_form(view, words);
    if (!is_anothers(view)) {
      out += snooze_form(words("Snooze", "Später"),
                         words("I have it; it rings again after this time unless it is over.",
                               "Ich übernehme; danach wird wieder gerufen, wenn es nicht vorbei "
                               "ist."),
                         words);
    }
  }
  return out + resolve_form(view, words) + "</section>\n";
}

std::string list_forms(const ListView& view, const Words& words) {
  size_t asked = 0, open = 0;
  for (const ListView::Item& item : view.items) {
    asked += item.can_be_answered ? 1 : 0;
    open += is_open(item.incident.state) && !item.incident.clean_since ? 1 : 0;
  }
  std::string out;
  if (asked > 0) {
    out += acknowledge_form(
        words.say("Acknowledge all {}", "Alle {} annehmen", asked),
        words.say("I have them: nobody else is rung for any of these. You answer as {}.",
                  "Ich übernehme sie: Niemand sonst wird dafür gerufen. Sie antworten als {}.",
                  shown(view.person.value(), kShortText)));
  }
  if (open == 0) return out;
  return out +
         fmt::format("<section class=\"more\">{}<p class=\"later\">{}</p></section>\n",
                     snooze_form(words("Snooze all", "Alle später"),
                                 words("I have them; they ring again after this time unless they "
                                       "are over.",
                                       "Ich übernehme sie; danach wird wieder gerufen, wenn sie "
                                       "nicht vorbei sind."),
                                 words),
                     words("To escalate or resolve one, open it above.",
                           "Zum Weitergeben oder Beheben einen Vorfall oben öffnen."));
}

std::string given_box(const AnswerView& view, const Words& words) {
  if (!view.given) return "";
  const Given& given = *view.given;
  if (given.refused) {
    // Who acknowledges what is over wants nothing more than what the page says anyway.
    const bool says_it = given.answer == Answer::kAcknowledge && !is_open(view.incident.state);
    return says_it ? "" : refused_box(words, *given.refused);
  }
  switch (given.answer) {
    case Answer::kAcknowledge:
    case Answer::kResolve: return "";  // "You have it", "It is over": the next box
    case Answer::kEscalate:
      return status_box("taken", words("Escalated.", "Weitergegeben."),
                        words("The next people are rung.", "Die Nächsten werden gerufen."));
    case Answer::kSnooze:
      return status_box("taken", words("Snoozed.", "Zurückgestellt."), snoozed_text(given, words));
  }
  bug("unknown answer");
}

std::string given_box(const ListView& view, const Words& words) {
  if (!view.given) return "";
  const Given& given = *view.given;
  if (given.refused) return refused_box(words, *given.refused);
  const auto theirs = std::ranges::count_if(view.items, &ListView::Item::is_theirs);
  const std::string title = words.say("You have {} of them.", "Sie haben {} davon.", theirs);
  switch (given.answer) {
    case Answer::kAcknowledge:
      return status_box("taken", title,
                        words("Nobody else is rung.", "Niemand sonst wird gerufen."));
    case Answer::kSnooze: return status_box("taken", title, snoozed_text(given, words));
    case Answer::kEscalate:
      return status_box("taken", words("Escalated.", "Weitergegeben."),
                        words("The next people are rung.", "Die Nächsten werden gerufen."));
    case Answer::kResolve: return "";
  }
  bug("unknown answer");
}

std::string status_box(std::string_view style, std::string_view title, std::string_view detail) {
  return fmt::format("<p class=\"status {}\" role=\"status\"><strong>{}</strong><br>{}</p>\n",
                     style, title, detail);
}

}  // namespace tocsin::incident
