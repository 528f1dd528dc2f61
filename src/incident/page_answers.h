#pragma once

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
// What is pressed twice, or is repeated by a provider that was answered slowly, does not ring one
// step more: an answer escalates only while the step of its page is the one that is played.
class PageAnswers final : public notify::AnswerListener {
 public:
  PageAnswers(IncidentDesk& desk, oncall::Pager& pager) : desk_(desk), pager_(pager) {}

  Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, notify::Answer answer,
                                Duration snooze, const store::Actor& by) override;

  // The same from a view of how it stands, which the caller has compared: it escalates from there,
  // whichever step the page was of.
  Result<std::string> on_seen(engine::Tx& tx, const std::string& page_id, notify::Answer answer,
                              Duration snooze, const store::Actor& by);

 private:
  Result<std::string> take_all(engine::Tx& tx, const std::vector<oncall::Page>& pages,
                               notify::Answer answer, Duration snooze, const store::Actor& by,
                               bool is_seen);
  // In the channel of an incident.
  Result<std::string> answer_incident(engine::Tx& tx, const std::string& incident,
                                      notify::Answer answer, Duration snooze,
                                      const store::Actor& by);
  Result<> take(engine::Tx& tx, const std::string& incident, notify::Answer answer, Duration snooze,
                const store::Actor& by);
  Result<> check_is_played(engine::Tx& tx, const oncall::Page& page);

  IncidentDesk& desk_;
  oncall::Pager& pager_;
};

}  // namespace tocsin::incident
