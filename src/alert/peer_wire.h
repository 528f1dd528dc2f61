#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "alert/told.h"
#include "routing/silence.h"

namespace tocsin::alert {

// What the processes of a cluster say to each other: one JSON object a frame (net/frame_links.h).
// A parser without sockets; whatever comes in is checked as a request of a stranger would be, for
// it is no more than that.

// Both ends begin with this. A change that an older process would misunderstand raises the number.
inline constexpr std::string_view kPeerGreeting = "tocsin-cluster/1\n";

// The first frame of each end.
struct PeerHello {
  std::string name;
  std::string instance;  // random, of the process: whoever hears its own has called itself
  std::string label;     // --cluster.label; other labels are other clusters
  std::string address;   // where it listens; host may be empty: as it is seen from there
  Time now;              // merging goes by clocks
  bool operator==(const PeerHello&) const = default;
};
using MemberList = std::vector<std::pair<std::string, std::string>>;  // name and address

struct PeerPing {
  bool is_answer = false;
  MemberList members;  // alive ones, so that all get to know each other
  bool operator==(const PeerPing&) const = default;
};
// Changes, or a piece of all that there is.
struct PeerState {
  std::vector<routing::Silence> silences;
  std::vector<std::pair<ToldKey, Told>> told;
};
// All that there is was sent; `wants_yours`: the other end shall send what it has.
struct PeerStateEnd {
  bool wants_yours = false;
  bool operator==(const PeerStateEnd&) const = default;
};
struct PeerBye {
  std::string why;
  bool is_leaving = false;  // the process ends; else it does not want this link
  bool operator==(const PeerBye&) const = default;
};
using PeerMessage = std::variant<PeerHello, PeerPing, PeerState, PeerStateEnd, PeerBye>;

std::string to_frame(const PeerMessage& message);
// kInvalidArgument says what is wrong and where.
Result<PeerMessage> read_peer_message(std::string_view frame);

// All of it in frames of about `size` bytes. What alone is larger than `most` is left out; how many
// these were.
size_t write_state(const PeerState& state, size_t size, size_t most,
                   const std::function<void(std::string frame)>& put);

}  // namespace tocsin::alert
