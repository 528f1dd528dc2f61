#include "notify/twilio.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"
#include "notify/address.h"
#include "notify/mime.h"
#include "notify/render_short.h"

namespace tocsin::notify {
namespace {

constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string hmac_sha1(std::string_view key, std::string_view text) {
  std::string mac(20, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  mac.resize(size);
  return mac;
}

// The URL with its default port added, or with its port taken away.
std::string with_other_port(std::string_view url) {
  const std::string_view host = host_of(url);
  const size_t end = static_cast<size_t>(host.data() - url.data()) + host.size();
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    return fmt::format("{}{}", url.substr(0, end - (host.size() - colon)), url.substr(end));
  }
  return fmt::format("{}:{}{}", url.substr(0, end), url.starts_with("https") ? 443 : 80,
                     url.substr(end));
}

std::string_view voice_language(std::string_view language) {
  return language == "de" ? "de-DE" : "en-US";
}

// XML knows no control characters, not even escaped.
std::string xml_text(std::string_view text) {
  std::string out = repair_utf8(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = ' ';
  }
  return escape_html(out);
}

std::string say(std::string_view language, std::string_view text) {
  return fmt::format("<Say language=\"{}\">{}</Say>", voice_language(language), xml_text(text));
}

}  // namespace

std::string sign_twilio(const Secret& token, std::string_view url,
                        const std::map<std::string, std::string>& form) {
  std::string text(url);
  for (const auto& [name, value] : form) {
    text += name;
    text += value;
  }
  return base64(hmac_sha1(token.reveal(), text));
}

bool is_from_twilio(const Secret& token, std::string_view url,
                    const std::map<std::string, std::string>& form, std::string_view signature) {
  const bool as_it_is = equal_constant_time(sign_twilio(token, url, form), signature);
  const bool with_port =
      equal_constant_time(sign_twilio(token, with_other_port(url), form), signature);
  return as_it_is || with_port;
}

std::optional<Receipt> receipt_of_message(std::string_view status) {
  if (status == "delivered") return Receipt::kDelivered;
  if (status == "read") return Receipt::kRead;
  if (status == "undelivered" || status == "failed" || status == "canceled") {
    return Receipt::kUndelivered;
  }
  return std::nullopt;  // accepted, scheduled, queued, sending, sent
}

std::optional<Receipt> receipt_of_call(std::string_view status) {
  if (status == "in-progress" || status == "answered" || status == "completed") {
    return Receipt::kDelivered;
  }
  if (status == "busy" || status == "no-answer" || status == "failed" || status == "canceled") {
    return Receipt::kUndelivered;
  }
  return std::nullopt;  // queued, initiated, ringing
}

std::string twiml_call(const Delivery& delivery, std::string_view action) {
  const std::string speech = say(delivery.language, render_speech(delivery));
  if (!delivery.message.is_page) {
    return fmt::format("{}<Response>{}</Response>", kXml, speech);
  }
  // Said twice: who was asleep misses the first.
  return fmt::format(
      "{0}<Response><Gather numDigits=\"1\" timeout=\"8\" action=\"{1}\" method=\"POST\">{2}"
      "<Pause length=\"2\"/>{2}</Gather></Response>",
      kXml, xml_text(action), speech);
}

std::string twiml_say(std::string_view language, std::string_view text) {
  return fmt::format("{}<Response>{}<Hangup/></Response>", kXml, say(language, text));
}

std::string twiml_sms(std::string_view text) {
  if (text.empty()) return fmt::format("{}<Response/>", kXml);
  return fmt::format("{}<Response><Message>{}</Message></Response>", kXml, xml_text(text));
}

}  // namespace tocsin::notify
