#pragma once

#include "access/access.h"
#include "alert/dispatcher.h"
#include "alert/mark_book.h"
#include "alert/readers.h"
#include "alert/recurring_book.h"
#include "net/http.h"

namespace tocsin::alert {

// /api/v1/silences and /api/v1/recurring-silences. Unlike /api/v2 they want a comment and an
// author, who is the signed-in user if none is named, take matchers as amtool writes them, and say
// what is hidden.
struct SilenceApiParts {
  access::Gate& gate;
  Readers& readers;
  PostedBook& alerts;
  MarkBook& marks;
  SilenceBook& silences;
  RecurringBook& recurring;
  Dispatcher& dispatcher;
  const Clock& clock;
  routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
};
void add_silence_routes(net::Router& router, SilenceApiParts parts);

}  // namespace tocsin::alert
