#include <fmt/format.h>

#include "base/text.h"
#include "notify/phone_channel.h"
#include "notify/provider_answer.h"
#include "notify/render_short.h"
#include "notify/twilio.h"

namespace tocsin::notify {
namespace {

constexpr Duration kReceiptsWithin = minutes(10);

using Form = std::vector<std::pair<std::string, std::string>>;

// {"sid": "SM...", "status": "queued", "error_code": null}
Result<Taken> judge(const net::HttpAnswer& answer, const std::string& said_by,
                    const std::string& provider) {
  RETURN_IF_ERROR(judge_answer(said_by, answer.status, answer.body));
  const std::string status = text_at(answer.body, "status");
  if (status == "failed" || status == "undelivered" || status == "canceled") {
    return fail(Code::kFailedPrecondition, fmt::format("{} answered status {}, error {}", said_by,
                                                       status, text_at(answer.body, "error_code")));
  }
  return Taken{.provider = provider,
               .message_id = text_at(answer.body, "sid"),
               .receipts_within = kReceiptsWithin};
}

class TwilioChannel final : public Channel {
 public:
  enum class What { kSms, kVoice };

  TwilioChannel(Caller caller, std::string provider, What what)
      : caller_(std::move(caller)), provider_(std::move(provider)), what_(what) {}

  void send(const Delivery& delivery, OnTaken done) override {
    const Form form = what_ == What::kSms ? sms_form(delivery) : call_form(delivery);
    net::HttpCall http = caller_.to_provider(url_of(".json"), kFormType, to_form(form));
    sign_in(http);
    caller_.call(
        std::move(http), delivery, provider_, {config().token},
        [said_by = fmt::format("{} {}", name_of(delivery.contact.kind), provider_),
         provider = provider_](const net::HttpAnswer& answer) {
          return judge(answer, said_by, provider);
        },
        std::move(done));
  }

  void poll(const SentMessage& message, OnPolled done) override {
    net::HttpCall http = caller_.to_provider(
        url_of(fmt::format("/{}.json", url_encode(message.message_id))), kFormType, "");
    http.method = "GET";
    sign_in(http);
    caller_.ask(std::move(http), provider_, {config().token},
                [what = what_, done = std::move(done)](Result<net::HttpAnswer> answer) mutable {
                  if (!answer) return done(fail(answer.error()));
                  const std::string status = text_at(answer->body, "status");
                  PollAnswer out;
                  out.receipt =
                      what == What::kSms ? receipt_of_message(status) : receipt_of_call(status);
                  out.detail = fmt::format("status {}", status);
                  const std::string code = text_at(answer->body, "error_code");
                  if (!code.empty()) out.detail += fmt::format(", error {}", code);
                  done(std::move(out));
                });
  }

 private:
  const TwilioConfig& config() const { return caller_.config().twilio.at(provider_); }

  std::string url_of(std::string_view end) const {
    return fmt::format("{}/2010-04-01/Accounts/{}/{}{}", config().url, config().account,
                       what_ == What::kSms ? "Messages" : "Calls", end);
  }
  void sign_in(net::HttpCall& http) const {
    http.headers.emplace_back(
        "Authorization",
        "Basic " + base64(fmt::format("{}:{}", config().account, config().token.reveal())));
  }
  Form sms_form(const Delivery& delivery) const {
    Form form{{"To", delivery.contact.address}};
    if (config().messaging_service.empty()) {
      form.emplace_back("From", config().from);
    } else {
      form.emplace_back("MessagingServiceSid", config().messaging_service);
    }
    form.emplace_back("Body", render_sms(delivery, true));
    form.emplace_back("StatusCallback",
                      twilio_hook_url(caller_.config(), provider_, "status", delivery));
    form.emplace_back("ValidityPeriod",
                      std::to_string(std::chrono::floor<seconds>(config().validity).count()));
    return form;
  }
  Form call_form(const Delivery& delivery) const {
    const NotifyConfig& all = caller_.config();
    return {{"To", delivery.contact.address},
            {"From", config().from},
            {"Twiml", twiml_call(delivery, twilio_hook_url(all, provider_, "voice", delivery))},
            {"StatusCallback", twilio_hook_url(all, provider_, "status", delivery)},
            {"StatusCallbackEvent", "answered"},
            {"StatusCallbackEvent", "completed"},
            {"Timeout", "30"}};
  }

  const Caller caller_;
  const std::string provider_;
  const What what_;
};

}  // namespace

std::unique_ptr<Channel> make_twilio_sms(Caller caller, std::string provider) {
  return std::make_unique<TwilioChannel>(std::move(caller), std::move(provider),
                                         TwilioChannel::What::kSms);
}

std::unique_ptr<Channel> make_twilio_voice(Caller caller, std::string provider) {
  return std::make_unique<TwilioChannel>(std::move(caller), std::move(provider),
                                         TwilioChannel::What::kVoice);
}

}  // namespace tocsin::notify
