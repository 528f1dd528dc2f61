#include "alert/peers.h"

#include <algorithm>

namespace tocsin::alert {

bool Peers::heard(const std::string& name, const std::string& address, Duration now) {
  const auto known = peers_.find(name);
  if (known != peers_.end()) {
    Peer& peer = known->second;
    const bool is_back = !peer.is_alive;
    peer.address = address;
    peer.heard = now;
    peer.is_alive = true;
    peer.has_left = false;
    return is_back;
  }
  std::erase_if(peers_, [&](const auto& entry) { return entry.second.address == address; });
  if (peers_.size() >= kMost) {
    const auto dead =
        std::ranges::find_if(peers_, [](const auto& entry) { return !entry.second.is_alive; });
    if (dead == peers_.end()) return false;
    peers_.erase(dead);
  }
  peers_[name] = {name, address, now};
  return true;
}

bool Peers::left(const std::string& name) {
  const auto found = peers_.find(name);
  if (found == peers_.end()) return false;
  const bool was_alive = std::exchange(found->second.is_alive, false);
  found->second.has_left = true;
  return was_alive;
}

std::vector<std::string> Peers::look(Duration now) {
  std::vector<std::string> died;
  for (auto& [name, peer] : peers_) {
    if (!peer.is_alive || now - peer.heard <= patience()) continue;
    peer.is_alive = false;
    died.push_back(name);
  }
  std::erase_if(peers_, [&](const auto& entry) {
    return !entry.second.is_alive && now - entry.second.heard > rules_.reconnect_timeout;
  });
  return died;
}

size_t Peers::position() const {
  return static_cast<size_t>(std::ranges::count_if(
      peers_, [&](const auto& entry) { return entry.second.is_alive && entry.first < own_name_; }));
}

size_t Peers::members() const {
  return 1 + static_cast<size_t>(std::ranges::count_if(
                 peers_, [](const auto& entry) { return entry.second.is_alive; }));
}

size_t Peers::failed() const {
  return static_cast<size_t>(std::ranges::count_if(
      peers_, [](const auto& entry) { return !entry.second.is_alive && !entry.second.has_left; }));
}

const Peers::Peer* Peers::find(const std::string& name) const {
  const auto found = peers_.find(name);
  return found == peers_.end() ? nullptr : &found->second;
}

bool Settling::look(Duration now, size_t members, bool is_catching_up) {
  if (is_over_) return true;
  if (now >= deadline_) {
    has_timed_out_ = true;
    return is_over_ = true;
  }
  if (now < next_) return false;
  next_ = now + every_;
  const bool is_quiet = members == members_ && !is_catching_up;
  quiet_ = is_quiet ? quiet_ + 1 : 0;
  members_ = members;
  return is_over_ = quiet_ >= kQuietLooks;
}

}  // namespace tocsin::alert
