#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "codec/json.h"
#include "receiver/json_text.h"
#include "receiver/plain_text.h"
#include "receiver/providers.h"
#include "receiver/retry_rule.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// https://core.telegram.org/bots/api#sendmessage: of what is shown, after the markup is read.
constexpr size_t kMostRunes = 4096;
constexpr size_t kMostBytes = 1 << 15;  // with the markup

class Telegram final : public HttpProvider {
 public:
  Telegram(routing::TelegramSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;
  Sent judge(const net::HttpAnswer& answer) const override;

 private:
  Result<std::string> chat() const;

  const routing::TelegramSettings settings_;
  const Templates templates_;
};

struct Shown {
  std::string text;
  std::string parse_mode;
};

// HTML that is too long cannot be cut without breaking its tags: then the text is shown without
// markup. The reference says only that it could not be sent.
Shown fit(std::string text, const std::string& parse_mode) {
  if (parse_mode != "HTML") return {truncate_runes(text, kMostRunes), parse_mode};
  const std::string plain = plain_text(text);
  if (text.size() <= kMostBytes && count_runes(plain) <= kMostRunes) {
    return {std::move(text), parse_mode};
  }
  return {truncate_runes(plain, kMostRunes), ""};
}

Result<std::string> Telegram::chat() const {
  if (settings_.chat_id_file.empty()) return std::to_string(settings_.chat_id);
  ASSIGN_OR_RETURN(const Secret read,
                   (routing::SecretSource{Secret(), settings_.chat_id_file}.read()));
  const std::string& text = read.reveal();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(Code::kFailedPrecondition,
                fmt::format("chat_id_file: {} holds no number", settings_.chat_id_file));
  }
  return text;
}

Result<HttpPlan> Telegram::compose(const GroupMessage& message) const {
  const routing::TelegramSettings& s = settings_;
  MessageView view(*templates_, message);
  const Shown shown = fit(
      s.parse_mode == "HTML" ? view.html("message", s.message) : view.text("message", s.message),
      s.parse_mode);
  RETURN_IF_ERROR(view.ok());
  ASSIGN_OR_RETURN(const Secret token, s.bot_token.read());
  ASSIGN_OR_RETURN(const std::string chat_id, chat());
  // All values are texts, as the reference's library sends them.
  JsonObject body;
  body.text("chat_id", chat_id);
  if (s.disable_notifications) body.text("disable_notification", "true");
  body.text("disable_web_page_preview", "true");
  if (s.message_thread_id != 0) {
    body.text("message_thread_id", std::to_string(s.message_thread_id));
  }
  body.text_if_any("parse_mode", shown.parse_mode);
  body.text("text", shown.text);
  HttpPlan plan;
  plan.mask.add(token);
  std::string base = s.api_url;
  while (base.ends_with('/')) base.pop_back();
  plan.requests.push_back({.url = Secret(fmt::format("{}/bot{}/sendMessage", base, token.reveal())),
                           .headers = {},
                           .body = body.take() + "\n"});
  return plan;
}

// {"ok":false,"error_code":400,"description":"..."}, whatever the status is.
Sent Telegram::judge(const net::HttpAnswer& answer) const {
  const auto json = codec::parse_json(answer.body);
  int status = answer.status;
  std::string told = one_line(answer.body);
  if (json) {
    const codec::Node* ok = json->find("ok");
    if (ok != nullptr && ok->scalar == "false" && status / 100 == 2) status = 400;
    const codec::Node* code = json->find("error_code");
    if (code != nullptr) {
      std::from_chars(code->scalar.data(), code->scalar.data() + code->scalar.size(), status);
    }
    if (const codec::Node* why = json->find("description")) told = one_line(why->scalar);
  }
  constexpr int kRetried[] = {429};
  Sent sent = judge_status(status, kRetried, told);
  if (!sent && status == 429) sent.error().reason = "rateLimited";
  return sent;
}

}  // namespace

std::shared_ptr<HttpProvider> make_telegram(const routing::TelegramSettings& settings,
                                            Templates templates) {
  return std::make_shared<Telegram>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
