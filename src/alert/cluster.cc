#include "alert/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "alert/peer_wire.h"
#include "alert/peers.h"
#include "net/frame_links.h"
#include "net/listener.h"

namespace tocsin::alert {
namespace {

using net::FrameLinks;
using LinkId = FrameLinks::LinkId;

constexpr size_t kPiece = 256 << 10;        // bytes of a frame of state, about
constexpr Duration kMostSkew = seconds(5);  // of two clocks, before somebody is told
constexpr Duration kQuiet = minutes(1);     // complaints about strangers are counted so long

// A ULID as the reference's processes have: names of later starts sort behind.
std::string new_name(Time now, Rng& rng) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string name;
  const auto millis = static_cast<uint64_t>(to_millis(now));
  for (int shift = 45; shift >= 0; shift -= 5) name += kDigits[millis >> shift & 31];
  for (int i = 0; i < 16; ++i) name += kDigits[rng.below(32)];
  return name;
}

class ClusterImpl final : public Cluster, private FrameLinks::Owner {
 public:
  ClusterImpl(Parts parts, ClusterOptions options, std::unique_ptr<net::Listener> listener);
  ~ClusterImpl() override { stop(Duration(0)); }

  void start() override { links_->start(); }
  void stop(Duration patience) override;
  bool is_ready() const override { return is_ready_; }
  Duration wait() const override {
    return static_cast<int64_t>(position_.load()) * options_.peer_timeout;
  }
  View view() const override {
    const std::lock_guard lock(mutex_);
    return view_;
  }

 private:
  struct Link {
    std::string dialed, host;
    std::string peer;     // its name; empty before its hello
    bool awaits = false;  // all that the peer has
    int merges = 0;       // of the frame that is being taken in
    std::string quiet;    // why it ends, if that is no news
  };
  // An address that we call.
  struct Call {
    Duration next{};
    bool is_under_way = false;
    bool is_ourselves = false;
    bool has_failed = false;          // and that was said
    std::string name;                 // who answered last
    std::set<std::string> own_hosts;  // addresses behind the name that are ours
  };

  // --- what the links say
  void opened(LinkId id, const std::string& host, const std::string& dialed) override;
  void received(LinkId id, std::string_view frame) override;
  void closed(LinkId id, const std::string& peer, const std::string& dialed,
              const Error& why) override;
  void tick() override;

  // --- what the peers say; whether to read on at once
  bool take(LinkId id, Link& link, PeerHello hello);
  bool take(LinkId id, Link& link, const PeerPing& ping);
  bool take(LinkId id, Link& link, PeerState state);
  bool take(LinkId id, Link& link, const PeerStateEnd& end);
  bool take(LinkId id, Link& link, const PeerBye& bye);
  void merged(LinkId id, const Result<>& result);

  void refuse(LinkId id, std::string why);
  void send(LinkId id, const PeerMessage& message, const char* type);
  void send_all(LinkId id, bool wants_theirs);
  void spread(const PeerState& change);
  LinkId link_of(const std::string& peer) const;  // 0: none
  MemberList members() const;
  void call_others(Duration now);
  void call(const std::string& address, bool is_alive, Duration now);
  void complain(const std::string& peer, const Error& why);
  void publish();

  const Parts parts_;
  const ClusterOptions options_;
  const std::string name_, instance_, address_;
  const std::string own_address_;  // as we show it: with a host
  std::unique_ptr<FrameLinks> links_;

  // Of the links' thread.
  Peers peers_;
  Settling settling_;
  std::map<LinkId, Link> by_id_;
  std::map<std::string, Call> calls_;  // by address
  Duration next_probe_{0}, next_sync_;
  std::string last_synced_;
  Duration quiet_until_{0};
  size_t unsaid_ = 0;
  std::set<std::string> skewed_;

  std::atomic<bool> is_ready_ = false;
  std::atomic<size_t> position_ = 0;
  mutable std::mutex mutex_;
  View view_;

