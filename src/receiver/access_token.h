#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/client.h"
#include "receiver/secret_mask.h"
#include "routing/http_settings.h"

namespace tocsin::receiver {

// The access token of http_config.oauth2: asked for by client credentials (RFC 6749, section 4.4)
// and kept until ten seconds before it ends. Times are those that the caller gives, so a wall clock
// that is set may keep a token too long: a provider that refuses one (401) is the caller's reason
// to forget() it. Thread-safe; shared by the messages under way, so that it outlives a reload.
class AccessToken : public std::enable_shared_from_this<AccessToken> {
 public:
  // Once, with what stands in the Authorization header ("Bearer ..."); from the client's thread or
  // at once. kUnavailable when none was given, kFailedPrecondition when the file of the client's
  // secret cannot be read.
  using OnToken = std::move_only_function<void(Result<Secret>)>;

  AccessToken(net::Client& client, routing::OAuth2 settings, std::string user_agent);

  std::optional<Secret> kept(Time now) const;
  // Asks for a new one, within `timeout`. Blocks on the disk where the secret is in a file. What
  // must not be shown is added to `mask` before it returns.
  void ask(Time now, Duration timeout, SecretMask& mask, OnToken done);
  void forget(const Secret& authorization);  // if it is the one that is kept

 private:
  struct Asking;
  // How the client names itself, RFC 6749, section 2.3.1: servers must know the header, and some
  // know only the form.
  enum class Naming { kHeader, kForm };

  Result<net::HttpCall> call_of(Naming naming, Duration timeout, SecretMask& mask) const;
  void go_on(std::shared_ptr<Asking> asking);
  void keep(const Secret& authorization, Duration lifetime, Time now);

  net::Client& client_;
  const routing::OAuth2 settings_;
  const std::string user_agent_;

  mutable std::mutex mutex_;
  Secret authorization_;             // empty: none
  std::optional<Time> end_;          // of it; none: it does not end
  Naming naming_ = Naming::kHeader;  // as it worked last
};

}  // namespace tocsin::receiver
