#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace tocsin::notify {

// What Tocsin itself adds to messages, in one language. What alerts and people say stays in the
// language in which they say it. Immutable.
struct Words {
  std::string_view language;  // en, de: also the `lang` of HTML
  // Labels, without a colon.
  std::string_view since, likely, do_first, runbook, answer, service, severity, incident, alert;
  std::string_view answer_this;  // of a link
  std::string_view open;         // of a button that opens the page
  std::string_view acknowledge, escalate, resolve, snooze, snooze_half_hour;  // of buttons
  std::string_view repeated;                           // a mark before a title, with a space
  std::string_view duplicate_page, duplicate_message;  // the first line of a marked message
  std::string_view weekdays[7];                        // from Sunday
  // What somebody is told who answers; sentences without the full stop.
  std::string_view not_understood;  // of an SMS: how it is done
  std::string_view message_too_old, wants_no_answer, unknown_button, who_are_you;
  std::string_view answers_not_taken;  // by this channel
  std::string_view answer_lost;        // a fault of ours, or of the database
  std::string_view link_damaged;

  // "The link is yours: whoever holds it answers as ada."
  std::string link_is_yours(std::string_view person) const;
  std::string who_has_it(std::string_view person) const;
  // No page with this number was sent to theirs.
  std::string no_such_page(int code) const;
  // What a bot says of the chat in which it was started.
  std::string chat_is(std::string_view chat) const;
  std::string link_ended(Time end, std::string_view external_url) const;
  // "Sun 2026-11-22 21:37 UTC"
  std::string since_text(Time t) const;
};

// A language that is not known (any more) reads English.
const Words& words_of(std::string_view language);

}  // namespace tocsin::notify
