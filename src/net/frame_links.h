#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"

namespace tocsin::net {

class Listener;

// Connections between processes of the same kind that carry frames: four bytes of length (big
// endian), then that many bytes, either way. Each end begins with a greeting and ends the
// connection when the other's is not the same: so a stranger, or another version of ours, is told
// apart before a frame is read. What a frame means is the owner's business.
//
// It has one thread. The owner is called on it alone, and calls everything but post(), start() and
// stop() on it alone.
class FrameLinks {
 public:
  using LinkId = uint64_t;

  struct Options {
    std::string greeting;          // not longer than 64 bytes
    size_t max_frame = 4 << 20;    // bytes; a link that announces more ends
    size_t max_links = 64;         // more are closed at once
    size_t max_unsent = 64 << 20;  // bytes that wait for a peer that does not read; more: it ends
    // For connecting, for the greeting, for the rest of a frame that has begun, and for each piece
    // that is written.
    Duration timeout = std::chrono::seconds(10);
    Duration tick = std::chrono::milliseconds(100);
  };

  class Owner {
   public:
    virtual ~Owner() = default;
    // Greetings were exchanged. `dialed` is what dial() was given, empty for who came by itself;
    // `host` is the other end's address without the port.
    virtual void opened(LinkId link, const std::string& host, const std::string& dialed) = 0;
    // Nothing more is read from this link until read_on(): so a peer is no faster than we are.
    virtual void received(LinkId link, std::string_view frame) = 0;
    // Once for each that was opened, never from within a call of the owner's; with link 0 for one
    // that was not: a dial that failed, a stranger.
    virtual void closed(LinkId link, const std::string& peer, const std::string& dialed,
                        const Error& why) = 0;
    virtual void tick() = 0;
  };

  // Takes what `listener` has bound; without one nobody can come, and it dials only. `owner`
  // outlives stop().
  static std::unique_ptr<FrameLinks> make(std::unique_ptr<Listener> listener, Options options,
                                          Owner& owner, Log& log);
  virtual ~FrameLinks() = default;

  virtual void start() = 0;
  // Sends what is left within `patience`, closes all, joins. The owner hears nothing more.
  virtual void stop(Duration patience) = 0;
  // From any thread: `job` runs on ours. After stop() it does not run.
  virtual void post(std::move_only_function<void()> job) = 0;

  // host:port; the addresses of the host are tried in turn, but those in `not_hosts`. Answers by
  // opened() or closed(), with kNotFound when none is left to try.
  virtual void dial(const std::string& address, std::set<std::string> not_hosts) = 0;
  virtual void send(LinkId link, std::string_view frame) = 0;
  virtual void read_on(LinkId link) = 0;
  // closed() is called with `why` when what was sent before has left, or at the timeout.
  virtual void close(LinkId link, Error why) = 0;
};

}  // namespace tocsin::net
