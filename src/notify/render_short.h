#pragma once

#include <string>

#include "notify/delivery.h"

namespace tocsin::notify {

// Messages for small screens and for ears, in the person's language (en, de). What alerts say stays
// in the language in which they say it. Pure.

// Text of an SMS: at most three parts (459 characters of the GSM alphabet, 201 of others). The link
// and the codes to answer stay whole; the impact is cut first, then the title.
// `can_reply`: the provider brings answers back, so that the codes are told.
std::string render_sms(const Delivery& delivery, bool can_reply);

// How many characters of an SMS a text takes, and how many three parts hold.
struct SmsSize {
  size_t used = 0;
  size_t most = 0;
};
SmsSize sms_size(std::string_view text);

// What is said on the telephone, with the keys that answer it.
std::string render_speech(const Delivery& delivery);

// Title, impact and "do first" in plain lines of at most `most` bytes: for notifications that show
// little. A repetition says so first.
std::string render_brief(const Delivery& delivery, size_t most);
// The title with its mark of a repetition.
std::string marked_title(const Delivery& delivery);

}  // namespace tocsin::notify
