#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "notify/delivery.h"

namespace tocsin::notify {

// X-Twilio-Signature: base64 of HMAC-SHA1 over the exact URL and, for a form, each field's name and
// value in the order of the names (https://www.twilio.com/docs/usage/security).
std::string sign_twilio(const Secret& token, std::string_view url,
                        const std::map<std::string, std::string>& form);
// Whether it is Twilio's: also with the URL's port added or left out, for Twilio does either.
bool is_from_twilio(const Secret& token, std::string_view url,
                    const std::map<std::string, std::string>& form, std::string_view signature);

// What a status of a message or call means; nothing while it is on its way.
std::optional<Receipt> receipt_of_message(std::string_view status);
std::optional<Receipt> receipt_of_call(std::string_view status);

// What is said and asked on the telephone. `action` is the URL that gets the key.
std::string twiml_call(const Delivery& delivery, std::string_view action);
// The end of a call: `text` is said in the language.
std::string twiml_say(std::string_view language, std::string_view text);
// An answer by SMS; an empty text answers nothing.
std::string twiml_sms(std::string_view text);

}  // namespace tocsin::notify
