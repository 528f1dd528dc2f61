#pragma once

#include <string>

#include "codec/json.h"
#include "notify/delivery.h"

namespace tocsin::notify {

// A message in the forms of the channels. All of them tell, in this order: what users lose, since
// when, what is likely, what to do first, how to answer. Pure: the same delivery and time give the
// same bytes.

// "You may have had this page already ...": the first line of a marked message, in the delivery's
// language. So are all labels below (render_words.h).
std::string duplicate_note(const Delivery& delivery);

// For people who read plain text: mail, and the fallback of chats.
std::string render_text(const Delivery& delivery);
// An HTML document with inline styles; every text is escaped, links only to http and https.
std::string render_html(const Delivery& delivery);

struct MailEnvelope {
  std::string from;       // address
  std::string from_name;  // may be empty
  std::string host;       // of Message-ID and of the thread
  Time now;
};
// RFC 5322 with CRLF: multipart/alternative of text and HTML. The Message-ID is made of the
// delivery's id, so that a mail system that keeps only one of each shows a repeated page once; all
// mails of an incident refer to one thread.
std::string render_mail(const Delivery& delivery, const MailEnvelope& envelope);

// Body of a Slack incoming webhook: a text for notifications and blocks. Texts are escaped and
// kept under Slack's limit of 3,000 characters a section
// (https://api.slack.com/reference/block-kit/blocks).
codec::JsonObject render_slack(const Delivery& delivery);

// Body of our own webhook; described in docs/notify.md.
codec::JsonObject render_webhook(const Delivery& delivery);

}  // namespace tocsin::notify
