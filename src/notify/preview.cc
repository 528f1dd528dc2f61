#include "notify/preview.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/client.h"
#include "net/http.h"
#include "notify/address.h"
#include "notify/channels.h"
#include "notify/mime.h"
#include "notify/push_channel.h"
#include "notify/render.h"

namespace tocsin::notify {
namespace {

using Kind = catalog::Contact::Kind;

// Takes every call and keeps it to itself.
class Recorder final : public net::Client {
 public:
  void call(net::HttpCall call, OnAnswer done) override {
    calls.push_back(std::move(call));
    done(net::HttpAnswer{.status = 200, .headers = {}, .body = "{}"});
  }
  void send(net::Mail mail, OnMail done) override {
    mails.push_back(std::move(mail));
    done({});
  }
  std::vector<net::HttpCall> calls;
  std::vector<net::Mail> mails;
};

// Whatever tocsin.yaml holds that must not be seen.
std::vector<std::string> secrets_of(const NotifyConfig& config) {
  std::vector<std::string> out;
  for (const auto& [name, twilio] : config.twilio) out.push_back(twilio.token.reveal());
  for (const auto& [name, http] : config.http) {
    for (const Secret& secret : http.secrets) out.push_back(secret.reveal());
  }
  if (config.smtp) out.push_back(config.smtp->password.reveal());
  if (config.telegram) out.push_back(config.telegram->token.reveal());
  if (config.pushover) out.push_back(config.pushover->token.reveal());
  if (config.slack) out.push_back(config.slack->token.reveal());
  return out;
}

class Masker {
 public:
  Masker(const catalog::Contact& contact, const NotifyConfig& config)
      : contact_(contact), secrets_(secrets_of(config)) {}

  // What tocsin.yaml holds, as it stands there.
  std::string without_settings(std::string text) const {
    for (const std::string& secret : secrets_) mask_word(text, secret);
    return text;
  }

  std::string operator()(std::string text) const {
    text = without_settings(std::move(text));
    if (contact_.kind != Kind::kMail) mask_word(text, url_encode(contact_.address));
    text = without_secrets(std::move(text), contact_);
    // The topic is named by itself.
    if (contact_.kind == Kind::kNtfy) {
      const size_t slash = contact_.address.rfind('/');
      if (slash != std::string::npos) mask_word(text, contact_.address.substr(slash + 1));
    }
    return text;
  }

 private:
  const catalog::Contact& contact_;
  const std::vector<std::string> secrets_;
};

// "Body=SEV-1%20checkout&To=%2B49" as a line each field.
std::string form_lines(const std::string& body) {
  net::Request request;
  request.body = body;
  request.headers.add("Content-Type", kFormType);
  std::string out;
  for (const auto& [name, value] : request.form()) out += fmt::format("{}: {}\n", name, value);
  return out;
}

bool is_key(std::string_view header) {
  return equal_ignoring_case(header, "authorization") ||
         equal_ignoring_case(header, "x-tocsin-signature");
}

void show_call(ContactPreview& out, const net::HttpCall& call, const Masker& masked) {
  out.method = call.method;
  out.host = std::string(host_of(call.url));
  std::string type;
  for (const auto& [name, value] : call.headers) {
    if (equal_ignoring_case(name, "content-type")) type = value;
    out.headers.emplace_back(name, is_key(name) ? "<secret>" : masked(value));
  }
  const bool is_form = type.starts_with(kFormType);
  out.format = is_form ? "form" : type.starts_with("application/json") ? "json" : "text";
  // A secret that a template has in a form stands there encoded: once decoded nobody would know it.
  out.text = masked(is_form ? form_lines(masked.without_settings(call.body)) : call.body);
  if (!call.body.empty()) return;
  // A provider that takes all of it in the URL.
  out.format = "text";
  out.text = masked(call.url.substr(call.url.find(out.host) + out.host.size()));
}

}  // namespace

ContactPreview preview_contact(const Delivery& delivery, const NotifyConfig& config,
                               const Clock& clock, const PushBook* book) {
  const catalog::Contact& contact = delivery.contact;
  ContactPreview out{.contact = contact.name,
                     .channel = std::string(name_of(contact.kind)),
                     .to = shown_address(contact)};
  const Masker masked(contact, config);
  if (contact.kind == Kind::kPush) {
    out.format = "push";
    out.text = push_payload(delivery, config.external_url);
    if (book == nullptr || book->of(delivery.person.value()).empty()) {
      out.problem = fmt::format("{} has subscribed no browser", delivery.person.value());
    }
    return out;
  }
  Recorder recorder;
  ChannelTransport transport(recorder, clock, config);
  std::optional<Error> refused;
  transport.send(delivery, [&refused](const Result<Taken>& taken) {
    // The recorder's answer is no provider's, so what a channel makes of it says nothing.
    if (!taken) refused = taken.error();
  });
  if (!recorder.mails.empty()) {
    out.format = "mail";
    out.host = std::string(host_of(recorder.mails.front().server));
    // As the reader of plain text sees it; the other part of the mail says the same as HTML.
    out.text =
        masked(fmt::format("Subject: {}\n\n{}", delivery.message.title, render_text(delivery)));
  } else if (!recorder.calls.empty()) {
    show_call(out, recorder.calls.front(), masked);
  } else if (refused) {
    out.problem = masked(refused->message);
  }
  return out;
}

std::string preview_link(const std::string& external_url) {
  return external_url + "/p/PREVIEW-this-link-leads-nowhere";
}

Message sample_message(Time now, const std::string& external_url) {
  Message message;
  message.title = "SEV-1 checkout: customers cannot pay";
  message.impact = "412 payments have failed, 96% of all. This is a preview: nothing is wrong.";
  message.since = now;
  message.likely = "deploy 4f2c of payment, 3 min before";
  message.first_step = "roll payment back";
  message.runbook = "https://runbooks.example.org/checkout";
  message.answer_url = preview_link(external_url);
  message.incident_id = "inc_preview";
  message.service = "checkout";
  message.severity = "SEV-1";
  message.links = {{"Board", "https://grafana.example.org/d/checkout"}};
  return message;
}

codec::JsonObject to_json(const ContactPreview& preview) {
  codec::JsonObject out{{"contact", preview.contact},
                        {"channel", preview.channel},
                        {"to", preview.to},
                        {"format", preview.format},
                        {"text", repair_utf8(preview.text)}};
  if (!preview.problem.empty()) out["problem"] = preview.problem;
  if (!preview.host.empty()) out["host"] = preview.host;
  if (preview.method.empty()) return out;
  out["method"] = preview.method;
  codec::JsonObject headers;
  for (const auto& [name, value] : preview.headers) headers[name] = repair_utf8(value);
  out["headers"] = std::move(headers);
  return out;
}

}  // namespace tocsin::notify
