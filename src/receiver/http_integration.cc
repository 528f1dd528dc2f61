#include "receiver/http_integration.h"

#include <algorithm>
#include <optional>

#include "receiver/access_token.h"
#include "receiver/retry_rule.h"

namespace tocsin::receiver {
namespace {

using Done = std::move_only_function<void(Sent)>;

// One message under way: it holds all that it needs, so that a reload may drop the integration.
struct Sending : std::enable_shared_from_this<Sending> {
  net::Client& client;
  std::shared_ptr<HttpProvider> provider;
  GroupMessage message;
  SecretMask mask;
  std::vector<net::HttpCall> calls;
  size_t next = 0;
  std::shared_ptr<AccessToken> token;   // null: http_config has no oauth2
  std::optional<Secret> authorization;  // by that token
  Duration token_timeout{0};
  Done done;

  Sending(net::Client& c, std::shared_ptr<HttpProvider> p, GroupMessage m, Done d)
      : client(c), provider(std::move(p)), message(std::move(m)), done(std::move(d)) {}

  // With a token, if one is wanted, and then the rest.
  void begin() {
    if (!token) return go_on();
    if (auto kept = token->kept(message.now)) return go_on_with(*std::move(kept));
    token->ask(message.now, token_timeout, mask, [self = shared_from_this()](Result<Secret> given) {
      if (!given) return self->done(std::unexpected(failure_of(given.error())));
      self->go_on_with(*std::move(given));
    });
  }

  // "Bearer abc": a provider may repeat all of it, or the token alone.
  void go_on_with(Secret given) {
    mask.add(given);
    const std::string_view text = given.reveal();
    mask.add(text.substr(text.find(' ') + 1));
    authorization = std::move(given);
    go_on();
  }

  void go_on() {
    if (next == calls.size()) return done({});
    if (authorization && !has_header(calls[next], "Authorization")) {
      calls[next].headers.emplace_back("Authorization", authorization->reveal());
    }
    client.call(std::move(calls[next]),
                [self = shared_from_this()](Result<net::HttpAnswer> answer) { self->end(answer); });
  }

  void end(const Result<net::HttpAnswer>& answer) {
    Sent sent =
        answer ? provider->judge(*answer) : Sent(std::unexpected(failure_of(answer.error())));
    const size_t index = next++;
    if (sent) {
      provider->taken(message, index, *answer);
      return go_on();
    }
    // The token was taken back before its time: the next try asks for another one.
    if (authorization && answer && answer->status == 401) {
      token->forget(*authorization);
      sent.error().retry = true;
    }
    sent.error().error.message = mask.masked(std::move(sent.error().error.message));
    provider->refused(message, index, sent.error());
    done(std::move(sent));
  }
};

class HttpIntegration final : public Integration {
 public:
  HttpIntegration(HttpSetup setup, std::shared_ptr<HttpProvider> provider, const Tools& tools)
      : setup_(std::move(setup)),
        provider_(std::move(provider)),
        client_(tools.client),
        user_agent_(tools.user_agent) {
    if (setup_.http.oauth2) {
      token_ = std::make_shared<AccessToken>(client_, *setup_.http.oauth2, user_agent_);
    }
  }

  std::string_view kind() const override { return setup_.kind; }
  int index() const override { return setup_.index; }
  bool send_resolved() const override { return setup_.send_resolved; }
  Duration longest_try() const override {
    return setup_.timeout > Duration(0) ? setup_.timeout : Integration::longest_try();
  }
  void send(const GroupMessage& message, Duration timeout, Done done) override {
    Result<HttpPlan> plan = provider_->compose(message);
    if (!plan) return done(std::unexpected(refusal(std::move(plan.error()))));
    if (setup_.timeout > Duration(0)) timeout = std::min(timeout, setup_.timeout);
    // Nothing here reads a clock: all requests together keep the timeout.
    const size_t parts = std::max<size_t>(plan->requests.size(), 1) + (token_ ? 1 : 0);
    const Duration each = timeout / parts;
    auto sending = std::make_shared<Sending>(client_, provider_, message, std::move(done));
    sending->mask = std::move(plan->mask);
    sending->token = token_;
    sending->token_timeout = each;
    for (HttpRequest& request : plan->requests) {
      auto call = make_call(setup_.http, std::move(request), each, user_agent_, sending->mask);
      if (!call) return sending->done(std::unexpected(refusal(std::move(call.error()))));
      sending->calls.push_back(*std::move(call));
    }
    sending->begin();
  }

 private:
  const HttpSetup setup_;
  const std::shared_ptr<HttpProvider> provider_;
  net::Client& client_;
  const std::string user_agent_;
  std::shared_ptr<AccessToken> token_;  // null: http_config has no oauth2
};

}  // namespace

Sent HttpProvider::judge(const net::HttpAnswer& answer) const {
  return judge_status(answer.status, also_retried(), one_line(answer.body));
}

void HttpProvider::taken(const GroupMessage&, size_t, const net::HttpAnswer&) {}
void HttpProvider::refused(const GroupMessage&, size_t, SendFailure&) {}

std::unique_ptr<Integration> make_http_integration(HttpSetup setup,
                                                   std::shared_ptr<HttpProvider> provider,
                                                   const Tools& tools) {
  return std::make_unique<HttpIntegration>(std::move(setup), std::move(provider), tools);
}

}  // namespace tocsin::receiver