  Gauge& members_metric_;
  Gauge& failed_metric_;
  Gauge& health_metric_;
  Gauge& position_metric_;
  Counter& joined_metric_;
  Counter& left_metric_;
  Counter& reconnected_metric_;
  Counter& not_reconnected_metric_;
  Counter& silences_metric_;
  Counter& told_metric_;
};

std::string advertised(const ClusterOptions& options, const net::Listener& listener) {
  if (!options.advertise.empty()) return options.advertise;
  std::string address = listener.address();
  const std::string host = address.substr(0, address.rfind(':'));
  if (host != "0.0.0.0" && host != "[::]") return address;
  return fmt::format(":{}", listener.port());  // the others see the host
}

ClusterImpl::ClusterImpl(Parts parts, ClusterOptions options,
                         std::unique_ptr<net::Listener> listener)
    : parts_(parts),
      options_(std::move(options)),
      name_(options_.name.empty() ? new_name(parts_.clock.now(), parts_.rng) : options_.name),
      instance_(parts_.rng.token(16)),
      address_(advertised(options_, *listener)),
      own_address_(address_.starts_with(':') ? listener->address() : address_),
      links_(FrameLinks::make(std::move(listener),
                              {.greeting = std::string(kPeerGreeting),
                               .timeout = options_.tcp_timeout,
                               .tick = std::clamp<Duration>(options_.probe_interval / 4,
                                                            milliseconds(10), milliseconds(100))},
                              *this, parts_.log)),
      peers_(name_, {.probe_interval = options_.probe_interval,
                     .probe_timeout = options_.probe_timeout,
                     .reconnect_timeout = options_.reconnect_timeout}),
      settling_(parts_.clock.monotonic(), options_.gossip_interval, options_.settle_timeout),
      next_sync_(parts_.clock.monotonic() + options_.pushpull_interval),
      members_metric_(parts_.metrics.gauge("alertmanager_cluster_members",
                                           "Number indicating current number of members in "
                                           "cluster.")),
      failed_metric_(parts_.metrics.gauge("alertmanager_cluster_failed_peers",
                                          "Number indicating the current number of failed peers "
                                          "in the cluster.")),
      health_metric_(parts_.metrics.gauge("alertmanager_cluster_health_score",
                                          "Health score of the cluster. Lower values are better "
                                          "and zero means 'totally healthy'.")),
      position_metric_(parts_.metrics.gauge("alertmanager_peer_position",
                                            "Position the Alertmanager instance believes it's in. "
                                            "The position determines a peer's behavior in the "
                                            "cluster.")),
      joined_metric_(parts_.metrics.counter("alertmanager_cluster_peers_joined_total",
                                            "A counter of the number of peers that have joined.")),
      left_metric_(parts_.metrics.counter("alertmanager_cluster_peers_left_total",
                                          "A counter of the number of peers that have left.")),
      reconnected_metric_(
          parts_.metrics.counter("alertmanager_cluster_reconnections_total",
                                 "A counter of the number of cluster peer reconnections.")),
      not_reconnected_metric_(
          parts_.metrics.counter("alertmanager_cluster_reconnections_failed_total",
                                 "A counter of the number of failed cluster peer reconnection "
                                 "attempts.")),
      silences_metric_(
          parts_.metrics.counter("alertmanager_silences_gossip_messages_propagated_total",
                                 "Number of received gossip messages that have been further "
                                 "gossiped.")),
      told_metric_(parts_.metrics.counter("alertmanager_nflog_gossip_messages_propagated_total",
                                          "Number of received gossip messages that have been "
                                          "further gossiped.")) {
  for (const std::string& seed : options_.peers) calls_[seed];
  parts_.silences.on_change([this](const routing::Silence& silence) {
    silences_metric_.add();
    links_->post([this, silence] { spread({{silence}, {}}); });
  });
  parts_.log_book.on_told([this](const ToldKey& key, const Told& told) {
    told_metric_.add();
    links_->post([this, key, told] { spread({{}, {{key, told}}}); });
  });
  publish();
}

void ClusterImpl::stop(Duration patience) {
  links_->post([this] {
    for (const auto& [id, link] : by_id_) {
      if (!link.peer.empty()) send(id, PeerBye{"this process ends", true}, "bye");
    }
  });
  links_->stop(patience);
}

// --- links

void ClusterImpl::opened(LinkId id, const std::string& host, const std::string& dialed) {
  by_id_[id] = {.dialed = dialed, .host = host};
  send(id,
       PeerHello{.name = name_,
                 .instance = instance_,
                 .label = options_.label,
                 .address = address_,
                 .now = parts_.clock.now()},
       "hello");
}

void ClusterImpl::received(LinkId id, std::string_view frame) {
  Link& link = by_id_.at(id);
  auto message = read_peer_message(frame);
  if (!message) return refuse(id, "what it said cannot be read: " + message.error().message);
  if (link.peer.empty() != std::holds_alternative<PeerHello>(*message) &&
      !std::holds_alternative<PeerBye>(*message)) {
    return refuse(id, "it did not begin with one hello");
  }
  if (const Peers::Peer* peer = peers_.find(link.peer)) {
    const bool is_bye = std::holds_alternative<PeerBye>(*message);
    const bool is_back =
        !is_bye && peers_.heard(link.peer, std::string(peer->address), parts_.clock.monotonic());
    if (is_back) parts_.log.info("a process of the cluster is back", {{"peer", link.peer}});
  }
  const bool goes_on =
      std::visit([&](auto& one) { return take(id, link, std::move(one)); }, *message);
  if (goes_on) links_->read_on(id);
  publish();
}

void ClusterImpl::closed(LinkId id, const std::string& peer, const std::string& dialed,
                         const Error& why) {
  const auto call = calls_.find(dialed);
  if (call != calls_.end()) {
    call->second.is_under_way = false;
    if (id == 0 && why.code == Code::kNotFound && !call->second.own_hosts.empty()) {
      call->second.is_ourselves = true;
      return;
    }
  }
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) {
    if (dialed.empty()) return complain(peer, why);
    not_reconnected_metric_.add();
    const bool is_wanted = std::ranges::find(options_.peers, dialed) != options_.peers.end() ||
                           std::ranges::any_of(peers_.all(), [&](const auto& entry) {
                             return entry.second.address == dialed;
                           });
    if (call != calls_.end() && !is_wanted) {
      calls_.erase(call);  // somebody told us of it; if it is there, somebody will again
      return;
    }
    if (call == calls_.end() || std::exchange(call->second.has_failed, true)) return;
    parts_.log.warn("a process of the cluster cannot be reached; it is called again and again",
                    {{"address", dialed}, {"error", why}});
    return;
  }
  const Link link = std::move(found->second);
  by_id_.erase(found);
  if (!link.quiet.empty()) {
    parts_.log.debug("a link of the cluster ended", {{"address", peer}, {"because", link.quiet}});
  } else if (link.peer.empty()) {
    complain(peer, why);
  } else {
    parts_.log.info("a link of the cluster ended",
                    {{"peer", link.peer}, {"address", peer}, {"because", why}});
  }
  if (call != calls_.end()) call->second.next = parts_.clock.monotonic() + options_.probe_interval;
  publish();
}

