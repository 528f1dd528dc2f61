#pragma once

#include <string>

#include "engine/engine.h"

namespace tocsin::notify {

// What people answer from a channel: a reply to an SMS, a key on the telephone, a button in a chat.
enum class Answer { kAcknowledge, kEscalate, kResolve, kSnooze };
inline constexpr Duration kDefaultSnooze = minutes(30);  // where a button cannot say how long

// Implemented below (room incident), joined by the server. Called inside a transaction.
class AnswerListener {
 public:
  virtual ~AnswerListener() = default;
  // `page_id`: a page, a bundle, or an incident, where somebody answers in its channel.
  // What to tell whoever answered, in one line ("ada has it"); kFailedPrecondition with a message
  // for them where it cannot be done (it is over, it cannot be resolved yet). `snooze` only with
  // kSnooze.
  virtual Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, Answer answer,
                                        Duration snooze, const store::Actor& by) = 0;
};

}  // namespace tocsin::notify
