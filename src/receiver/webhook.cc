#include "gotemplate/functions.h"
#include "receiver/json_text.h"
#include "receiver/node_json.h"
#include "receiver/providers.h"

namespace tocsin::receiver {
namespace {

// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
class Webhook final : public HttpProvider {
 public:
  Webhook(routing::WebhookSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 private:
  const routing::WebhookSettings settings_;
  const Templates templates_;
};

// Version 4 of the payload: the data of templates and four fields more.
std::string standard_body(const MessageView& view, const GroupMessage& message) {
  std::string body = gotemplate::json_text(view.data());
  body.pop_back();  // the closing brace; there are fields before it
  body += ",\"version\":\"4\",\"groupKey\":" + json_text(message.group_key);
  return body + ",\"truncatedAlerts\":" + std::to_string(view.left_out()) + "}";
}

Result<HttpPlan> Webhook::compose(const GroupMessage& message) const {
  const size_t most = settings_.max_alerts == 0 ? message.alerts.size() : settings_.max_alerts;
  MessageView view(*templates_, message, most);
  HttpRequest request;
  request.body = settings_.payload ? render_node(*settings_.payload, "payload", view)
                                   : standard_body(view, message);
  request.body += '\n';  // as Go's encoder ends a document
  ASSIGN_OR_RETURN(const Secret url, settings_.url.read());
  request.url = view.secret("url", url);
  if (request.url.empty()) view.refuse("url", "is empty once its template is executed");
  if (message.maybe_duplicate) {
    request.headers.emplace_back("X-Tocsin-Maybe-Duplicate", Secret("1"));
  }
  RETURN_IF_ERROR(view.ok());
  HttpPlan plan;
  plan.requests.push_back(std::move(request));
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_webhook(const routing::WebhookSettings& settings,
                                           Templates templates) {
  return std::make_shared<Webhook>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
