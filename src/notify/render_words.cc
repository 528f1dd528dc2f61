#include "notify/render_words.h"

#include <fmt/format.h>

namespace tocsin::notify {
namespace {

constexpr Words kEnglish{
    .language = "en",
    .since = "Since",
    .likely = "Likely",
    .do_first = "Do first",
    .runbook = "Runbook",
    .answer = "Answer",
    .service = "Service",
    .severity = "Severity",
    .incident = "Incident",
    .alert = "Alert",
    .answer_this = "Answer this page",
    .open = "Open",
    .acknowledge = "Acknowledge",
    .escalate = "Escalate",
    .resolve = "Resolve",
    .snooze = "Snooze",
    .snooze_half_hour = "Snooze 30 min",
    .repeated = "[repeated] ",
    .duplicate_page = "You may have had this page already: an earlier try may have arrived.",
    .duplicate_message = "You may have had this message already: an earlier try may have arrived.",
    .weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
};

constexpr Words kGerman{
    .language = "de",
    .since = "Seit",
    .likely = "Vermutlich",
    .do_first = "Zuerst",
    .runbook = "Runbook",
    .answer = "Antworten",
    .service = "Dienst",
    .severity = "Schweregrad",
    .incident = "Vorfall",
    .alert = "Alarm",
    .answer_this = "Antworten",
    .open =
        "\xc3\x96"
        "ffnen",
    .acknowledge = "Annehmen",
    .escalate = "Weitergeben",
    .resolve = "Erledigt",
    .snooze = "Sp\xc3\xa4ter",
    .snooze_half_hour = "In 30 min wieder",
    .repeated = "[wiederholt] ",
    .duplicate_page =
        "Vielleicht haben Sie diesen Alarm schon bekommen: ein fr\xc3\xbcherer "
        "Versuch k\xc3\xb6nnte angekommen sein.",
    .duplicate_message =
        "Vielleicht haben Sie diese Nachricht schon bekommen: ein fr\xc3\xbcherer "
        "Versuch k\xc3\xb6nnte angekommen sein.",
    .weekdays = {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
};

}  // namespace

std::string Words::link_is_yours(std::string_view person) const {
  return language == "de"
             ? fmt::format("Der Link geh\xc3\xb6rt Ihnen: wer ihn hat, antwortet als {}.", person)
             : fmt::format("The link is yours: whoever holds it answers as {}.", person);
}

std::string Words::who_has_it(std::string_view person) const {
  return language == "de" ? fmt::format("{} k\xc3\xbcmmert sich darum", person)
                          : fmt::format("{} has it", person);
}

std::string Words::since_text(Time t) const {
  const std::string rfc = to_rfc3339(t);  // 2026-11-22T21:37:00.123Z
  const std::chrono::weekday day(std::chrono::floor<days>(t));
  return fmt::format("{} {} {} UTC", weekdays[day.c_encoding()], rfc.substr(0, 10),
                     rfc.substr(11, 5));
}

const Words& words_of(std::string_view language) { return language == "de" ? kGerman : kEnglish; }

}  // namespace tocsin::notify
