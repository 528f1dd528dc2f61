#pragma once

#include "notify/channel.h"

namespace tocsin::notify {

// SMS and calls. Each provider is a channel of its own; the first that takes the message wins. The
// next one is asked when one refuses or is away; one that was away lately is asked last. Where a
// message may have arrived the try ends, so that the repetition is marked.
std::unique_ptr<Channel> make_sms_channel(const Caller& caller);
std::unique_ptr<Channel> make_voice_channel(const Caller& caller);
// Contacts of kind http, by their `provider`.
std::unique_ptr<Channel> make_http_channel(const Caller& caller);

// Parts of the above.
std::unique_ptr<Channel> make_twilio_sms(Caller caller, std::string provider);
std::unique_ptr<Channel> make_twilio_voice(Caller caller, std::string provider);
enum class HttpText { kSms, kSpeech, kFull };  // what {{text}} is
std::unique_ptr<Channel> make_http_template(Caller caller, std::string provider, HttpText text);

// Where a provider calls us: <external_url>/hooks/twilio/<provider>/<what>?delivery=..&try=..
std::string twilio_hook_url(const NotifyConfig& config, std::string_view provider,
                            std::string_view what, const Delivery& delivery);

}  // namespace tocsin::notify
