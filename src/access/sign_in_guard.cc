#include "access/sign_in_guard.h"

namespace tocsin::access {
namespace {

// A user's name has no space, so that no two pairs give one key.
std::string pair_key(const std::string& user, const std::string& host) { return user + " " + host; }

}  // namespace

std::string host_of_peer(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

Result<> SignInGuard::check(const std::string& user, const std::string& peer, Duration now) {
  const std::string host = host_of_peer(peer);
  const std::lock_guard lock(mutex_);
  if (pairs_.is_blocked(pair_key(user, host), now) || users_.is_blocked(user, now) ||
      peers_.is_blocked(host, now)) {
    return fail(Code::kResourceExhausted, "too many wrong passwords; try again in ten minutes");
  }
  return {};
}

void SignInGuard::note_failure(const std::string& user, const std::string& peer, Duration now) {
  const std::string host = host_of_peer(peer);
  const std::lock_guard lock(mutex_);
  pairs_.note_failure(pair_key(user, host), now);
  users_.note_failure(user, now);
  peers_.note_failure(host, now);
}

void SignInGuard::note_success(const std::string& user, const std::string& peer) {
  const std::lock_guard lock(mutex_);
  pairs_.forget(pair_key(user, host_of_peer(peer)));
}

}  // namespace tocsin::access
