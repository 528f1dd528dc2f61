#include <fmt/format.h>

#include "base/text.h"
#include "receiver/providers.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// https://pushover.net/api#limits
constexpr size_t kMostTitleRunes = 250;
constexpr size_t kMostMessageRunes = 1024;
constexpr size_t kMostUrlRunes = 512;

// https://pushover.net/api#messages. The parameters are sent as a form, not in the URL as the
// reference does: there, proxies would write the keys into their logs.
class Pushover final : public HttpProvider {
 public:
  Pushover(routing::PushoverSettings settings, Templates templates, std::string url)
      : settings_(std::move(settings)), templates_(std::move(templates)), url_(std::move(url)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 private:
  const routing::PushoverSettings settings_;
  const Templates templates_;
  const std::string url_;
};

class Form {
 public:
  void add(std::string_view name, std::string_view value) {
    out_ += fmt::format("{}{}={}", out_.empty() ? "" : "&", name, url_encode(value));
  }
  void add(std::string_view name, Duration value) {
    add(name, std::to_string(std::chrono::floor<seconds>(value).count()));
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

Result<HttpPlan> Pushover::compose(const GroupMessage& message) const {
  const routing::PushoverSettings& s = settings_;
  MessageView view(*templates_, message);
  ASSIGN_OR_RETURN(const Secret read_token, s.token.read());
  ASSIGN_OR_RETURN(const Secret read_user, s.user_key.read());
  const Secret token = view.secret("token", read_token);
  const Secret user = view.secret("user_key", read_user);
  const std::string whole =
      s.html ? view.html("message", s.message) : view.text("message", s.message);
  const std::string cut = truncate_runes(whole, kMostMessageRunes);
  const std::string_view text = trim(cut);
  Form form;
  form.add("device", view.text("device", s.device));
  form.add("expire", s.expire);
  if (s.html) form.add("html", "1");
  form.add("message", text.empty() ? "(no details)" : text);  // an empty one is refused
  if (s.monospace) form.add("monospace", "1");
  form.add("priority", view.text("priority", s.priority));
  form.add("retry", s.retry);
  form.add("sound", view.text("sound", s.sound));
  form.add("title", truncate_runes(view.text("title", s.title), kMostTitleRunes));
  form.add("token", token.reveal());
  if (s.ttl >= seconds(1)) form.add("ttl", s.ttl);
  form.add("url", truncate_runes(view.text("url", s.url), kMostUrlRunes));
  form.add("url_title", view.text("url_title", s.url_title));
  form.add("user", user.reveal());
  RETURN_IF_ERROR(view.ok());
  HttpPlan plan;
  plan.mask.add(token);
  plan.mask.add(user);
  plan.requests.push_back({.url = Secret(url_),
                           .headers = {},
                           .content_type = "application/x-www-form-urlencoded",
                           .body = form.take()});
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_pushover(const routing::PushoverSettings& settings,
                                            Templates templates, std::string url) {
  return std::make_shared<Pushover>(settings, std::move(templates), std::move(url));
}

}  // namespace tocsin::receiver