// Whoever scans ports shall not fill the log.
void ClusterImpl::complain(const std::string& peer, const Error& why) {
  const Duration now = parts_.clock.monotonic();
  if (now < quiet_until_) {
    ++unsaid_;
    return;
  }
  quiet_until_ = now + kQuiet;
  parts_.log.warn("a stranger at the cluster's address was sent away",
                  {{"peer", peer}, {"because", why}, {"others_since", std::exchange(unsaid_, 0)}});
}

void ClusterImpl::refuse(LinkId id, std::string why) {
  send(id, PeerBye{.why = why}, "bye");
  links_->close(id, Error{Code::kInvalidArgument, std::move(why)});
}

void ClusterImpl::send(LinkId id, const PeerMessage& message, const char* type) {
  links_->send(id, to_frame(message));
  parts_.metrics
      .counter("alertmanager_cluster_messages_sent_total", "Total number of cluster messages sent.",
               {{"msg_type", type}})
      .add();
}

LinkId ClusterImpl::link_of(const std::string& peer) const {
  for (const auto& [id, link] : by_id_) {
    if (link.peer == peer) return id;
  }
  return 0;
}

// --- what the peers say

bool ClusterImpl::take(LinkId id, Link& link, PeerHello hello) {
  const auto call = calls_.find(link.dialed);
  if (hello.instance == instance_) {
    if (call != calls_.end()) call->second.own_hosts.insert(link.host);
    if (call != calls_.end()) call->second.next = Duration(0);
    link.quiet = "it is this process";
    links_->close(id, {Code::kCancelled, link.quiet});
    return false;
  }
  if (hello.label != options_.label) {
    refuse(id,
           fmt::format("the cluster's label is '{}' there and '{}' here; --cluster.label has to "
                       "be the same",
                       hello.label, options_.label));
    return false;
  }
  if (hello.name == name_) {
    refuse(id,
           fmt::format("both processes are called '{}'; --cluster.peer-name has to be different",
                       name_));
    return false;
  }
  const bool has_no_host = hello.address.starts_with(':');
  const bool is_v6 = has_no_host && link.host.contains(':') && !link.host.starts_with('[');
  if (has_no_host) {
    hello.address.insert(0, is_v6 ? fmt::format("[{}]", link.host) : link.host);
  }
  const Duration skew = parts_.clock.now() - hello.now;
  if (std::chrono::abs(skew) > kMostSkew && skewed_.insert(hello.name).second) {
    parts_.log.warn(
        "the clocks of two processes of the cluster differ; the newer of what both say "
        "holds, so set them",
        {{"peer", hello.name}, {"by", skew}});
  }
  const bool is_known = peers_.find(hello.name) != nullptr;
  if (peers_.heard(hello.name, hello.address, parts_.clock.monotonic())) {
    (is_known ? reconnected_metric_ : joined_metric_).add();
    parts_.log.info(is_known ? "a process of the cluster is back" : "a process joined the cluster",
                    {{"peer", hello.name}, {"address", hello.address}});
  } else if (!is_known) {
    refuse(id, fmt::format("there are {} processes in the cluster already", Peers::kMost));
    return false;
  }
  link.peer = hello.name;
  if (call != calls_.end()) {
    call->second.name = hello.name;
    call->second.has_failed = false;
    link.awaits = true;
    send_all(id, true);
  }
  return true;
}

