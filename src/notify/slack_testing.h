#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "notify/slack_api.h"

// For tests only.
namespace tocsin::notify::testing {

// A Slack that answers what the test says, at once, and remembers what it was asked. Not
// thread-safe.
class ScriptedSlack final : public SlackApi {
 public:
  struct Call {
    std::string method;
    std::map<std::string, std::string> form;
    std::string provider;
  };
  // Nothing: no answer comes (yet); see answer().
  std::function<std::optional<SlackReply>(const Call&)> script = [](const Call&) { return ok(); };
  std::vector<Call> calls;

  static SlackReply ok(const std::string& json = "{}") {
    const auto body = codec::read_own_json(json);
    return {.body = body->get_object(), .error = {}};
  }
  static SlackReply refuses(const std::string& error, Code code = Code::kFailedPrecondition) {
    return {.body = fail(code, "slack answered " + error), .error = error};
  }

  void call(std::string method, Form form, std::string, std::string provider, Done done) override {
    calls.push_back({std::move(method), {form.begin(), form.end()}, std::move(provider)});
    auto reply = script(Call(calls.back()));
    if (reply) return done(*std::move(reply));
    open_.push_back(std::move(done));
  }
  // To the oldest call that has no answer yet; false: there is none.
  bool answer(SlackReply reply) {
    if (open_.empty()) return false;
    Done done = std::move(open_.front());
    open_.pop_front();
    done(std::move(reply));
    return true;
  }
  std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const Call& one : calls) out.push_back(one.method);
    return out;
  }

 private:
  std::deque<Done> open_;
};

}  // namespace tocsin::notify::testing
