#pragma once

#include "notify/channel.h"
#include "notify/push_book.h"

namespace tocsin::notify {

// Web Push to all browsers that a person subscribed: taken when one of them took it. A browser of
// which the push service says that it is gone (404, 410) is forgotten. `book` may be null: the
// channel is not set up.
std::unique_ptr<Channel> make_push_channel(Caller caller, PushBook* book);

// What the service worker in the browser gets, before it is encrypted for it.
std::string push_payload(const Delivery& delivery);

}  // namespace tocsin::notify
