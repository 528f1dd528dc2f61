#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notify/answers.h"
#include "store/database.h"

namespace tocsin::notify {

// Which page an answer by SMS means: "4a" acknowledges what was sent to this number as 4.
struct CodedPage {
  std::string page;
  std::string person;
  int code = 0;
};

// The code of this page for this number: the same for every try and every SMS about it. Codes are
// small, because people type them at night; one is given anew only after a week, or when 999 pages
// went to the number within that time.
Result<int> give_reply_code(store::Session& session, std::string_view number, std::string_view page,
                            std::string_view person, Time now);
// `code` 0: the only one of the last day; nothing when there are none or several.
Result<std::optional<CodedPage>> page_of_code(store::Session& session, std::string_view number,
                                              int code, Time now);
// Whom the newest page to this number was for; nothing when none went there.
Result<std::optional<std::string>> person_of_number(store::Session& session,
                                                    std::string_view number);
// Deletes codes given before `before`: telephone numbers are not kept longer than messages.
Result<> prune_reply_codes(store::Session& session, Time before);

// "4a", "a4", "4 ack", "4s 45" (minutes). `code` 0: none was given.
struct SmsAnswer {
  int code = 0;
  Answer answer = Answer::kAcknowledge;
  Duration snooze{0};  // with kSnooze
};
std::optional<SmsAnswer> parse_sms_answer(std::string_view text);

}  // namespace tocsin::notify
