#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "notify/web_push.h"

namespace tocsin::notify {

// One browser of a person.
struct PushSubscription {
  std::string endpoint;  // whoever knows it can try to send there
  std::string person;
  PushKeys keys;
  std::string name = {};  // what its person calls it: "Firefox on Android"
  Time created = {};
  std::optional<Time> last_success = {};  // the push service took a message; to the minute

  // Names it in answers without saying where to send; a browser finds itself by computing the
  // same: the first 22 characters of base64url(HMAC-SHA256("browser", endpoint)).
  std::string id() const;
};

// The browsers that people subscribed, and the key with which we sign to their push services (made
// once, kept in the database). Thread-safe but for open(). From the writer's thread only what reads
// the book or returns at once may be called.
class PushBook {
 public:
  static Result<std::unique_ptr<PushBook>> open(engine::Engine& engine, Rng& rng, Log& log);

  const KeyPair& key() const { return key_; }
  std::vector<PushSubscription> of(std::string_view person) const;
  std::vector<std::string> endpoints_of(std::string_view person) const;
  // The same browser again replaces its keys and its person. kResourceExhausted with 20 browsers.
  Result<> add(PushSubscription subscription, const store::Actor& by);
  // kNotFound when this person has no such browser.
  Result<> remove(const std::string& endpoint, const std::string& person, const store::Actor& by);
  // The push service of this browser took a message. Returns at once.
  void taken(const std::string& endpoint);
  // The push service says that the browser is gone. Returns at once.
  void forget(const std::string& endpoint);
  // A key pair and a salt for one message.
  Result<KeyPair> fresh_key();
  std::string fresh_salt();

 private:
  PushBook(engine::Engine& engine, Rng& rng, Log& log) : engine_(engine), rng_(rng), log_(log) {}
  void drop(const std::string& endpoint);
  // Under the lock.
  void put(PushSubscription subscription);
  void erase(const std::string& endpoint);

  engine::Engine& engine_;
  Rng& rng_;
  Log& log_;
  KeyPair key_;
  mutable std::mutex mutex_;
  std::map<std::string, PushSubscription> subscriptions_;                // by endpoint
  std::map<std::string, std::set<std::string>, std::less<>> endpoints_;  // by person
};

}  // namespace tocsin::notify
