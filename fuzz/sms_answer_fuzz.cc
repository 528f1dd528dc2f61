// Answers by SMS, typed at night: what is read is within its bounds, and reads the same again.

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "notify/reply_code.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  using namespace tocsin::notify;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto answer = parse_sms_answer(text);
  if (!answer) return 0;
  if (answer->code < 0) bug("a code below zero");
  const bool is_snooze = answer->answer == Answer::kSnooze;
  if (is_snooze != (answer->snooze > Duration(0))) bug("a snooze without a time, or the other way");
  if (answer->snooze > hours(24)) bug("a snooze of more than a day");
  const char letter = "aers"[static_cast<int>(answer->answer)];
  const auto minutes_asked = std::chrono::duration_cast<minutes>(answer->snooze).count();
  const std::string again = fmt::format("{}{}", answer->code, letter) +
                            (is_snooze ? fmt::format(" {}", minutes_asked) : "");
  const auto read = parse_sms_answer(again);
  if (!read || read->code != answer->code || read->answer != answer->answer ||
      read->snooze != answer->snooze) {
    bug("an answer does not read the same when it is written plainly");
  }
  return 0;
}
