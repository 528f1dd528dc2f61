#pragma once

#include <map>
#include <memory>
#include <mutex>
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
};

// The browsers that people subscribed, and the key with which we sign to their push services (made
// once, kept in the database). Thread-safe but for open(); nothing of it is called from the
// writer's thread.
class PushBook {
 public:
  static Result<std::unique_ptr<PushBook>> open(engine::Engine& engine, Rng& rng, Log& log);

  const KeyPair& key() const { return key_; }
  std::vector<PushSubscription> of(std::string_view person) const;
  // The same browser again replaces its keys and its person. kResourceExhausted with 20 browsers.
  Result<> add(const PushSubscription& subscription, const store::Actor& by);
  // kNotFound when this person has no such browser.
  Result<> remove(const std::string& endpoint, const std::string& person, const store::Actor& by);
  // The push service says that the browser is gone. Returns at once.
  void forget(const std::string& endpoint);
  // A key pair and a salt for one message.
  Result<KeyPair> fresh_key();
  std::string fresh_salt();

 private:
  PushBook(engine::Engine& engine, Rng& rng, Log& log) : engine_(engine), rng_(rng), log_(log) {}
  void drop(const std::string& endpoint);

  engine::Engine& engine_;
  Rng& rng_;
  Log& log_;
  KeyPair key_;
  mutable std::mutex mutex_;
  std::map<std::string, PushSubscription> subscriptions_;  // by endpoint
};

}  // namespace tocsin::notify
