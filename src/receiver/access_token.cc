#include "receiver/access_token.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/text.h"
#include "codec/json.h"
#include "notify/channel.h"
#include "receiver/http_call.h"
#include "receiver/retry_rule.h"

namespace tocsin::receiver {
namespace {

constexpr Duration kMargin = seconds(10);

struct Granted {
  Secret authorization;
  std::optional<Duration> lifetime;
};

std::string text_of(const codec::Node& answer, std::string_view field) {
  const codec::Node* value = answer.find(field);
  return value == nullptr ? "" : value->scalar;
}

// RFC 6749, sections 5.1 and 5.2. Some servers write the number of seconds as a text.
Result<Granted> read_answer(const net::HttpAnswer& answer) {
  const auto refused = [&](std::string_view what) {
    return fail(Code::kUnavailable, fmt::format("oauth2: token_url {}", what));
  };
  const Result<codec::Node> json = codec::parse_json(answer.body);
  if (answer.status / 100 != 2) {
    const std::string error = json ? text_of(*json, "error") : "";
    const std::string told = json ? text_of(*json, "error_description") : "";
    return refused(fmt::format("answered {}{}{}", answer.status,
                               error.empty() ? "" : ": " + one_line(error),
                               told.empty() ? "" : " (" + one_line(told) + ")"));
  }
  const std::string token = json ? text_of(*json, "access_token") : "";
  if (token.empty()) return refused("gave no access_token");
  const std::string type = text_of(*json, "token_type");
  Granted granted{
      .authorization = Secret(fmt::format(
          "{} {}", type.empty() || equal_ignoring_case(type, "bearer") ? "Bearer" : type, token)),
      .lifetime = std::nullopt};
  const std::string lifetime = text_of(*json, "expires_in");
  int64_t count = 0;
  const auto read = std::from_chars(lifetime.data(), lifetime.data() + lifetime.size(), count);
  constexpr int64_t kLongest = 10LL * 365 * 86400;
  if (read.ec == std::errc() && count > 0) granted.lifetime = seconds(std::min(count, kLongest));
  return granted;
}

}  // namespace

// One question, asked in at most two ways.
struct AccessToken::Asking {
  Time now;
  std::vector<std::pair<Naming, net::HttpCall>> calls;
  size_t next = 0;
  SecretMask mask;
  OnToken done;
};

AccessToken::AccessToken(net::Client& client, routing::OAuth2 settings, std::string user_agent)
    : client_(client), settings_(std::move(settings)), user_agent_(std::move(user_agent)) {}

std::optional<Secret> AccessToken::kept(Time now) const {
  const std::lock_guard lock(mutex_);
  if (authorization_.empty() || (end_ && now >= *end_)) return std::nullopt;
  return authorization_;
}

void AccessToken::forget(const Secret& authorization) {
  const std::lock_guard lock(mutex_);
  if (authorization_ == authorization) authorization_ = Secret();
}

void AccessToken::keep(const Secret& authorization, Duration lifetime, Time now) {
  const std::lock_guard lock(mutex_);
  authorization_ = authorization;
  end_ = lifetime > Duration(0) ? std::optional(now + lifetime - kMargin) : std::nullopt;
}

Result<net::HttpCall> AccessToken::call_of(Naming naming, Duration timeout,
                                           SecretMask& mask) const {
  ASSIGN_OR_RETURN(const Secret secret, settings_.client_secret.read());
  mask.add(secret);
  std::vector<std::pair<std::string, std::string>> form = {{"grant_type", "client_credentials"}};
  if (!settings_.scopes.empty()) form.emplace_back("scope", join(settings_.scopes, " "));
  for (const auto& [name, value] : settings_.endpoint_params) form.emplace_back(name, value);
  routing::HttpSettings http;
  http.tls = settings_.tls;
  http.proxy = settings_.proxy;
  if (naming == Naming::kHeader) {
    http.basic_auth = {.username = url_encode(settings_.client_id),
                       .username_file = "",
                       .password = {Secret(url_encode(secret.reveal())), ""}};
  } else {
    form.emplace_back("client_id", settings_.client_id);
    form.emplace_back("client_secret", secret.reveal());
  }
  return make_call(http,
                   {.url = Secret(settings_.token_url),
                    .headers = {{"Accept", Secret("application/json")}},
                    .content_type = notify::kFormType,
                    .body = notify::to_form(form)},
                   timeout, user_agent_, mask);
}

void AccessToken::ask(Time now, Duration timeout, SecretMask& mask, OnToken done) {
  auto asking = std::make_shared<Asking>();
  asking->now = now;
  asking->done = std::move(done);
  std::vector<Naming> ways = {Naming::kHeader, Naming::kForm};
  {
    const std::lock_guard lock(mutex_);
    if (naming_ == Naming::kForm) std::swap(ways[0], ways[1]);
  }
  for (const Naming naming : ways) {
    Result<net::HttpCall> call = call_of(naming, timeout / ways.size(), mask);
    if (!call) return asking->done(fail(std::move(call.error()).in("oauth2")));
    asking->calls.emplace_back(naming, *std::move(call));
  }
  asking->mask = mask;
  go_on(std::move(asking));
}

void AccessToken::go_on(std::shared_ptr<Asking> asking) {
  auto& [naming, call] = asking->calls[asking->next++];
  client_.call(std::move(call), [self = shared_from_this(), asking,
                                 naming = naming](Result<net::HttpAnswer> answer) {
    if (!answer) return asking->done(fail(std::move(answer.error()).in("oauth2")));
    Result<Granted> granted = read_answer(*answer);
    if (!granted) {
      // 400 or 401 may only mean that it wants the client named the other way.
      const bool may_be_the_way = answer->status == 400 || answer->status == 401;
      if (may_be_the_way && asking->next < asking->calls.size()) return self->go_on(asking);
      granted.error().message = asking->mask.masked(std::move(granted.error().message));
      return asking->done(fail(std::move(granted.error())));
    }
    {
      const std::lock_guard lock(self->mutex_);
      self->naming_ = naming;
    }
    self->keep(granted->authorization, granted->lifetime.value_or(Duration(0)), asking->now);
    asking->done(granted->authorization);
  });
}

}  // namespace tocsin::receiver
