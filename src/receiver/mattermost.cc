#include "base/text.h"
#include "receiver/json_text.h"
#include "receiver/providers.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

constexpr size_t kMostTextRunes = 16'383;  // of a post

// https://developers.mattermost.com/integrate/webhooks/incoming/
class Mattermost final : public HttpProvider {
 public:
  Mattermost(routing::MattermostSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 protected:
  std::vector<int> also_retried() const override { return {429}; }

 private:
  std::string attachments(MessageView& view) const;

  const routing::MattermostSettings settings_;
  const Templates templates_;
};

std::string fields_of(const std::vector<routing::MattermostField>& fields, MessageView& view) {
  std::vector<std::string> out;
  for (const routing::MattermostField& field : fields) {
    JsonObject object;
    object.text_if_any("title", view.text("fields.title", field.title));
    object.text_if_any("value", view.text("fields.value", field.value));
    if (field.is_short) object.flag("short", *field.is_short);
    out.push_back(object.take());
  }
  return json_list(out);
}

std::string attachment_json(const routing::MattermostAttachment& a, MessageView& view) {
  JsonObject out;
  out.text_if_any("fallback", view.text("fallback", a.fallback));
  out.text_if_any("color", view.text("color", a.color));
  out.text_if_any("pretext", view.text("pretext", a.pretext));
  out.text_if_any("text", truncate_runes(view.text("text", a.text), kMostTextRunes));
  out.text_if_any("author_name", view.text("author_name", a.author_name));
  out.text_if_any("author_link", view.text("author_link", a.author_link));
  out.text_if_any("author_icon", view.text("author_icon", a.author_icon));
  out.text_if_any("title", view.text("title", a.title));
  out.text_if_any("title_link", view.text("title_link", a.title_link));
  if (!a.fields.empty()) out.raw("fields", fields_of(a.fields, view));
  out.text_if_any("thumb_url", view.text("thumb_url", a.thumb_url));
  out.text_if_any("footer", view.text("footer", a.footer));
  out.text_if_any("footer_icon", view.text("footer_icon", a.footer_icon));
  out.text_if_any("image_url", view.text("image_url", a.image_url));
  return out.take();
}

std::string Mattermost::attachments(MessageView& view) const {
  std::vector<std::string> out;
  for (const routing::MattermostAttachment& a : settings_.attachments) {
    out.push_back(attachment_json(a, view));
  }
  if (out.empty()) out.push_back(attachment_json(settings_.attachment, view));
  return json_list(out);
}

// Mattermost refuses what does not fit together: acknowledgement only above standard, persistent
// notifications only for urgent.
std::string priority_json(const routing::MattermostPriority& priority, MessageView& view) {
  std::string level = to_lower(view.text("priority", priority.priority));
  if (level != "urgent" && level != "important") level = "standard";
  JsonObject out;
  out.text("priority", level);
  if (priority.requested_ack && level != "standard") out.flag("requested_ack", true);
  if (priority.persistent_notifications && level == "urgent") {
    out.flag("persistent_notifications", true);
  }
  return out.take();
}

Result<HttpPlan> Mattermost::compose(const GroupMessage& message) const {
  const routing::MattermostSettings& s = settings_;
  MessageView view(*templates_, message);
  JsonObject body, props;
  body.text_if_any("channel", view.text("channel", s.channel));
  body.text_if_any("username", view.text("username", s.username));
  body.text_if_any("icon_url", view.text("icon_url", s.icon_url));
  body.text_if_any("icon_emoji", view.text("icon_emoji", s.icon_emoji));
  body.raw("attachments", attachments(view));
  body.text_if_any("type", view.text("type", s.type));
  if (s.card && !s.card->empty()) {
    body.raw("props", props.text("card", view.text("props.card", *s.card)).take());
  }
  if (s.priority && !s.priority->priority.empty()) {
    body.raw("priority", priority_json(*s.priority, view));
  }
  RETURN_IF_ERROR(view.ok());
  ASSIGN_OR_RETURN(Secret url, s.webhook_url.read());
  HttpPlan plan;
  plan.requests.push_back({.url = std::move(url), .headers = {}, .body = body.take() + "\n"});
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_mattermost(const routing::MattermostSettings& settings,
                                              Templates templates) {
  return std::make_shared<Mattermost>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
