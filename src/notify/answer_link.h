#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace tocsin::notify {

// The link in a page: /p/<token>. A token names one page, is signed (HMAC-SHA256 with a key that is
// made once and kept in the database), ends after a time, and answers once: a second use of the
// answer shows who answered instead. Anybody who holds it may look and answer as that page's
// person.
class AnswerLinks {
 public:
  static Result<std::unique_ptr<AnswerLinks>> open(engine::Engine& engine,
                                                   std::string external_url);
  virtual ~AnswerLinks() = default;
  virtual std::string url_for(std::string_view page_id, Time expires) const = 0;
  // The page's id; kUnauthenticated for a forged, damaged or expired token (the message says
  // which).
  virtual Result<std::string> page_of(std::string_view token, Time now) const = 0;
};

}  // namespace tocsin::notify
