#pragma once

#include <string>
#include <vector>

#include "alert/dispatcher.h"
#include "routing/matcher.h"

namespace tocsin::alert {

// Which posted alerts a screen or a program wants to see, in which order.
enum class PostedState { kFiring, kSuppressed, kResolved };
std::string_view name_of(PostedState state);

struct ListedAlert {
  routing::PostedAlertRef alert;
  uint64_t fingerprint = 0;
  PostedState state = PostedState::kFiring;
  Dispatcher::Standing standing;
};

struct PostedQuery {
  routing::Matchers matchers;
  std::string text;  // in names and values of labels and annotations; ASCII case ignored
  std::vector<PostedState> states;
  std::string receiver;            // empty: any
  std::string sort = "starts_at";  // or updated_at, alertname, or another label's name
  bool is_descending = true;
  std::string after;  // a cursor of a page before
  size_t limit = 500;
};
struct PostedPage {
  std::vector<ListedAlert> alerts;
  size_t total = 0;  // that match, on all pages
  std::string next;  // the cursor; empty on the last page
};
using StandingOf = std::function<Dispatcher::Standing(const routing::PostedAlert&)>;
// kInvalidArgument for a cursor that is none. What needs a look at silences and groups (state,
// receiver) is asked of all only where the query says so.
Result<PostedPage> list_posted(std::vector<routing::PostedAlertRef> alerts,
                               const PostedQuery& query, const StandingOf& standing_of, Time now);

PostedState state_of(const routing::PostedAlert& alert, const Dispatcher::Standing& standing,
                     Time now);
// All that suppresses it now.
Suppressors suppressors_of(const Dispatcher::Standing& standing);

}  // namespace tocsin::alert
