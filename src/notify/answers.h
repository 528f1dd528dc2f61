#pragma once

#include <string>

#include "engine/engine.h"

namespace tocsin::notify {

// What people answer from a channel: a reply to an SMS, a key on the telephone, a button in a chat.
enum class Answer { kAcknowledge, kEscalate, kResolve, kSnooze };
inline constexpr Duration kDefaultSnooze = minutes(30);  // where a button cannot say how long

// In which languages (en, de) somebody is told what came of an answer.
struct AnswerLanguages {
  std::string done = "en";     // that it counts: for all who see the message that was answered
  std::string refused = "en";  // why it does not: for who answered alone
};

// Implemented below (room incident), joined by the server. Called inside a transaction.
class AnswerListener {
 public:
  virtual ~AnswerListener() = default;
  // `page_id`: a page, a bundle, or an incident, where somebody answers in its channel. `snooze`
  // only with kSnooze.
  // What to tell whoever answered, in one line ("ada has it"). With a message for them, in their
  // language, kFailedPrecondition where it cannot be done (it is over, it cannot be resolved yet),
  // kNotFound when nobody is paged for it (any more), kInvalidArgument for a snooze of a length
  // that cannot be. Other errors are faults.
  virtual Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, Answer answer,
                                        Duration snooze, const store::Actor& by,
                                        const AnswerLanguages& languages) = 0;
};

}  // namespace tocsin::notify
