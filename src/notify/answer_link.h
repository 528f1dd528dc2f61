#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace tocsin::notify {

// The link in a page: /p/<token>. A token names one page, is signed (HMAC-SHA256 with a key that is
// made once and kept in the database) and ends after a time. Whoever holds it may look at the page
// and answer as its person, as often as the rules of its incident take an answer. Thread-safe.
class AnswerLinks {
 public:
  // `external_url`: where people reach this server. kDataLoss when the stored key is damaged.
  static Result<std::unique_ptr<AnswerLinks>> open(engine::Engine& engine,
                                                   std::string external_url);
  virtual ~AnswerLinks() = default;
  virtual std::string url_for(std::string_view page_id, Time expires) const = 0;
  // The page's id; kUnauthenticated for a forged, damaged or expired token (the message says which,
  // in `language`, one of ours).
  virtual Result<std::string> page_of(std::string_view token, Time now,
                                      std::string_view language) const = 0;
  // The same also when it has ended; empty: forged or damaged. For knowing whom to tell so, in
  // which language; it opens nothing.
  virtual std::string named_by(std::string_view token) const = 0;
};

}  // namespace tocsin::notify
