#include <fmt/format.h>

#include "notify/answer_token.h"
#include "notify/chat_channels.h"
#include "notify/mime.h"
#include "notify/provider_answer.h"
#include "notify/render_short.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

constexpr size_t kTextLimit = 3000;  // bytes; ntfy makes a file of more than 4,096

class NtfyChannel final : public Channel {
 public:
  explicit NtfyChannel(Caller caller) : caller_(std::move(caller)) {}

  void send(const Delivery& delivery, OnTaken done) override {
    const catalog::Contact& contact = delivery.contact;
    // JSON is posted to the server itself and names the topic.
    const size_t slash = contact.address.rfind('/');
    const size_t host = contact.address.find("://");
    if (slash == std::string::npos || host == std::string::npos || slash < host + 3 ||
        slash + 1 == contact.address.size()) {
      return done(fail(Code::kInvalidArgument,
                       fmt::format("{}: the contact must be the URL of a topic, such as "
                                   "https://ntfy.sh/TOPIC",
                                   who(contact))));
    }
    const JsonObject body = body_of(delivery, contact.address.substr(slash + 1));
    net::HttpCall http = caller_.to_contact(delivery.contact, contact.address.substr(0, slash + 1),
                                            kJsonType, codec::to_text(body));
    if (!contact.secret.empty()) {
      http.headers.emplace_back("Authorization", "Bearer " + contact.secret.reveal());
    }
    caller_.call(
        std::move(http), delivery, "ntfy", {},
        [said_by = who(contact)](const net::HttpAnswer& answer) -> Result<Taken> {
          RETURN_IF_ERROR(judge_answer(said_by, answer.status, answer.body));
          return Taken{.message_id = text_at(answer.body, "id")};
        },
        std::move(done));
  }

 private:
  JsonObject body_of(const Delivery& delivery, const std::string& topic) const {
    const Message& m = delivery.message;
    JsonObject body{{"topic", topic},
                    {"title", utf8_prefix(marked_title(delivery), 250)},
                    {"message", render_brief(delivery, kTextLimit)},
                    {"priority", m.is_page ? 5 : 3}};
    if (m.is_page) body["tags"] = JsonArray{"rotating_light"};
    if (is_web_link(m.answer_url)) body["click"] = m.answer_url;
    const std::string_view token = answer_token(m);
    if (!m.is_page || token.empty()) return body;
    const Words& words = words_of(delivery.language);
    JsonArray actions;
    for (const auto& [label, answer] :
         {std::pair(words.acknowledge, "acknowledge"), std::pair(words.escalate, "escalate"),
          std::pair(words.snooze, "snooze")}) {
      actions.push_back(JsonObject{
          {"action", "http"},
          {"label", label},
          {"url",
           fmt::format("{}/hooks/answer/{}/{}", caller_.config().external_url, token, answer)},
          {"method", "POST"},
          {"clear", true}});
    }
    body["actions"] = std::move(actions);  // three are the most that it shows
    return body;
  }

  const Caller caller_;
};

}  // namespace

std::unique_ptr<Channel> make_ntfy_channel(Caller caller) {
  return std::make_unique<NtfyChannel>(std::move(caller));
}

}  // namespace tocsin::notify
