#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/engine.h"
#include "notify/slack_api.h"

namespace tocsin::notify {

// Calls of Slack's Web API for what is kept equal to something in the database, one at a time for
// each subject: two that overtake each other would leave the older state. Whoever calls sets a
// timer of their own for kAnswerWithin, in the same transaction: an answer that is lost, with the
// process or on the way, is asked for again by that.
//
// Threading: on the writer's thread, inside transactions. It must outlive the calls of `slack`.
class SlackTurns {
 public:
  // In a transaction of its own, on the writer's thread.
  using OnReply = std::function<Result<>(engine::Tx& tx, const SlackReply& reply)>;
  // Longer than any timeout of a call.
  static constexpr Duration kAnswerWithin = std::chrono::seconds(60);
  static constexpr Duration kWhileBusy = std::chrono::seconds(1);  // then it is looked at again

  // `health`: under what the calls are noted (SlackApi::call).
  SlackTurns(engine::Engine& engine, SlackApi& slack, std::string health)
      : engine_(engine), slack_(slack), health_(std::move(health)) {}

  // A call for the subject is under way, and its answer may still come.
  bool is_busy(const std::string& subject, Time now) const;
  // After the commit of `tx`. `provider` as SlackApi::call has it.
  void call(engine::Tx& tx, const std::string& subject, std::string method, SlackApi::Form form,
            std::string provider, OnReply handle);

 private:
  engine::Engine& engine_;
  SlackApi& slack_;
  const std::string health_;
  std::map<std::string, Time> begun_;  // by subject; after a restart there is none
};

}  // namespace tocsin::notify
