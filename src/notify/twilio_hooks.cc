#include <fmt/format.h>

#include <charconv>

#include "notify/hooks.h"
#include "notify/outbox_store.h"
#include "notify/phone_channel.h"
#include "notify/twilio.h"

namespace tocsin::notify {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10, .accept_gzip = false};
constexpr Duration kAtHand = Duration(0);

Response xml(std::string body) {
  Response response;
  response.headers.add("Content-Type", "text/xml; charset=utf-8");
  response.body = std::move(body);
  return response;
}

int number_in(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string field(const std::map<std::string, std::string>& form, const std::string& name) {
  const auto it = form.find(name);
  return it == form.end() ? "" : it->second;
}

class TwilioHooks {
 public:
  using Form = std::map<std::string, std::string>;

  explicit TwilioHooks(const HookParts& parts) : parts_(parts) {}

  const NotifyConfig& config() const { return parts_.transport.caller().config(); }

  // Only what the account's token signed goes on.
  Result<Form> checked(const Request& request) const {
    const auto twilio = config().twilio.find(request.params.at("provider"));
    if (twilio == config().twilio.end()) return not_found("there is no such provider");
    Form form = request.form();
    const std::string_view signature = request.headers.get("X-Twilio-Signature").value_or("");
    if (!is_from_twilio(twilio->second.token, called_url(config(), request), form, signature)) {
      return fail(Code::kUnauthenticated,
                  "the signature is not that of the account; is external_url the URL that Twilio "
                  "calls, and the token that of the account?");
    }
    return form;
  }

  Result<Response> status(const Request& request, const Form& form) const {
    const bool is_call = form.contains("CallStatus");
    const std::string status = field(form, is_call ? "CallStatus" : "MessageStatus");
    const auto receipt = is_call ? receipt_of_call(status) : receipt_of_message(status);
    if (!receipt) return Response::empty();
    ReceiptReport report{.delivery = std::string(request.query_value("delivery").value_or("")),
                         .attempt = number_in(request.query_value("try").value_or("")),
                         .receipt = *receipt,
                         .detail = fmt::format("status {}", status)};
    const std::string code = field(form, "ErrorCode");
    if (!code.empty()) report.detail += fmt::format(", error {}", code);
    RETURN_IF_ERROR(parts_.engine.run(engine::Turn::kFirst, [&](engine::Tx& tx) {
      return parts_.outbox.report_receipt(tx, report);
    }));
    return Response::empty();
  }

  Result<Response> sms(const Request&, const Form& form) const {
    const Result<std::string> said =
        parts_.answers.by_sms(field(form, "From"), field(form, "Body"));
    // Who was never paged gets no answer, so that two machines cannot talk to each other.
    if (!said && said.error().code == Code::kNotFound) return xml(twiml_sms(""));
    return xml(twiml_sms(text_for_person(said)));
  }

  Result<Response> voice(const Request& request, const Form& form) const {
    const std::string id(request.query_value("delivery").value_or(""));
    std::optional<OutboxRow> row;
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(row, read_row(tx.sql(), id));
      return {};
    }));
    if (!row) return xml(twiml_say("en", "This call is too old. Goodbye."));
    const Delivery& delivery = row->delivery;
    const auto answer = answer_of_key(field(form, "Digits"));
    if (!answer) {
      // Also a key that means nothing: it is said again.
      return xml(twiml_call(delivery, called_url(config(), request)));
    }
    const Duration snooze = *answer == Answer::kSnooze ? kDefaultSnooze : kAtHand;
    const std::string said =
        text_for_person(parts_.answers.by_delivery(id, *answer, snooze, "voice"));
    return xml(twiml_say(delivery.language, said));
  }

 private:
  const HookParts parts_;
};

using Handle = Result<Response> (TwilioHooks::*)(const Request&, const TwilioHooks::Form&) const;

}  // namespace

void add_twilio_hooks(net::Router& router, const HookParts& parts) {
  const auto hooks = std::make_shared<const TwilioHooks>(parts);
  const auto add = [&](const char* pattern, Handle handle) {
    router.add(
        "POST", pattern,
        [hooks, handle](const Request& request) {
          const auto form = hooks->checked(request);
          if (!form) return Response::error(form.error(), request);
          auto response = (hooks.get()->*handle)(request, *form);
          return response ? *std::move(response) : Response::error(response.error(), request);
        },
        kSmall);
  };
  add("/hooks/twilio/{provider}/status", &TwilioHooks::status);
  add("/hooks/twilio/{provider}/sms", &TwilioHooks::sms);
  add("/hooks/twilio/{provider}/voice", &TwilioHooks::voice);
}

}  // namespace tocsin::notify
