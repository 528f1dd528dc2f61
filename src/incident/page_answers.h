#pragma once

#include "incident/answer_words.h"
#include "incident/incident_desk.h"
#include "notify/answers.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// What people answer from a channel, by the rules of the incident: a reply to an SMS, a key on the
// telephone, a button in a chat.
//
// The answer to a bundle counts for all that its message told of and that is not over: acknowledge,
// escalate and snooze. Resolving wants a look at each, so a bundle cannot be resolved.
//
// Whoever answered is told in the language that is asked for, also why it was refused.
//
// What is pressed twice, or is repeated by a provider that was answered slowly, does not ring one
// step more: an answer escalates only while the step of its page is the one that is played.
class PageAnswers final : public notify::AnswerListener {
 public:
  PageAnswers(IncidentDesk& desk, oncall::Pager& pager) : desk_(desk), pager_(pager) {}

  Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, notify::Answer answer,
                                Duration snooze, const store::Actor& by,
                                const notify::AnswerLanguages& languages) override;

  // The same from a view of how it stands, which the caller has compared: it escalates from there,
  // whichever step the page was of.
  Result<std::string> on_seen(engine::Tx& tx, const std::string& page_id, notify::Answer answer,
                              Duration snooze, const store::Actor& by,
                              const notify::AnswerLanguages& languages);

 private:
  // One answer on its way.
  struct Asked {
    notify::Answer answer;
    Duration snooze;
    const store::Actor& by;
    Words done, refused;
    bool is_seen = false;
  };
  static Asked asked(notify::Answer answer, Duration snooze, const store::Actor& by,
                     const notify::AnswerLanguages& languages);

  Result<std::string> take_all(engine::Tx& tx, const std::vector<oncall::Page>& pages,
                               const Asked& asked);
  // For one incident. What the rules refuse is told in words.
  Result<> take(engine::Tx& tx, const std::string& incident, const Asked& asked);
  Result<> ask_desk(engine::Tx& tx, const std::string& incident, const Asked& asked);
  Result<> check_is_played(engine::Tx& tx, const oncall::Page& page, const Asked& asked);
  Result<std::string> why_not(engine::Tx& tx, const std::string& incident_id, const Error& refused,
                              const Asked& asked);

  IncidentDesk& desk_;
  oncall::Pager& pager_;
};

}  // namespace tocsin::incident
