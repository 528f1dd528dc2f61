#include "notify/slack_api.h"

#include <fmt/format.h>

#include "notify/provider_answer.h"
#include "notify/slack_app.h"

namespace tocsin::notify {
namespace {

class WebSlackApi final : public SlackApi {
 public:
  WebSlackApi(Caller caller, SlackAppConfig config)
      : caller_(std::move(caller)), config_(std::move(config)) {}

  void call(std::string method, Form form, std::string channel, std::string provider,
            Done done) override {
    // All methods take a form; those that read take nothing else
    // (https://docs.slack.dev/apis/web-api/).
    net::HttpCall http = caller_.to_provider(fmt::format("{}/api/{}", config_.url, method),
                                             kFormType, to_form(form));
    http.headers.emplace_back("Authorization", "Bearer " + config_.token.reveal());
    caller_.fetch(std::move(http), {config_.token},
                  [caller = caller_, channel = std::move(channel), provider = std::move(provider),
                   done = std::move(done)](Result<net::HttpAnswer> answer) mutable {
                    SlackReply reply = read(std::move(answer), caller.now());
                    caller.health().note(channel, provider, caller.now(),
                                         reply.body ? nullptr : &reply.body.error());
                    done(std::move(reply));
                  });
  }

 private:
  static SlackReply read(Result<net::HttpAnswer> answer, Time now) {
    SlackReply reply;
    if (!answer) {
      reply.body = fail(answer.error());
      return reply;
    }
    if (const auto wait = answer->headers.find("retry-after"); wait != answer->headers.end()) {
      reply.asked_wait = read_retry_after(wait->second, now);
    }
    reply.error = text_at(answer->body, "error");
    if (const Result<> judged = judge_slack(*answer); !judged) {
      reply.body = fail(judged.error());
      return reply;
    }
    auto json = codec::read_own_json(answer->body);
    if (json && json->is_object()) {
      reply.body = json->get_object();
    } else {
      reply.body = fail(Code::kUnavailable, "slack answered no JSON object");
    }
    return reply;
  }

  const Caller caller_;
  const SlackAppConfig config_;
};

class MissingSlackApi final : public SlackApi {
 public:
  void call(std::string, Form, std::string, std::string, Done done) override {
    done({.body = fail(Code::kFailedPrecondition, "set notify.slack.token in tocsin.yaml"),
          .error = {}});
  }
};

}  // namespace

std::unique_ptr<SlackApi> make_slack_api(Caller caller) {
  const std::optional<SlackAppConfig> config = caller.config().slack;
  if (!config) return std::make_unique<MissingSlackApi>();
  return std::make_unique<WebSlackApi>(std::move(caller), *config);
}

}  // namespace tocsin::notify