bool ClusterImpl::take(LinkId id, Link&, const PeerPing& ping) {
  for (const auto& [name, address] : ping.members) {
    if (name != name_ && peers_.find(name) == nullptr && calls_.size() < 2 * Peers::kMost) {
      calls_[address];
    }
  }
  if (!ping.is_answer) send(id, PeerPing{true, members()}, "pong");
  return true;
}

bool ClusterImpl::take(LinkId id, Link& link, PeerState state) {
  parts_.metrics
      .counter("alertmanager_cluster_messages_received_total",
               "Total number of cluster messages received.", {{"msg_type", "state"}})
      .add();
  const auto done = [this, id](const Result<>& result) {
    links_->post([this, id, result] { merged(id, result); });
  };
  link.merges = (state.silences.empty() ? 0 : 1) + (state.told.empty() ? 0 : 1);
  const std::string peer = link.peer;
  const bool is_empty = link.merges == 0;
  if (!state.silences.empty()) parts_.silences.merge(std::move(state.silences), peer, done);
  if (!state.told.empty()) parts_.log_book.merge(std::move(state.told), peer, done);
  return is_empty;
}

// It is in the database, or was refused: then the next exchange of everything brings it again.
void ClusterImpl::merged(LinkId id, const Result<>& result) {
  if (!result) {
    parts_.log.warn("what another process of the cluster said could not be written",
                    {{"error", result.error()}});
  }
  const auto found = by_id_.find(id);
  if (found != by_id_.end() && --found->second.merges == 0) links_->read_on(id);
}

bool ClusterImpl::take(LinkId id, Link& link, const PeerStateEnd& end) {
  if (end.wants_yours) {
    send_all(id, false);
  } else {
    link.awaits = false;
  }
  return true;
}

bool ClusterImpl::take(LinkId id, Link& link, const PeerBye& bye) {
  if (bye.is_leaving && !link.peer.empty()) {
    if (peers_.left(link.peer)) left_metric_.add();
    parts_.log.info("a process left the cluster", {{"peer", link.peer}});
    link.quiet = "the other process ends";
  } else {
    parts_.log.warn("another process of the cluster does not want to talk to this one",
                    {{"address", link.dialed.empty() ? link.host : link.dialed},
                     {"because", codec::shown(bye.why)}});
    link.quiet = "it was refused";
  }
  links_->close(id, {Code::kCancelled, link.quiet});
  return false;
}

// --- what we say

void ClusterImpl::send_all(LinkId id, bool wants_theirs) {
  const PeerState all{parts_.silences.all(), parts_.log_book.all()};
  const size_t left_out = write_state(all, kPiece, FrameLinks::Options().max_frame,
                                      [&](const std::string& frame) { links_->send(id, frame); });
  if (left_out > 0) {
    parts_.log.warn(
        "some silences or notifications are too large for the cluster; other processes "
        "do not know them",
        {{"count", left_out}});
  }
  send(id, PeerStateEnd{wants_theirs}, "end");
}

void ClusterImpl::spread(const PeerState& change) {
  write_state(change, kPiece, FrameLinks::Options().max_frame, [&](const std::string& frame) {
    std::set<std::string> done;
    for (const auto& [id, link] : by_id_) {
      if (!link.peer.empty() && done.insert(link.peer).second) links_->send(id, frame);
    }
    parts_.metrics
        .counter("alertmanager_cluster_messages_sent_total",
                 "Total number of cluster messages sent.", {{"msg_type", "state"}})
        .add(done.size());
  });
}

MemberList ClusterImpl::members() const {
  MemberList list;
  for (const auto& [name, peer] : peers_.all()) {
    if (peer.is_alive) list.emplace_back(name, peer.address);
  }
  return list;
}

// --- time

