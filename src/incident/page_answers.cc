#include "incident/page_answers.h"

#include "alert/alert_store.h"
#include "incident/incident_store.h"
#include "incident/lifecycle.h"

namespace tocsin::incident {
namespace {

using notify::Answer;
using oncall::Pager;

std::string said(Answer answer, size_t count, Duration snooze, const std::string& name,
                 const Words& words) {
  const bool is_one = count == 1;
  switch (answer) {
    case Answer::kAcknowledge:
      return is_one ? words.say("{} has it", "{} kümmert sich darum", name)
                    : words.say("{} has all {}", "{} kümmert sich um alle {}", name, count);
    case Answer::kEscalate:
      return is_one ? std::string(words("the next people are rung for it",
                                        "die Nächsten werden dafür gerufen"))
                    : words.say("the next people are rung for all {}",
                                "die Nächsten werden für alle {} gerufen", count);
    case Answer::kResolve:
      return std::string(words("it is resolved; everybody who was told hears of it",
                               "es ist behoben; alle, die gerufen wurden, erfahren es"));
    case Answer::kSnooze: {
      const std::string time = words.how_long(snooze);
      return is_one ? words.say("{} has it; it rings again in {}",
                                "{} kümmert sich darum; in {} wird wieder gerufen", name, time)
                    : words.say("{} has all {}; it rings again in {}",
                                "{} kümmert sich um alle {}; in {} wird wieder gerufen", name,
                                count, time);
    }
  }
  bug("unknown answer");
}

// What the rules decided, and no fault.
bool is_refusal(const Error& error) {
  return error.code == Code::kFailedPrecondition || error.code == Code::kInvalidArgument ||
         error.code == Code::kNotFound;
}

}  // namespace

PageAnswers::Asked PageAnswers::asked(Answer answer, Duration snooze, const store::Actor& by,
                                      const notify::AnswerLanguages& languages) {
  return {.answer = answer,
          .snooze = snooze > Duration(0) ? snooze : notify::kDefaultSnooze,
          .by = by,
          .done = Words(languages.done),
          .refused = Words(languages.refused)};
}

Result<std::string> PageAnswers::on_answer(engine::Tx& tx, const std::string& page_id,
                                           Answer answer, Duration snooze, const store::Actor& by,
                                           const notify::AnswerLanguages& languages) {
  const Asked all = asked(answer, snooze, by, languages);
  ASSIGN_OR_RETURN(const auto pages, pager_.pages_of(tx.sql(), page_id));
  if (pages.empty()) {
    ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), page_id));
    if (incident) {
      RETURN_IF_ERROR(take(tx, page_id, all));
      return said(answer, 1, all.snooze, by.name, all.done);
    }
  }
  return take_all(tx, pages, all);
}

Result<std::string> PageAnswers::on_seen(engine::Tx& tx, const std::string& page_id, Answer answer,
                                         Duration snooze, const store::Actor& by,
                                         const notify::AnswerLanguages& languages) {
  Asked all = asked(answer, snooze, by, languages);
  all.is_seen = true;
  ASSIGN_OR_RETURN(const auto pages, pager_.pages_of(tx.sql(), page_id));
  return take_all(tx, pages, all);
}

