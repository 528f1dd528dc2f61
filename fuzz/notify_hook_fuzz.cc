// What providers call with: Twilio's and Slack's forms, Slack's and Telegram's JSON. The first byte
// chooses whose it is. Whatever comes, what is read can be stored and shown again.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "net/http.h"
#include "notify/hooks.h"
#include "notify/http_template.h"
#include "notify/slack_app.h"
#include "notify/twilio.h"

namespace {

using namespace tocsin;
using namespace tocsin::notify;

void check(bool holds, const char* what) {
  if (!holds) bug(what);
}

void check_text(const std::string& text) {
  check(is_valid_utf8(text), "a text that cannot be stored was read");
}

void read_twilio(std::string_view body) {
  net::Request request;
  request.body = body;
  const auto form = request.form();
  const Secret token("12345");
  constexpr std::string_view kUrl = "https://tocsin.example.org/hooks/twilio/twilio-a/sms";
  check(is_from_twilio(token, kUrl, form, sign_twilio(token, kUrl, form)),
        "what the token signed is not known again");
  auto other = form;
  other["Extra"] += "1";
  check(!is_from_twilio(token, kUrl, other, sign_twilio(token, kUrl, form)),
        "a field that was added went through");
  for (const auto& [name, value] : form) {
    static_cast<void>(receipt_of_message(value));
    static_cast<void>(receipt_of_call(value));
    const std::string said = twiml_sms(value);
    check(said.find("<Response") != std::string::npos, "an answer is no TwiML");
    static_cast<void>(twiml_say("de", value));
  }
}

void read_slack(const std::string& payload) {
  const auto press = read_slack_press(payload);
  if (!press || !*press) return;
  for (const std::string& text :
       {(*press)->delivery, (*press)->channel, (*press)->ts, (*press)->user}) {
    check_text(text);
  }
  check(codec::parse_json(codec::to_text(codec::Json((*press)->blocks))).has_value(),
        "the blocks of a message cannot be sent back");
}

void read_telegram(std::string_view body) {
  const TelegramUpdate update = read_telegram_update(body);
  check_text(update.started_in);
  check_text(update.query);
  check_text(update.delivery);
  check(update.answer || update.delivery.empty(), "a delivery without an answer");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 't': read_twilio(body); break;
    case 's': read_slack(body); break;
    case 'f': {
      net::Request request;
      request.body = body;
      const auto form = request.form();
      if (const auto payload = form.find("payload"); payload != form.end()) {
        read_slack(payload->second);
      }
      break;
    }
    default: read_telegram(body);
  }
  return 0;
}
