#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "notify/answers.h"

namespace tocsin::notify {

// Where answers from all channels come in: it finds the page and the person that are meant and
// hands the answer on. All messages are for whoever answered. Thread-safe; never called from the
// writer's thread.
class AnswerDesk {
 public:
  explicit AnswerDesk(engine::Engine& engine) : engine_(engine) {}

  // Set while wiring. Without a listener every answer is refused with a text that says so.
  void listen(AnswerListener& listener) { listener_ = &listener; }

  // By the id of a delivery, which only a signed callback or our own button holds. kNotFound when
  // it is not known (any more), kFailedPrecondition when it was no page.
  Result<std::string> by_delivery(const std::string& delivery, Answer answer, Duration snooze,
                                  std::string_view channel);
  // The same, pressed in the channel of an incident by somebody; empty: by somebody who is not
  // known, which only a page takes, whose answer counts as that of whom it was sent to.
  Result<std::string> by_button(const std::string& delivery, Answer answer, Duration snooze,
                                std::string_view channel, const std::string& who);
  // By the page of a signed link.
  Result<std::string> by_page(const std::string& page, Answer answer, Duration snooze,
                              std::string_view channel);
  // An SMS from a number. kNotFound for a number that no page went to: say nothing.
  Result<std::string> by_sms(const std::string& number, const std::string& text);

 private:
  Result<std::string> tell(engine::Tx& tx, const std::string& page, const std::string& person,
                           Answer answer, Duration snooze, std::string_view channel);

  engine::Engine& engine_;
  std::atomic<AnswerListener*> listener_ = nullptr;
};

std::string_view name_of(Answer answer);                    // acknowledge
std::optional<Answer> parse_answer(std::string_view name);  // the same
// 1 acknowledge, 2 escalate, 3 resolve, 4 snooze.
std::optional<Answer> answer_of_key(std::string_view digit);

}  // namespace tocsin::notify
