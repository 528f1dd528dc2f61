#pragma once

#include "notify/channel.h"
#include "notify/push_book.h"

namespace tocsin::notify {

// What the service worker shows (web/src/push/notice.ts): JSON with `version` 1, title, body, `url`
// (the link to answer, of a page only), `path` (the screen of it in the web page at
// `external_url`), `tag` (what has the same one replaces what is on the screen: a page's
// repetition, and the news that its incident is over), is_page, incident_id.
std::string push_payload(const Delivery& delivery, std::string_view external_url);

// Web Push to all browsers that a person subscribed: taken when one of them took it. A browser of
// which the push service says that it is gone (404, 410) is forgotten. `book` may be null: the
// channel is not set up.
std::unique_ptr<Channel> make_push_channel(Caller caller, PushBook* book);

}  // namespace tocsin::notify
