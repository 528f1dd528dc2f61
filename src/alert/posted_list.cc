#include "alert/posted_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::alert {
namespace {

using routing::PostedAlert;
using routing::PostedAlertRef;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Names and values stand in one block, with a byte between them that is in no text.
bool contains(std::string_view block, std::string_view lower_part) {
  return !std::ranges::search(block, lower_part, [](char a, char b) {
            return lower(a) == b;
          }).empty();
}

// What an alert is sorted by. Texts of one length for times, so that they sort as numbers.
std::string sort_key(const PostedAlert& alert, const std::string& sort) {
  if (sort == "starts_at") return fmt::format("{:020}", to_micros(alert.starts));
  if (sort == "updated_at") return fmt::format("{:020}", to_micros(alert.updated));
  return std::string(alert.labels.get(sort));
}

struct Sorted {
  std::string key;
  uint64_t fingerprint = 0;
  auto operator<=>(const Sorted&) const = default;
};
struct Candidate {
  Sorted place;
  ListedAlert listed;
};

std::string cursor_of(const Sorted& place) {
  return base64url(routing::fingerprint_text(place.fingerprint) + place.key);
}

Result<Sorted> place_of(const std::string& cursor) {
  const auto text = base64url_decode(cursor);
  const auto fingerprint =
      text && text->size() >= 16 ? routing::fingerprint_from(text->substr(0, 16)) : std::nullopt;
  if (!fingerprint) return invalid("after is no cursor of this list; use `next` of an answer");
  return Sorted{text->substr(16), *fingerprint};
}

bool is_told(const Dispatcher::Standing& standing, const std::string& receiver) {
  return std::ranges::any_of(standing.places, [&](const Dispatcher::Place& place) {
    return place.route->receiver == receiver;
  });
}

}  // namespace

std::string_view name_of(PostedState state) {
  switch (state) {
    case PostedState::kFiring: return "firing";
    case PostedState::kSuppressed: return "suppressed";
    case PostedState::kResolved: return "resolved";
  }
  return "";
}

Suppressors suppressors_of(const Dispatcher::Standing& standing) {
  Suppressors out = standing.by;
  for (const Dispatcher::Place& place : standing.places) {
    std::ranges::copy(place.muted_by, std::back_inserter(out));
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

// Muted for one receiver and told to another, it is not suppressed.
PostedState state_of(const PostedAlert& alert, const Dispatcher::Standing& standing, Time now) {
  if (alert.is_resolved(now)) return PostedState::kResolved;
  const auto is_told = [](const Dispatcher::Place& place) { return place.muted_by.empty(); };
  const bool is_hidden = !standing.by.empty() || (!standing.places.empty() &&
                                                  std::ranges::none_of(standing.places, is_told));
  return is_hidden ? PostedState::kSuppressed : PostedState::kFiring;
}

Result<PostedPage> list_posted(std::vector<PostedAlertRef> alerts, const PostedQuery& query,
                               const StandingOf& standing_of, Time now) {
  std::optional<Sorted> after;
  if (!query.after.empty()) {
    ASSIGN_OR_RETURN(after, place_of(query.after));
  }
  const auto wants = [&](PostedState state) {
    return std::ranges::find(query.states, state) != query.states.end();
  };
  // All that are not resolved, or none: then the state is told without a look at the groups.
  const bool wants_both = wants(PostedState::kFiring) == wants(PostedState::kSuppressed);
  const bool needs_standing = !wants_both || !query.receiver.empty();
  const std::string text = to_lower(query.text);
  const auto stands_before = [&](const Sorted& a, const Sorted& b) {
    return query.is_descending ? b < a : a < b;
  };

  PostedPage page;
  std::vector<Candidate> found;
  for (PostedAlertRef& alert : alerts) {
    const bool is_resolved = alert->is_resolved(now);
    if (is_resolved ? !wants(PostedState::kResolved) : wants_both && !wants(PostedState::kFiring)) {
      continue;
    }
    if (!routing::all_match(query.matchers, alert->labels)) continue;
    if (!text.empty() && !contains(alert->labels.bytes(), text) &&
        !contains(alert->annotations.bytes(), text)) {
      continue;
    }
    Candidate candidate;
    if (needs_standing) {
      candidate.listed.standing = standing_of(*alert);
      if (!wants(state_of(*alert, candidate.listed.standing, now))) continue;
      if (!query.receiver.empty() && !is_told(candidate.listed.standing, query.receiver)) continue;
    }
    ++page.total;
    candidate.place = {sort_key(*alert, query.sort), alert->fingerprint()};
    if (after && !stands_before(*after, candidate.place)) continue;
    candidate.listed.alert = std::move(alert);
    found.push_back(std::move(candidate));
  }
  const size_t count = std::min(found.size(), query.limit);
  const auto middle = found.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(found, middle, stands_before, &Candidate::place);
  if (count < found.size() && count > 0) page.next = cursor_of(found[count - 1].place);
  for (auto it = found.begin(); it != middle; ++it) {
    it->listed.fingerprint = it->place.fingerprint;
    if (!needs_standing) it->listed.standing = standing_of(*it->listed.alert);
    it->listed.state = state_of(*it->listed.alert, it->listed.standing, now);
    page.alerts.push_back(std::move(it->listed));
  }
  return page;
}

}  // namespace tocsin::alert
