#include "notify/answer_desk.h"

#include <fmt/format.h>

#include "notify/incident_room.h"
#include "notify/outbox_store.h"
#include "notify/reply_code.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

constexpr std::string_view kHelp =
    "Not understood. Answer with the number and letter of the message: 4a acknowledge, 4e "
    "escalate, "
    "4r resolve, 4s snooze";

}  // namespace

std::string_view name_of(Answer answer) {
  switch (answer) {
    case Answer::kAcknowledge: return "acknowledge";
    case Answer::kEscalate: return "escalate";
    case Answer::kResolve: return "resolve";
    case Answer::kSnooze: return "snooze";
  }
  bug("unknown answer");
}

std::optional<Answer> parse_answer(std::string_view name) {
  for (const Answer answer :
       {Answer::kAcknowledge, Answer::kEscalate, Answer::kResolve, Answer::kSnooze}) {
    if (name == name_of(answer)) return answer;
  }
  return std::nullopt;
}

std::optional<Answer> answer_of_key(std::string_view digit) {
  if (digit == "1") return Answer::kAcknowledge;
  if (digit == "2") return Answer::kEscalate;
  if (digit == "3") return Answer::kResolve;
  if (digit == "4") return Answer::kSnooze;
  return std::nullopt;
}

Result<std::string> AnswerDesk::by_delivery(const std::string& delivery, Answer answer,
                                            Duration snooze, std::string_view channel) {
  return by_button(delivery, answer, snooze, channel, "");
}

Result<std::string> AnswerDesk::by_button(const std::string& delivery, Answer answer,
                                          Duration snooze, std::string_view channel,
                                          const std::string& who) {
  std::string said;
  RETURN_IF_ERROR(engine_.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto row, read_row(tx.sql(), delivery));
    if (!row) return not_found("This message is too old; open Tocsin to see what is going on");
    const Subject& subject = row->delivery.subject;
    if (subject.kind == kRoomSubject) {
      if (who.empty()) {
        return fail(Code::kFailedPrecondition,
                    "Tocsin does not know who you are; your id in Slack must stand in the catalog, "
                    "as a contact slack_user");
      }
      ASSIGN_OR_RETURN(said, tell(tx, subject.id, who, answer, snooze, channel));
      return {};
    }
    if (subject.kind != kPageSubject) {
      return fail(Code::kFailedPrecondition, "This message wants no answer");
    }
    ASSIGN_OR_RETURN(said,
                     tell(tx, subject.id, row->delivery.person.value(), answer, snooze, channel));
    return {};
  }));
  return said;
}

Result<std::string> AnswerDesk::by_page(const std::string& page, Answer answer, Duration snooze,
                                        std::string_view channel) {
  std::string said;
  RETURN_IF_ERROR(engine_.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto person, person_of_page(tx.sql(), page));
    if (!person) return not_found("This page is too old; open Tocsin to see what is going on");
    ASSIGN_OR_RETURN(said, tell(tx, page, *person, answer, snooze, channel));
    return {};
  }));
  return said;
}

Result<std::string> AnswerDesk::by_sms(const std::string& number, const std::string& text) {
  std::string said;
  RETURN_IF_ERROR(engine_.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const bool known, knows_number(tx.sql(), number));
    if (!known) return not_found("no page went to this number");
    const auto answer = parse_sms_answer(text);
    if (!answer) {
      said = kHelp;
      return {};
    }
    ASSIGN_OR_RETURN(const auto page, page_of_code(tx.sql(), number, answer->code, tx.now()));
    if (!page) {
      said = answer->code == 0 ? std::string(kHelp)
                               : fmt::format("There is no page {} for this number", answer->code);
      return {};
    }
    ASSIGN_OR_RETURN(said,
                     tell(tx, page->page, page->person, answer->answer, answer->snooze, "sms"));
    return {};
  }));
  return said;
}

Result<std::string> AnswerDesk::tell(Tx& tx, const std::string& page, const std::string& person,
                                     Answer answer, Duration snooze, std::string_view channel) {
  AnswerListener* const listener = listener_.load();
  if (listener == nullptr) {
    return fail(Code::kFailedPrecondition,
                "Answers from this channel are not taken here; open the link in the message");
  }
  const Duration wait = answer == Answer::kSnooze ? snooze : Duration(0);
  ASSIGN_OR_RETURN(std::string said,
                   listener->on_answer(tx, page, answer, wait, store::Actor{"link", person}));
  RETURN_IF_ERROR(tx.append({.happened = tx.now(),
                             .actor = store::Actor{"link", person},
                             .kind = "page.answered",
                             .subject_kind = kPageSubject,
                             .subject_id = page,
                             .incident_id = {},
                             .data = {{"answer", name_of(answer)}, {"channel", channel}}}));
  return said;
}

}  // namespace tocsin::notify
