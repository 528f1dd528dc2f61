#include "notify/answer_desk.h"

#include "notify/incident_room.h"
#include "notify/outbox_store.h"
#include "notify/render_words.h"
#include "notify/reply_code.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

const Words& refusing(const AnswerLanguages& languages) { return words_of(languages.refused); }

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
  Given given{.answer = answer, .snooze = snooze, .channel = channel};
  speak_to(who, given);
  std::string said;
  const Result<> done = parts_.engine.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(said, tell_pressed(tx, delivery, who, given));
    return {};
  });
  if (!done) return refusal(done.error(), given);
  return said;
}

Result<std::string> AnswerDesk::tell_pressed(Tx& tx, const std::string& delivery,
                                             const std::string& who, Given& given) {
  ASSIGN_OR_RETURN(const auto row, read_row(tx.sql(), delivery));
  if (!row) return not_found(std::string(refusing(given.languages).message_too_old));
  given.languages.done = row->delivery.language;
  if (!language_of(who)) given.languages.refused = row->delivery.language;
  const Subject& subject = row->delivery.subject;
  if (subject.kind == kRoomSubject) {
    if (!who.empty()) return tell(tx, subject.id, who, given);
    return fail(Code::kFailedPrecondition, std::string(refusing(given.languages).who_are_you));
  }
  if (subject.kind != kPageSubject) {
    return fail(Code::kFailedPrecondition, std::string(refusing(given.languages).wants_no_answer));
  }
  return tell(tx, subject.id, row->delivery.person.value(), given);
}

Result<std::string> AnswerDesk::by_page(const std::string& page, Answer answer, Duration snooze,
                                        std::string_view channel) {
  Given given{.answer = answer, .snooze = snooze, .channel = channel};
  std::string said;
  const Result<> done = parts_.engine.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto person, person_of_page(tx.sql(), page));
    if (!person) return not_found(std::string(refusing(given.languages).message_too_old));
    speak_to(*person, given);
    ASSIGN_OR_RETURN(said, tell(tx, page, *person, given));
    return {};
  });
  if (!done) return refusal(done.error(), given);
  return said;
}

Result<std::string> AnswerDesk::by_sms(const std::string& number, const std::string& text) {
  Given given{.channel = "sms"};
  std::string said;
  const Result<> done = parts_.engine.run(engine::Turn::kFirst, [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(said, tell_texted(tx, number, text, given));
    return {};
  });
  if (!done) return refusal(done.error(), given);
  return said;
}

// What is no answer is not refused but explained.
Result<std::string> AnswerDesk::tell_texted(Tx& tx, const std::string& number,
                                            const std::string& text, Given& given) {
  ASSIGN_OR_RETURN(const auto person, person_of_number(tx.sql(), number));
  if (!person) return not_found("no page went to this number");
  speak_to(*person, given);
  const Words& words = words_of(given.languages.done);
  const auto answer = parse_sms_answer(text);
  if (!answer) return std::string(words.not_understood);
  given.answer = answer->answer;
  given.snooze = answer->snooze;
  ASSIGN_OR_RETURN(const auto page, page_of_code(tx.sql(), number, answer->code, tx.now()));
  if (!page) {
    return answer->code == 0 ? std::string(words.not_understood) : words.no_such_page(answer->code);
  }
  speak_to(page->person, given);
  return tell(tx, page->page, page->person, given);
}

Result<std::string> AnswerDesk::tell(Tx& tx, const std::string& page, const std::string& person,
                                     const Given& given) {
  AnswerListener* const listener = listener_.load();
  if (listener == nullptr) {
    return fail(Code::kFailedPrecondition,
                std::string(refusing(given.languages).answers_not_taken));
  }
  const Duration wait = given.answer == Answer::kSnooze ? given.snooze : Duration(0);
  const store::Actor by{"link", person};
  ASSIGN_OR_RETURN(std::string said,
                   listener->on_answer(tx, page, given.answer, wait, by, given.languages));
  RETURN_IF_ERROR(
      tx.append({.happened = tx.now(),
                 .actor = by,
                 .kind = "page.answered",
                 .subject_kind = kPageSubject,
                 .subject_id = page,
                 .incident_id = {},
                 .data = {{"answer", name_of(given.answer)}, {"channel", given.channel}}}));
  return said;
}

std::optional<std::string> AnswerDesk::language_of(const std::string& person) const {
  if (!parts_.catalog || person.empty()) return std::nullopt;
  const auto catalog = parts_.catalog();
  const catalog::Person* known = catalog->person(catalog::PersonId(person));
  return known == nullptr ? std::nullopt : std::optional(known->language);
}

void AnswerDesk::speak_to(const std::string& person, Given& given) const {
  if (const auto language = language_of(person)) given.languages = {*language, *language};
}

std::unexpected<Error> AnswerDesk::refusal(Error error, const Given& given) const {
  const bool is_their_business =
      error.code == Code::kFailedPrecondition || error.code == Code::kNotFound ||
      error.code == Code::kInvalidArgument || error.code == Code::kPermissionDenied;
  if (is_their_business) return fail(std::move(error));
  parts_.log.error("an answer from a channel was lost", {{"error", error}});
  return fail(error.code, std::string(refusing(given.languages).answer_lost));
}

}  // namespace tocsin::notify
