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
class PageAnswers final : public notify::AnswerListener {
 public:
  PageAnswers(IncidentDesk& desk, oncall::Pager& pager) : desk_(desk), pager_(pager) {}

  Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, notify::Answer answer,
                                Duration snooze, const store::Actor& by) override;

 private:
  // In the channel of an incident.
  Result<std::string> answer_incident(engine::Tx& tx, const std::string& incident,
                                      notify::Answer answer, Duration snooze,
                                      const store::Actor& by);
  Result<> take(engine::Tx& tx, const std::string& incident, notify::Answer answer, Duration snooze,
                const store::Actor& by);

  IncidentDesk& desk_;
  oncall::Pager& pager_;
};

}  // namespace tocsin::incident
