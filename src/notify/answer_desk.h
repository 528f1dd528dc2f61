#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "notify/answers.h"

namespace tocsin::notify {

// Where answers from all channels come in: it finds the page and the person that are meant and
// hands the answer on. What it returns, done or refused, is a text for whoever answered, in their
// language; what it cannot help (a fault of ours, or of the database) is logged, and said in
// general words under the code of the fault. Thread-safe; never called from the writer's thread.
class AnswerDesk {
 public:
  struct Parts {
    engine::Engine& engine;
    Log& log;
    // Who speaks which language; null: all are told in English where no message says otherwise.
    // Thread-safe.
    std::function<std::shared_ptr<const catalog::Catalog>()> catalog = nullptr;
  };
  explicit AnswerDesk(Parts parts) : parts_(std::move(parts)) {}

  // Set while wiring. Without a listener every answer is refused with a text that says so.
  void listen(AnswerListener& listener) { listener_ = &listener; }

  // By the id of a delivery, which only a signed callback or our own button holds; in the language
  // of its message. kNotFound when it is not known (any more), kFailedPrecondition when it was no
  // page.
  Result<std::string> by_delivery(const std::string& delivery, Answer answer, Duration snooze,
                                  std::string_view channel);
  // The same, pressed in a room by somebody; empty: by somebody who is not known, which only a page
  // takes, for its answer counts as that of whom it was sent to. What counts is told in the
  // language of the room, a refusal in that of who pressed.
  Result<std::string> by_button(const std::string& delivery, Answer answer, Duration snooze,
                                std::string_view channel, const std::string& who);
  // By the page of a signed link.
  Result<std::string> by_page(const std::string& page, Answer answer, Duration snooze,
                              std::string_view channel);
  // An SMS from a number. kNotFound for a number that no page went to: say nothing.
  Result<std::string> by_sms(const std::string& number, const std::string& text);

 private:
  // One answer on its way.
  struct Given {
    Answer answer = Answer::kAcknowledge;
    Duration snooze{0};
    std::string_view channel;
    AnswerLanguages languages{};
  };
  Result<std::string> tell(engine::Tx& tx, const std::string& page, const std::string& person,
                           const Given& given);
  Result<std::string> tell_pressed(engine::Tx& tx, const std::string& delivery,
                                   const std::string& who, Given& given);
  Result<std::string> tell_texted(engine::Tx& tx, const std::string& number,
                                  const std::string& text, Given& given);
  // Nothing: the person is not in the catalog.
  std::optional<std::string> language_of(const std::string& person) const;
  void speak_to(const std::string& person, Given& given) const;
  std::unexpected<Error> refusal(Error error, const Given& given) const;

  const Parts parts_;
  std::atomic<AnswerListener*> listener_ = nullptr;
};

std::string_view name_of(Answer answer);                    // acknowledge
std::optional<Answer> parse_answer(std::string_view name);  // the same
// 1 acknowledge, 2 escalate, 3 resolve, 4 snooze.
std::optional<Answer> answer_of_key(std::string_view digit);

}  // namespace tocsin::notify
