#include <algorithm>

#include "receiver/json_text.h"
#include "receiver/providers.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// About 28 KB are taken; beyond that the answer is 413 and nobody is told:
// https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
constexpr size_t kMostBytes = 28'000;

// A workflow of Power Automate that takes an adaptive card:
// https://learn.microsoft.com/en-us/connectors/teams/#adaptivecarditemschema
class MsTeamsV2 final : public HttpProvider {
 public:
  MsTeamsV2(routing::MsTeamsV2Settings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 protected:
  std::vector<int> also_retried() const override { return {429}; }

 private:
  const routing::MsTeamsV2Settings settings_;
  const Templates templates_;
};

std::string card(std::string_view title, std::string_view text, bool is_resolved) {
  JsonObject head, rest, width, content;
  head.text("type", "TextBlock").text("text", title).text("weight", "Bolder");
  head.text("size", "Medium").flag("wrap", true).text("style", "heading");
  head.text("color", is_resolved ? "Good" : "Attention");
  rest.text("type", "TextBlock").text("text", text).flag("wrap", true);
  content.text("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  content.text("type", "AdaptiveCard").text("version", "1.2");
  content.raw("body", json_list(std::vector{head.take(), rest.take()}));
  content.raw("msteams", width.text("width", "full").take());
  return content.take();
}

std::string body_of(std::string_view title, std::string_view text, bool is_resolved) {
  JsonObject attachment, body;
  attachment.text("contentType", "application/vnd.microsoft.card.adaptive");
  attachment.raw("contentUrl", "null").raw("content", card(title, text, is_resolved));
  body.text("type", "message").raw("attachments", "[" + attachment.take() + "]");
  return body.take() + "\n";
}

Result<HttpPlan> MsTeamsV2::compose(const GroupMessage& message) const {
  MessageView view(*templates_, message);
  const std::string title = view.text("title", settings_.title);
  const std::string text = view.text("text", settings_.text);
  RETURN_IF_ERROR(view.ok());
  ASSIGN_OR_RETURN(Secret url, settings_.webhook_url.read());
  std::string body = body_of(title, text, view.is_resolved());
  // How long a text is as JSON depends on what is in it.
  for (size_t most = std::min(text.size(), kMostBytes); body.size() > kMostBytes && most > 0;) {
    most -= std::max<size_t>(most / 8, 1);
    body = body_of(title, truncate_bytes(text, most), view.is_resolved());
  }
  HttpPlan plan;
  plan.requests.push_back({.url = std::move(url), .headers = {}, .body = std::move(body)});
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_msteamsv2(const routing::MsTeamsV2Settings& settings,
                                             Templates templates) {
  return std::make_shared<MsTeamsV2>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
