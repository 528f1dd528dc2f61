#include <fmt/format.h>

#include <algorithm>

#include "notify/phone_channel.h"
#include "notify/provider_answer.h"
#include "notify/render.h"
#include "notify/render_short.h"

namespace tocsin::notify {
namespace {

class HttpTemplateChannel final : public Channel {
 public:
  HttpTemplateChannel(Caller caller, std::string provider, HttpText text)
      : caller_(std::move(caller)), provider_(std::move(provider)), text_(text) {}

  void send(const Delivery& delivery, OnTaken done) override {
    const HttpTemplate& http = caller_.config().http.at(provider_);
    const Template::Values values = values_of(delivery);
    net::HttpCall call = caller_.to_provider(http.url.render(values), "", http.body.render(values));
    call.method = http.method;
    call.headers.erase(call.headers.begin());  // the template says what the body is
    for (const auto& [name, value] : http.headers) {
      call.headers.emplace_back(name, value.render(values));
    }
    std::vector<Secret> secrets = http.secrets;
    caller_.call(
        std::move(call), delivery, provider_, std::move(secrets),
        [ok = http.ok_status, id_path = http.id_path, provider = provider_,
         said_by = fmt::format("{} {}", name_of(delivery.contact.kind), provider_)](
            const net::HttpAnswer& answer) -> Result<Taken> {
          const bool is_listed = std::ranges::find(ok, answer.status) != ok.end();
          const Result<> judged = judge_answer(said_by, answer.status, answer.body);
          if (!ok.empty() && !is_listed && judged) {
            return fail(
                Code::kFailedPrecondition,
                fmt::format("{} answered {}, which is not in ok_status", said_by, answer.status));
          }
          if (!is_listed && !judged) return fail(judged.error());
          Taken taken{.provider = provider};
          if (!id_path.empty()) taken.message_id = text_at(answer.body, id_path);
          return taken;
        },
        std::move(done));
  }

 private:
  std::string text_of(const Delivery& delivery) const {
    switch (text_) {
      case HttpText::kSms: return render_sms(delivery, false);
      case HttpText::kSpeech: return render_speech(delivery);
      case HttpText::kFull: return render_text(delivery);
    }
    bug("unknown text of a template");
  }
  Template::Values values_of(const Delivery& delivery) const {
    const Message& m = delivery.message;
    return {{"to", delivery.contact.address},
            {"text", text_of(delivery)},
            {"title", m.title},
            {"impact", m.impact},
            {"since", to_rfc3339(m.since)},
            {"likely", m.likely},
            {"first_step", m.first_step},
            {"runbook", m.runbook},
            {"answer_url", m.answer_url},
            {"incident_id", m.incident_id},
            {"alert_id", m.alert_id},
            {"service", m.service},
            {"severity", m.severity},
            {"person", delivery.person.value()},
            {"language", delivery.language},
            {"delivery", delivery.id},
            {"repeated", delivery.maybe_duplicate ? "true" : "false"}};
  }

  const Caller caller_;
  const std::string provider_;
  const HttpText text_;
};

}  // namespace

std::unique_ptr<Channel> make_http_template(Caller caller, std::string provider, HttpText text) {
  return std::make_unique<HttpTemplateChannel>(std::move(caller), std::move(provider), text);
}

}  // namespace tocsin::notify
