#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_set.hpp>

#include "alert/posted_book.h"
#include "alert/posted_entries.h"

// PostedBook's way for posts that only repeat an alert: no write, no alert made.
namespace tocsin::alert {
namespace {

using routing::PostedAlert;
using routing::PostedView;

// So many alerts are fetched from memory at once; each lies in lines of its own, far apart.
constexpr size_t kFetched = 16;

// Whether a post of a firing alert says only that it still fires; then what merge() would make of
// both differs from the old one in `ends`, `updated` and `is_timeout` alone.
bool is_repeat(const PostedAlert& old, const PostedView& post, Time now) {
  return old.ends > now && post.ends > now && post.updated >= old.updated &&
         post.starts >= old.starts && post.starts < old.ends && has_same_words(old, post);
}

bool is_known_end(const PostedAlert& old, const PostedView& post) {
  return post.ends == old.ends && post.starts == old.starts && has_same_words(old, post);
}

void fetch(const void* begin, size_t size) {
  constexpr size_t kLine = 64, kMost = 512;
  for (size_t at = 0; at < std::min(size, kMost); at += kLine) {
    __builtin_prefetch(static_cast<const char*>(begin) + at);
  }
}

// The places of the posts in their order, those of one shard behind one another.
template <size_t kShards>
struct ByShard {
  ByShard(std::span<const PostedView> posts, auto shard_of) : places(posts.size()) {
    for (const PostedView& post : posts) ++ends[shard_of(post)];
    for (size_t shard = 1; shard < kShards; ++shard) ends[shard] += ends[shard - 1];
    std::array<size_t, kShards> next{};
    for (size_t shard = 1; shard < kShards; ++shard) next[shard] = ends[shard - 1];
    for (size_t i = 0; i < posts.size(); ++i) places[next[shard_of(posts[i])]++] = i;
  }
  std::span<const size_t> of(size_t shard) const {
    const size_t begin = shard == 0 ? 0 : ends[shard - 1];
    return std::span(places).subspan(begin, ends[shard] - begin);
  }
  std::array<size_t, kShards> ends{};
  std::vector<size_t> places;
};

}  // namespace

// An alert that nobody else has is changed in place; of one that a reader has there will be a new
// one. The shard is locked, so no reader can come to it meanwhile.
PostedAlert& PostedBook::writable(std::shared_ptr<PostedAlert>& alert) {
  if (alert.use_count() > 1) {
    alert = std::make_shared<PostedAlert>(*alert);
  } else {
    // The count is read without an order. Giving up a reference has one: what the last reader did
    // has happened before.
    const std::shared_ptr<PostedAlert> given_up = alert;
  }
  return *alert;
}

// True when the post says nothing new. The state's shard is locked.
bool PostedBook::repeat(State& state, const PostedView& post, Time now) {
  if (state.is_ended) return is_known_end(*state.alert, post);
  if (!is_repeat(*state.alert, post, now)) return false;
  PostedAlert& alert = writable(state.alert);
  alert.ends = alert.is_timeout ? post.ends : std::max(post.ends, alert.ends);
  alert.updated = post.updated;
  alert.is_timeout = post.is_timeout;
  state.given_again.reset();
  return true;
}

// What is left says something new. Shard by shard, so that one lock is taken for many posts, and
// within it what they will be compared with is fetched before the first is compared: from memory
// one after another takes longer than all the rest.
std::vector<PostedView> PostedBook::take_repeats(std::span<const PostedView> posts, Time now) {
  const auto shard_of = [](const PostedView& post) { return shard_index(post.fingerprint); };
  const ByShard<kShards> order(posts, shard_of);
  std::vector<bool> is_new(posts.size());
  size_t news = 0;
  // Requests at the same time begin at different shards.
  const size_t first = posts.empty() ? 0 : shard_of(posts.front());
  for (size_t turn = 0; turn < kShards; ++turn) {
    const size_t number = (first + turn) % kShards;
    std::span<const size_t> places = order.of(number);
    if (places.empty()) continue;
    Shard& s = shards_[number];
    const std::lock_guard lock(s.mutex);
    while (!places.empty()) {
      const auto some = places.first(std::min(kFetched, places.size()));
      places = places.subspan(some.size());
      std::array<State*, kFetched> states{};
      for (size_t i = 0; i < some.size(); ++i) {
        const auto found = s.entries.find(posts[some[i]].fingerprint);
        if (found == s.entries.end()) continue;
        states[i] = &found->second.state;
        fetch(states[i]->alert.get(), sizeof(PostedAlert));
      }
      for (const State* state : states) {
        if (state == nullptr) continue;
        fetch(state->alert->annotations.bytes().data(), state->alert->annotations.bytes().size());
        fetch(state->alert->generator_url.data(), state->alert->generator_url.size());
      }
      for (size_t i = 0; i < some.size(); ++i) {
        if (states[i] != nullptr && repeat(*states[i], posts[some[i]], now)) continue;
        is_new[some[i]] = true;
        ++news;
      }
    }
  }
  std::vector<PostedView> left;
  if (news == 0) return left;
  left.reserve(news);
  // What repeats an alert behind something new about it, in one request, is new again.
  boost::unordered_flat_set<uint64_t> changed;
  for (size_t i = 0; i < posts.size(); ++i) {
    if (!is_new[i] && !changed.contains(posts[i].fingerprint)) continue;
    if (news < posts.size()) changed.insert(posts[i].fingerprint);
    left.push_back(posts[i]);
  }
  return left;
}

}  // namespace tocsin::alert
