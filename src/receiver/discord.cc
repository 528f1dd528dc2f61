#include "receiver/json_text.h"
#include "receiver/providers.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
constexpr size_t kMostTitleRunes = 256;
constexpr size_t kMostMessageRunes = 4096;
constexpr size_t kMostContentRunes = 2000;
constexpr int kRed = 0x992d22;
constexpr int kGreen = 0x2ecc71;

// https://discord.com/developers/docs/resources/webhook#execute-webhook
class Discord final : public HttpProvider {
 public:
  Discord(routing::DiscordSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 protected:
  std::vector<int> also_retried() const override { return {429}; }

 private:
  const routing::DiscordSettings settings_;
  const Templates templates_;
};

Result<HttpPlan> Discord::compose(const GroupMessage& message) const {
  const routing::DiscordSettings& s = settings_;
  MessageView view(*templates_, message);
  JsonObject embed, body;
  embed.text("title", truncate_runes(view.text("title", s.title), kMostTitleRunes));
  embed.text("description", truncate_runes(view.text("message", s.message), kMostMessageRunes));
  embed.number("color", view.is_resolved() ? kGreen : kRed);
  body.text("content", truncate_runes(view.text("content", s.content), kMostContentRunes));
  body.raw("embeds", "[" + embed.take() + "]");
  body.text_if_any("username", view.text("username", s.username));
  body.text_if_any("avatar_url", view.text("avatar_url", s.avatar_url));
  RETURN_IF_ERROR(view.ok());
  ASSIGN_OR_RETURN(Secret url, s.webhook_url.read());
  HttpPlan plan;
  plan.requests.push_back({.url = std::move(url), .headers = {}, .body = body.take() + "\n"});
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_discord(const routing::DiscordSettings& settings,
                                           Templates templates) {
  return std::make_shared<Discord>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