void ClusterImpl::tick() {
  const Duration now = parts_.clock.monotonic();
  for (const std::string& name : peers_.look(now)) {
    left_metric_.add();
    parts_.log.warn("a process of the cluster does not answer any more; its turns go to the others",
                    {{"peer", name}});
    for (const auto& [id, link] : std::map(by_id_)) {
      if (link.peer == name) links_->close(id, {Code::kUnavailable, "it does not answer"});
    }
  }
  if (now >= next_probe_) {
    next_probe_ = now + options_.probe_interval;
    for (const auto& [name, peer] : peers_.all()) {
      if (const LinkId id = link_of(name)) send(id, PeerPing{false, members()}, "ping");
    }
  }
  if (now >= next_sync_) {
    next_sync_ = now + options_.pushpull_interval;
    // One after the other, as many as there are.
    const auto& all = peers_.all();
    auto next = all.upper_bound(last_synced_);
    if (next == all.end()) next = all.begin();
    if (next != all.end()) {
      last_synced_ = next->first;
      if (const LinkId id = link_of(last_synced_)) send_all(id, true);
    }
  }
  call_others(now);
  if (!is_ready_) {
    const bool is_catching_up =
        std::ranges::any_of(by_id_,
                            [](const auto& entry) {
                              return entry.second.awaits || entry.second.merges > 0 ||
                                     entry.second.peer.empty();
                            }) ||
        std::ranges::any_of(calls_, [](const auto& entry) {
          return entry.second.is_under_way && !entry.second.has_failed && entry.second.name.empty();
        });
    if (settling_.look(now, peers_.members(), is_catching_up)) {
      is_ready_ = true;
      const Log::Fields fields = {{"name", name_}, {"members", peers_.members()}};
      settling_.has_timed_out() ? parts_.log.warn("the cluster did not settle in time", fields)
                                : parts_.log.info("the cluster has settled", fields);
    }
  }
  publish();
}

void ClusterImpl::call_others(Duration now) {
  for (const auto& [name, peer] : peers_.all()) {
    if (!peer.has_left && link_of(name) == 0) call(peer.address, peer.is_alive, now);
  }
  // A copy of the addresses: call() may add to the map.
  std::vector<std::string> addresses;
  for (const auto& [address, one] : calls_) {
    if (one.name.empty() || link_of(one.name) == 0) addresses.push_back(address);
  }
  for (const std::string& address : addresses) call(address, false, now);
}

void ClusterImpl::call(const std::string& address, bool is_alive, Duration now) {
  if (address == address_) return;
  Call& call = calls_[address];
  if (call.is_ourselves || call.is_under_way || now < call.next) return;
  for (const auto& [_, link] : by_id_) {
    if (link.dialed == address) return;
  }
  call.is_under_way = true;
  call.next = now + (is_alive ? options_.probe_interval : options_.reconnect_interval);
  links_->dial(address, call.own_hosts);
}

void ClusterImpl::publish() {
  position_ = peers_.position();
  View view{.name = name_, .is_ready = is_ready_, .peers = members()};
  view.peers.emplace_back(name_, own_address_);
  std::ranges::sort(view.peers);
  members_metric_.set(static_cast<double>(peers_.members()));
  position_metric_.set(static_cast<double>(peers_.position()));
  size_t never_met = 0;
  size_t without_link = 0;
  for (const std::string& seed : options_.peers) {
    const Call& call = calls_[seed];
    if (call.name.empty() && !call.is_ourselves && seed != address_) ++never_met;
  }
  for (const auto& [name, peer] : peers_.all()) {
    if (peer.is_alive && link_of(name) == 0) ++without_link;
  }
  failed_metric_.set(static_cast<double>(peers_.failed() + never_met));
  health_metric_.set(static_cast<double>(without_link));
  const std::lock_guard lock(mutex_);
  view_ = std::move(view);
}

}  // namespace

Result<std::unique_ptr<Cluster>> Cluster::open(Parts parts, ClusterOptions options) {
  for (const std::string& peer : options.peers) {
    if (const auto where = net::parse_host_port(peer); !where) {
      return fail(where.error().in("--cluster.peer"));
    }
  }
  auto listener = net::Listener::bind(options.listen, &parts.log);
  if (!listener) return fail(std::move(listener.error()).in("--cluster.listen-address"));
  parts.log.info("the cluster listens", {{"cluster_address", (*listener)->address()}});
  parts.metrics.gauge("alertmanager_cluster_enabled", "Indicates whether clustering is enabled.")
      .set(1);
  return std::make_unique<ClusterImpl>(parts, std::move(options), *std::move(listener));
}

}  // namespace tocsin::alert
