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
    .not_understood =
        "Not understood. Answer with the number and letter of the message: 4a acknowledge, 4e "
        "escalate, 4r resolve, 4s snooze",
    .message_too_old = "This message is too old; open Tocsin to see what is going on",
    .wants_no_answer = "This message wants no answer",
    .unknown_button = "This button is not known any more",
    .who_are_you =
        "Tocsin does not know who you are; your id in Slack must stand in the catalog, as a "
        "contact slack_user",
    .answers_not_taken =
        "Answers from this channel are not taken here; open the link in the message",
    .answer_lost = "Tocsin could not take your answer; open the link in the message",
    .link_damaged =
        "this link is damaged or was not made here; open it again from the message, whole",
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
    .open = "Öffnen",
    .acknowledge = "Annehmen",
    .escalate = "Weitergeben",
    .resolve = "Erledigt",
    .snooze = "Später",
    .snooze_half_hour = "In 30 min wieder",
    .repeated = "[wiederholt] ",
    .duplicate_page =
        "Vielleicht haben Sie diesen Alarm schon bekommen: ein früherer Versuch könnte angekommen "
        "sein.",
    .duplicate_message =
        "Vielleicht haben Sie diese Nachricht schon bekommen: ein früherer "
        "Versuch könnte angekommen sein.",
    .weekdays = {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
    .not_understood =
        "Nicht verstanden. Antworten Sie mit Nummer und Buchstabe der Nachricht: 4a annehmen, 4e "
        "weitergeben, 4r erledigt, 4s später",
    .message_too_old = "Diese Nachricht ist zu alt; was gerade los ist, steht in Tocsin",
    .wants_no_answer = "Diese Nachricht braucht keine Antwort",
    .unknown_button = "Diesen Knopf gibt es nicht mehr",
    .who_are_you =
        "Tocsin weiß nicht, wer Sie sind; Ihre Kennung in Slack muss im Katalog stehen, als "
        "Kontakt slack_user",
    .answers_not_taken =
        "Antworten auf diesem Weg nimmt Tocsin hier nicht an; öffnen Sie den Link in der Nachricht",
    .answer_lost =
        "Tocsin konnte Ihre Antwort nicht annehmen; öffnen Sie den Link in der Nachricht",
    .link_damaged =
        "dieser Link ist beschädigt oder nicht von hier; öffnen Sie ihn noch einmal aus der "
        "Nachricht, und zwar ganz",
};

}  // namespace

std::string Words::link_is_yours(std::string_view person) const {
  return language == "de"
             ? fmt::format("Der Link gehört Ihnen: wer ihn hat, antwortet als {}.", person)
             : fmt::format("The link is yours: whoever holds it answers as {}.", person);
}

std::string Words::who_has_it(std::string_view person) const {
  return language == "de" ? fmt::format("{} kümmert sich darum", person)
                          : fmt::format("{} has it", person);
}

std::string Words::no_such_page(int code) const {
  return language == "de" ? fmt::format("An diese Nummer ging kein Alarm {}", code)
                          : fmt::format("There is no page {} for this number", code);
}

std::string Words::chat_is(std::string_view chat) const {
  return language == "de" ? fmt::format(
                                "Die Kennung dieses Chats ist {0}. Im Katalog: contacts: "
                                "[{{telegram: \"{0}\"}}]",
                                chat)
                          : fmt::format(
                                "The id of this chat is {0}. In the catalog: contacts: "
                                "[{{telegram: \"{0}\"}}]",
                                chat);
}

std::string Words::link_ended(Time end, std::string_view external_url) const {
  return language == "de"
             ? fmt::format("dieser Link galt bis {}; melden Sie sich unter {} an, um zu antworten",
                           to_rfc3339(end), external_url)
             : fmt::format("this link ended at {}; sign in at {} to answer", to_rfc3339(end),
                           external_url);
}

std::string Words::since_text(Time t) const {
  const std::string rfc = to_rfc3339(t);  // 2026-11-22T21:37:00.123Z
  const std::chrono::weekday day(std::chrono::floor<days>(t));
  return fmt::format("{} {} {} UTC", weekdays[day.c_encoding()], rfc.substr(0, 10),
                     rfc.substr(11, 5));
}

const Words& words_of(std::string_view language) { return language == "de" ? kGerman : kEnglish; }

}  // namespace tocsin::notify
