#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/json.h"
#include "notify/channel.h"

namespace tocsin::notify {

// What Slack said to one call of its Web API.
struct SlackReply {
  // The codes decide what follows, as with a Transport: kUnavailable, kDeadlineExceeded and
  // kResourceExhausted may pass; kDeadlineExceeded says that it may have been done all the same.
  Result<codec::JsonObject> body = codec::JsonObject();
  std::string error;       // Slack's own word: name_taken, missing_scope; empty: there was none
  Duration asked_wait{0};  // Retry-After
};

// The Web API for what is no message: user groups and channels. Threading: call() from any thread;
// `done` exactly once, from any thread.
class SlackApi {
 public:
  using Form = std::vector<std::pair<std::string, std::string>>;
  using Done = std::move_only_function<void(SlackReply)>;

  virtual ~SlackApi() = default;
  // `method`: conversations.create. `channel` and `provider`: under what its health is noted
  // (ChannelHealth), such as slack_group and the group's id.
  virtual void call(std::string method, Form form, std::string channel, std::string provider,
                    Done done) = 0;
};

// With the app of tocsin.yaml (notify.slack); without one every call fails and says what to set.
std::unique_ptr<SlackApi> make_slack_api(Caller caller);

}  // namespace tocsin::notify
