#include "notify/chat_channels.h"
#include "notify/mime.h"
#include "notify/render.h"
#include "notify/render_short.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

constexpr size_t kTextLimit = 3000;  // bytes; a whole card may have 28 KB
constexpr size_t kMostActions = 6;
constexpr size_t kUrlLimit = 1500;

// Runs of text and not text blocks: those read Markdown, and a text of an alert could fake a link.
JsonObject text_block(std::string_view label, std::string_view text) {
  JsonArray runs;
  if (!label.empty()) {
    runs.push_back(
        JsonObject{{"type", "TextRun"}, {"text", std::string(label) + " "}, {"weight", "bolder"}});
  }
  runs.push_back(
      JsonObject{{"type", "TextRun"}, {"text", utf8_prefix(repair_utf8(text), kTextLimit)}});
  return {{"type", "RichTextBlock"}, {"inlines", std::move(runs)}};
}

void add_action(JsonArray& actions, std::string_view title, const std::string& url) {
  if (!is_web_link(url) || url.size() > kUrlLimit || actions.size() >= kMostActions) return;
  actions.push_back(JsonObject{
      {"type", "Action.OpenUrl"}, {"title", utf8_prefix(repair_utf8(title), 100)}, {"url", url}});
}

JsonObject card_of(const Delivery& delivery) {
  const Message& m = delivery.message;
  const Words& words = words_of(delivery.language);
  JsonArray body;
  if (delivery.maybe_duplicate) body.push_back(text_block("", duplicate_note(delivery)));
  JsonObject title{{"type", "TextRun"},
                   {"text", utf8_prefix(repair_utf8(m.title), kTextLimit)},
                   {"weight", "bolder"},
                   {"size", "large"}};
  if (m.is_page) title["color"] = "attention";
  body.push_back(JsonObject{{"type", "RichTextBlock"}, {"inlines", JsonArray{std::move(title)}}});
  const auto add = [&](std::string_view label, std::string_view text) {
    if (!text.empty()) body.push_back(text_block(label, text));
  };
  add("", m.impact);
  add(words.since, words.since_text(m.since));
  add(words.likely, m.likely);
  add(words.do_first, m.first_step);
  add("", m.service + (m.severity.empty() ? "" : " ") + m.severity +
              (m.incident_id.empty() ? "" : " ") + m.incident_id);
  JsonArray actions;
  add_action(actions, words.answer_this, m.answer_url);
  add_action(actions, words.runbook, m.runbook);
  for (const catalog::Link& link : m.links) add_action(actions, link.name, link.url);
  return {{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
          {"type", "AdaptiveCard"},
          {"version", "1.4"},
          {"fallbackText", utf8_prefix(marked_title(delivery), 300)},
          {"msteams", {{"width", "Full"}}},
          {"body", std::move(body)},
          {"actions", std::move(actions)}};
}

class TeamsChannel final : public Channel {
 public:
  explicit TeamsChannel(Caller caller) : caller_(std::move(caller)) {}

  void send(const Delivery& delivery, OnTaken done) override {
    JsonObject attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                          {"contentUrl", nullptr},
                          {"content", card_of(delivery)}};
    const JsonObject body{{"type", "message"}, {"attachments", JsonArray{std::move(attachment)}}};
    caller_.call(caller_.to_contact(delivery.contact, delivery.contact.address, kJsonType,
                                    codec::to_text(body)),
                 delivery, "teams", {}, {}, std::move(done));
  }

 private:
  const Caller caller_;
};

}  // namespace

std::unique_ptr<Channel> make_teams_channel(Caller caller) {
  return std::make_unique<TeamsChannel>(std::move(caller));
}

}  // namespace tocsin::notify