Result<std::string> PageAnswers::take_all(engine::Tx& tx, const std::vector<oncall::Page>& pages,
                                          const Asked& asked) {
  if (pages.empty()) {
    return not_found(std::string(
        asked.refused("The page that you answer is not known here any more",
                      "Der Alarm, auf den Sie antworten, ist hier nicht mehr bekannt")));
  }
  if (asked.answer == Answer::kResolve && pages.size() > 1) {
    return fail(Code::kFailedPrecondition,
                asked.refused.say("These are {} incidents; open the list and resolve each",
                                  "Das sind {} Vorfälle; beheben Sie jeden einzeln in der Liste",
                                  pages.size()));
  }
  size_t count = 0;
  std::optional<Error> refused;
  for (const oncall::Page& page : pages) {
    Result<> taken = check_is_played(tx, page, asked);
    if (taken) taken = take(tx, page.incident_id, asked);
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
  return said(asked.answer, count, asked.snooze, asked.by.name, asked.done);
}

// What is over, or seems to be, is refused for that.
Result<> PageAnswers::check_is_played(engine::Tx& tx, const oncall::Page& page,
                                      const Asked& asked) {
  if (asked.answer != Answer::kEscalate || asked.is_seen) return {};
  ASSIGN_OR_RETURN(const auto now, pager_.standing(tx.sql(), page.incident_id));
  if (!now || now->state == oncall::EscalationState::kStopped) return {};
  ASSIGN_OR_RETURN(const bool is_played, pager_.is_played(tx.sql(), page));
  if (is_played) return {};
  return fail(Code::kFailedPrecondition,
              std::string(asked.refused(
                  "The next people have been rung since this message; open its link to escalate "
                  "further",
                  "Seit dieser Nachricht sind die Nächsten schon gerufen worden; öffnen Sie ihren "
                  "Link, um noch einmal weiterzugeben")));
}

Result<> PageAnswers::take(engine::Tx& tx, const std::string& incident, const Asked& asked) {
  const Result<> taken = ask_desk(tx, incident, asked);
  if (taken || !is_refusal(taken.error())) return taken;
  ASSIGN_OR_RETURN(std::string why, why_not(tx, incident, taken.error(), asked));
  return fail(taken.error().code, std::move(why));
}

Result<> PageAnswers::ask_desk(engine::Tx& tx, const std::string& incident, const Asked& asked) {
  const store::Actor& by = asked.by;
  switch (asked.answer) {
    case Answer::kAcknowledge:
      return desk_.acknowledge(tx, incident, oncall::answers_as(by, by.name));
    case Answer::kEscalate: return desk_.escalate(tx, incident, by);
    case Answer::kResolve: return desk_.move(tx, incident, State::kResolved, "", by);
    case Answer::kSnooze:
      return desk_.snooze(tx, incident, asked.snooze, oncall::answers_as(by, by.name));
  }
  bug("unknown answer");
}

// The rules speak English, to programs and logs. Whoever answered is told by how it stands.
Result<std::string> PageAnswers::why_not(engine::Tx& tx, const std::string& incident_id,
                                         const Error& refused, const Asked& asked) {
  const Words& words = asked.refused;
  ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), incident_id));
  if (!incident) {
    return std::string(words("Its incident is not known here any more",
                             "Der Vorfall dazu ist hier nicht mehr bekannt"));
  }
  if (refused.code == Code::kInvalidArgument) {
    return words.say("An incident is snoozed for {} to {}",
                     "Ein Vorfall kann für {} bis {} zurückgestellt werden",
                     words.how_long(Pager::kShortestSnooze), words.how_long(Pager::kLongestSnooze));
  }
  if (!is_open(incident->state)) {
    return words.say("Incident {} has ended", "Vorfall {} ist zu Ende", incident->number);
  }
  if (refused.code == Code::kNotFound) {
    return words.say("Nobody is paged for incident {}", "Für Vorfall {} wird niemand gerufen",
                     incident->number);
  }
  if (asked.answer == Answer::kResolve) {
    ASSIGN_OR_RETURN(const int64_t firing, alert::count_firing_pages(tx.sql(), incident_id));
    return words.say("Incident {} can be resolved when its alerts are over; {} still on",
                     "Vorfall {} kann behoben werden, wenn seine Alarme vorbei sind; es bestehen "
                     "noch {}",
                     incident->number, firing);
  }
  if (asked.answer == Answer::kEscalate) {
    return words.say("No alert of incident {} fires any more; it rings by itself if one does again",
                     "Kein Alarm von Vorfall {} besteht mehr; kommt einer wieder, wird von selbst "
                     "gerufen",
                     incident->number);
  }
  // Its escalation has ended before it.
  return words.say("Nobody is paged for incident {} any more",
                   "Für Vorfall {} wird niemand mehr gerufen", incident->number);
}

}  // namespace tocsin::incident
