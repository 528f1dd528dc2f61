#include "incident/page_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "incident/incident_store.h"

namespace tocsin::incident {
namespace {

using notify::Answer;

std::string said(Answer answer, size_t count, Duration snooze, const store::Actor& by) {
  const std::string what = count == 1 ? "it" : fmt::format("all {}", count);
  switch (answer) {
    case Answer::kAcknowledge: return fmt::format("{} has {}", by.name, what);
    case Answer::kEscalate: return fmt::format("the next people are rung for {}", what);
    case Answer::kResolve: return "it is resolved; everybody who was told hears of it";
    case Answer::kSnooze:
      return fmt::format("{} has {}; it rings again in {}", by.name, what, to_text(snooze));
  }
  bug("unknown answer");
}

}  // namespace

Result<std::string> PageAnswers::on_answer(engine::Tx& tx, const std::string& page_id,
                                           Answer answer, Duration snooze, const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto pages, pager_.pages_of(tx.sql(), page_id));
  if (pages.empty()) {
    ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), page_id));
    if (incident) return answer_incident(tx, page_id, answer, snooze, by);
  }
  return take_all(tx, pages, answer, snooze, by, false);
}

Result<std::string> PageAnswers::on_seen(engine::Tx& tx, const std::string& page_id, Answer answer,
                                         Duration snooze, const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto pages, pager_.pages_of(tx.sql(), page_id));
  return take_all(tx, pages, answer, snooze, by, true);
}

Result<std::string> PageAnswers::take_all(engine::Tx& tx, const std::vector<oncall::Page>& pages,
                                          Answer answer, Duration snooze, const store::Actor& by,
                                          bool is_seen) {
  if (pages.empty()) {
    return fail(Code::kNotFound, "the page that you answer is not known here any more");
  }
  if (answer == Answer::kResolve && pages.size() > 1) {
    return fail(
        Code::kFailedPrecondition,
        fmt::format("these are {} incidents; open the list and resolve each", pages.size()));
  }
  if (snooze <= Duration(0)) snooze = notify::kDefaultSnooze;
  size_t count = 0;
  std::optional<Error> refused;
  for (const oncall::Page& page : pages) {
    Result<> taken;
    if (answer == Answer::kEscalate && !is_seen) taken = check_is_played(tx, page);
    if (taken) taken = take(tx, page.incident_id, answer, snooze, by);
    if (taken) {
      ++count;
      continue;
    }
    // Of a bundle some may be over, or damaged; the others are answered all the same.
    const bool is_damaged = taken.error().code == Code::kDataLoss;
    if (taken.error().code != Code::kFailedPrecondition && !is_damaged) {
      return fail(std::move(taken.error()));
    }
    if (!refused) refused = std::move(taken.error());
  }
  if (count == 0 && refused) return fail(*std::move(refused));
  return said(answer, count, snooze, by);
}

Result<std::string> PageAnswers::answer_incident(engine::Tx& tx, const std::string& incident,
                                                 Answer answer, Duration snooze,
                                                 const store::Actor& by) {
  if (snooze <= Duration(0)) snooze = notify::kDefaultSnooze;
  RETURN_IF_ERROR(take(tx, incident, answer, snooze, by));
  return said(answer, 1, snooze, by);
}

// What is over, or seems to be, is refused for that.
Result<> PageAnswers::check_is_played(engine::Tx& tx, const oncall::Page& page) {
  ASSIGN_OR_RETURN(const auto now, pager_.standing(tx.sql(), page.incident_id));
  if (!now || now->state == oncall::EscalationState::kStopped) return {};
  ASSIGN_OR_RETURN(const bool is_played, pager_.is_played(tx.sql(), page));
  if (is_played) return {};
  return fail(Code::kFailedPrecondition,
              "the next people have been rung since this message; open its link to escalate "
              "further");
}

Result<> PageAnswers::take(engine::Tx& tx, const std::string& incident, Answer answer,
                           Duration snooze, const store::Actor& by) {
  switch (answer) {
    case Answer::kAcknowledge:
      return desk_.acknowledge(tx, incident, oncall::answers_as(by, by.name));
    case Answer::kEscalate: return desk_.escalate(tx, incident, by);
    case Answer::kResolve: return desk_.move(tx, incident, State::kResolved, "", by);
    case Answer::kSnooze:
      return desk_.snooze(tx, incident, snooze, oncall::answers_as(by, by.name));
  }
  bug("unknown answer");
}

}  // namespace tocsin::incident
