#include "notify/push_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/address.h"
#include "notify/key_store.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

constexpr const char* kKeyName = "vapid";
constexpr size_t kMostBrowsers = 20;          // of one person
constexpr Duration kTakenEvery = minutes(1);  // a storm writes no row for each message

Result<PushSubscription> to_subscription(const store::Row& row) {
  PushSubscription out;
  out.endpoint = row.text(0);
  out.person = row.text(1);
  ASSIGN_OR_RETURN(out.keys.p256dh, base64url_decode(row.text(2)));
  ASSIGN_OR_RETURN(out.keys.auth, base64url_decode(row.text(3)));
  out.name = row.text(4);
  out.created = row.time(5);
  out.last_success = row.maybe_time(6);
  return out;
}

// The logbook shows the push service and nothing of the browser.
Result<> append(engine::Tx& tx, const char* kind, const std::string& person,
                const std::string& endpoint, const store::Actor& by) {
  return tx.append({.happened = tx.now(),
                    .actor = by,
                    .kind = kind,
                    .subject_kind = "person",
                    .subject_id = person,
                    .incident_id = {},
                    .data = {{"service", host_of(endpoint)}}});
}

}  // namespace

std::string PushSubscription::id() const {
  return base64url(hmac_sha256("browser", endpoint)).substr(0, 22);
}

Result<std::unique_ptr<PushBook>> PushBook::open(engine::Engine& engine, Rng& rng, Log& log) {
  std::unique_ptr<PushBook> out(new PushBook(engine, rng, log));
  RETURN_IF_ERROR(engine.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const std::string seed, read_or_make_key(tx.sql(), kKeyName, tx.rng()));
    ASSIGN_OR_RETURN(out->key_, make_key_pair(seed));
    ASSIGN_OR_RETURN(
        const store::Rows rows,
        tx.sql().query("SELECT endpoint, person, p256dh, auth, browser, created, last_success"
                       " FROM push_subscription"));
    for (const store::Row& row : rows) {
      ASSIGN_OR_RETURN(PushSubscription subscription, to_subscription(row));
      out->put(std::move(subscription));
    }
    return {};
  }));
  return out;
}

std::vector<PushSubscription> PushBook::of(std::string_view person) const {
  const std::lock_guard lock(mutex_);
  std::vector<PushSubscription> out;
  const auto theirs = endpoints_.find(person);
  if (theirs == endpoints_.end()) return out;
  for (const std::string& endpoint : theirs->second) out.push_back(subscriptions_.at(endpoint));
  return out;
}

std::vector<std::string> PushBook::endpoints_of(std::string_view person) const {
  const std::lock_guard lock(mutex_);
  const auto theirs = endpoints_.find(person);
  if (theirs == endpoints_.end()) return {};
  return {theirs->second.begin(), theirs->second.end()};
}

void PushBook::put(PushSubscription subscription) {
  erase(subscription.endpoint);
  endpoints_[subscription.person].insert(subscription.endpoint);
  std::string endpoint = subscription.endpoint;
  subscriptions_.emplace(std::move(endpoint), std::move(subscription));
}

void PushBook::erase(const std::string& endpoint) {
  const auto it = subscriptions_.find(endpoint);
  if (it == subscriptions_.end()) return;
  const auto theirs = endpoints_.find(it->second.person);
  theirs->second.erase(endpoint);
  if (theirs->second.empty()) endpoints_.erase(theirs);
  subscriptions_.erase(it);
}

Result<> PushBook::add(PushSubscription subscription, const store::Actor& by) {
  const auto others = of(subscription.person);
  const bool is_known = std::ranges::any_of(
      others, [&](const auto& other) { return other.endpoint == subscription.endpoint; });
  if (!is_known && others.size() >= kMostBrowsers) {
    return fail(Code::kResourceExhausted,
                fmt::format("'{}' has subscribed {} browsers; unsubscribe one of them",
                            subscription.person, others.size()));
  }
  const Result<> done = engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec(
        "INSERT INTO push_subscription (endpoint, person, p256dh, auth, browser, created)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (endpoint) DO UPDATE SET person = excluded.person,"
        " p256dh = excluded.p256dh, auth = excluded.auth, browser = excluded.browser,"
        " created = excluded.created, last_success = NULL",
        subscription.endpoint, subscription.person, base64url(subscription.keys.p256dh),
        base64url(subscription.keys.auth), subscription.name, tx.now()));
    subscription.created = tx.now();
    return append(tx, "push.subscribed", subscription.person, subscription.endpoint, by);
  });
  RETURN_IF_ERROR(done);
  const std::lock_guard lock(mutex_);
  put(std::move(subscription));
  return {};
}

Result<> PushBook::remove(const std::string& endpoint, const std::string& person,
                          const store::Actor& by) {
  const auto known = of(person);
  if (std::ranges::none_of(known, [&](const auto& s) { return s.endpoint == endpoint; })) {
    return not_found(fmt::format("'{}' has no such browser", person));
  }
  const Result<> done = engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec("DELETE FROM push_subscription WHERE endpoint = $1", endpoint));
    return append(tx, "push.unsubscribed", person, endpoint, by);
  });
  RETURN_IF_ERROR(done);
  drop(endpoint);
  return {};
}

void PushBook::taken(const std::string& endpoint) {
  const Time now = engine_.now();
  {
    const std::lock_guard lock(mutex_);
    const auto it = subscriptions_.find(endpoint);
    if (it == subscriptions_.end()) return;
    auto& last = it->second.last_success;
    if (last && now >= *last && now - *last < kTakenEvery) return;
    last = now;
  }
  engine_.submit(
      [endpoint, now](engine::Tx& tx) -> Result<> {
        RETURN_IF_ERROR(tx.sql().exec(
            "UPDATE push_subscription SET last_success = $2 WHERE endpoint = $1", endpoint, now));
        return {};
      },
      // It is for people to look at: the next message writes it again.
      [](const Result<>&) {});
}

void PushBook::forget(const std::string& endpoint) {
  std::string person;
  {
    const std::lock_guard lock(mutex_);
    const auto it = subscriptions_.find(endpoint);
    if (it == subscriptions_.end()) return;
    person = it->second.person;
    erase(endpoint);
  }
  engine_.submit(
      [endpoint, person](engine::Tx& tx) -> Result<> {
        RETURN_IF_ERROR(
            tx.sql().exec("DELETE FROM push_subscription WHERE endpoint = $1", endpoint));
        return append(tx, "push.gone", person, endpoint, store::system_actor("push"));
      },
      [&log = log_](const Result<>& done) {
        // It is found again after the next start.
        if (!done) log.warn("a browser that is gone was not removed", {{"error", done.error()}});
      });
}

void PushBook::drop(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  erase(endpoint);
}

Result<KeyPair> PushBook::fresh_key() {
  std::string seed(32, '\0');
  rng_.fill({reinterpret_cast<unsigned char*>(seed.data()), seed.size()});
  return make_key_pair(seed);
}

std::string PushBook::fresh_salt() {
  std::string salt(16, '\0');
  rng_.fill({reinterpret_cast<unsigned char*>(salt.data()), salt.size()});
  return salt;
}

}  // namespace tocsin::notify
