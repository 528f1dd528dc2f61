#include "net/frame_links.h"

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/listener.h"

namespace tocsin::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr size_t kPiece = 256 << 10;  // bytes of one write

class Links;

Error lost(const error_code& error) {
  if (error == asio::error::eof) return {Code::kUnavailable, "the other end closed the connection"};
  return {Code::kUnavailable, error.message()};
}

// What a stranger said instead of the greeting, fit for a log.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c <= '~' ? c : '.';
  return out;
}

// One connection. Lives on the loop's thread; a handler under way keeps it alive.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Links& links, uint64_t id, std::string dialed);

  void dial(const std::set<std::string>& not_hosts);
  void adopt(int fd, bool is_v6, const std::string& peer);
  void send(std::string_view frame);
  void read_on();
  void close(Error why);  // when what was sent before has left
  void end(Error why);    // now
  bool is_idle() const { return unsent_ == 0; }
  void forget_owner() { is_muted_ = true; }

 private:
  // How long the step that is under way may take; one timer for reading and one for writing.
  void give_time(asio::steady_timer& timer, const char* what);
  void greet();
  void read_head();
  void read_body();
  void write_next();
  void write_piece();

  Links& links_;
  const uint64_t id_;
  const std::string dialed_;
  std::string peer_, host_;
  Tcp::socket socket_;
  Tcp::resolver resolver_;
  asio::steady_timer read_timer_, write_timer_;
  std::string heard_;  // the greeting, then the frame that is being read
  std::array<unsigned char, 4> head_{};
  std::string writing_, waiting_;
  size_t written_ = 0;  // of writing_
  size_t unsent_ = 0;
  bool is_open_ = false;  // greeted; the owner knows it
  bool is_ended_ = false, is_muted_ = false;
  std::optional<Error> closing_;
};

class Links final : public FrameLinks {
 public:
  Links(std::unique_ptr<Listener> listener, Options options, Owner& owner, Log& log)
      : listener_(std::move(listener)),
        options_(std::move(options)),
        owner_(owner),
        log_(log),
        work_(asio::make_work_guard(context_)),
        ticker_(context_) {}
  ~Links() override { stop(Duration(0)); }

  void start() override;
  void stop(Duration patience) override;
  void post(std::move_only_function<void()> job) override {
    asio::post(context_, [this, job = std::move(job)]() mutable {
      if (!is_stopping_) job();
    });
  }
  void dial(const std::string& address, std::set<std::string> not_hosts) override {
    add(address)->dial(not_hosts);
  }
  void send(LinkId link, std::string_view frame) override {
    if (const auto found = find(link)) found->send(frame);
  }
  void read_on(LinkId link) override {
    if (const auto found = find(link)) found->read_on();
  }
  void close(LinkId link, Error why) override {
    if (const auto found = find(link)) found->close(std::move(why));
  }

  asio::io_context& context() { return context_; }
  const Options& options() const { return options_; }
  Owner& owner() { return owner_; }
  void erase(uint64_t id) {
    links_.erase(id);
    if (is_stopping_ && links_.empty()) context_.stop();
  }

 private:
  std::shared_ptr<Link> add(const std::string& dialed) {
    const uint64_t id = ++last_id_;
    return links_.emplace(id, std::make_shared<Link>(*this, id, dialed)).first->second;
  }
  // A copy: the call may end it.
  std::shared_ptr<Link> find(uint64_t id) const {
    const auto found = links_.find(id);
    return found == links_.end() ? nullptr : found->second;
  }
  void accepted(Fd socket, const std::string& peer);
  void arm_ticker();
  void run();
  void begin_stop();

  const std::unique_ptr<Listener> listener_;
  const Options options_;
  Owner& owner_;
  Log& log_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer ticker_;
  std::unordered_map<uint64_t, std::shared_ptr<Link>> links_;
  uint64_t last_id_ = 0;
  bool is_stopping_ = false;  // of the loop's thread
  std::thread thread_;
};

// --- a connection

Link::Link(Links& links, uint64_t id, std::string dialed)
    : links_(links),
      id_(id),
      dialed_(std::move(dialed)),
      peer_(dialed_),
      socket_(links.context()),
      resolver_(links.context()),
      read_timer_(links.context()),
      write_timer_(links.context()) {}

void Link::give_time(asio::steady_timer& timer, const char* what) {
  timer.expires_after(links_.options().timeout);
  timer.async_wait([self = shared_from_this(), what](error_code error) {
    if (error == asio::error::operation_aborted) return;
    self->end({Code::kDeadlineExceeded, fmt::format("{} took longer than {}", what,
                                                    to_text(self->links_.options().timeout))});
  });
}

void Link::dial(const std::set<std::string>& not_hosts) {
  const auto where = parse_host_port(dialed_);
  if (!where) return end(where.error());
  give_time(read_timer_, "connecting");
  resolver_.async_resolve(
      where->host, where->port,
      [self = shared_from_this(), not_hosts](error_code error,
                                             const Tcp::resolver::results_type& found) {
        if (self->is_ended_) return;
        if (error) return self->end(lost(error));
        std::vector<Tcp::endpoint> endpoints;
        for (const auto& one : found) {
          if (!not_hosts.contains(one.endpoint().address().to_string())) {
            endpoints.push_back(one.endpoint());
          }
        }
        if (endpoints.empty()) {
          return self->end({Code::kNotFound, "no other address is behind that name"});
        }
        asio::async_connect(self->socket_, endpoints,
                            [self](error_code failed, const Tcp::endpoint& endpoint) {
                              if (self->is_ended_) return;
                              if (failed) return self->end(lost(failed));
                              self->host_ = endpoint.address().to_string();
                              self->greet();
                            });
      });
}

void Link::adopt(int fd, bool is_v6, const std::string& peer) {
  error_code error;
  socket_.assign(is_v6 ? Tcp::v6() : Tcp::v4(), fd, error);
  if (error) return end(lost(error));
  peer_ = peer;
  host_ = peer.substr(0, peer.rfind(':'));
  greet();
}

void Link::greet() {
  error_code ignored;
  socket_.set_option(Tcp::no_delay(true), ignored);
  const std::string& greeting = links_.options().greeting;
  waiting_ = greeting;
  unsent_ = greeting.size();
  write_next();
  if (is_ended_) return;
  heard_.resize(greeting.size());
  give_time(read_timer_, "the greeting");
  asio::async_read(
      socket_, asio::buffer(heard_), [self = shared_from_this()](error_code error, size_t bytes) {
        if (self->is_ended_) return;
        const std::string& expected = self->links_.options().greeting;
        const std::string_view heard = std::string_view(self->heard_).substr(0, bytes);
        if (heard != expected && bytes > 0) {
          return self->end(
              {Code::kFailedPrecondition,
               fmt::format("it does not speak '{}': it began with '{}'",
                           shown(expected.substr(0, expected.size() - 1)), shown(heard))});
        }
        if (error) return self->end(lost(error));
        self->read_timer_.cancel();
        self->is_open_ = true;
        self->links_.owner().opened(self->id_, self->host_, self->dialed_);
        self->read_on();
      });
}

void Link::read_on() {
  if (is_ended_ || !is_open_) return;
  read_head();
}

void Link::read_head() {
  asio::async_read(socket_, asio::buffer(head_),
                   [self = shared_from_this()](error_code error, size_t) {
                     if (self->is_ended_) return;
                     if (error) return self->end(lost(error));
                     self->read_body();
                   });
}

void Link::read_body() {
  size_t size = 0;
  for (const unsigned char byte : head_) size = size << 8 | byte;
  if (size > links_.options().max_frame) {
    return end(
        {Code::kResourceExhausted, fmt::format("it announced a frame of {} bytes; {} is the limit",
                                               size, links_.options().max_frame)});
  }
  heard_.resize(size);
  give_time(read_timer_, "a frame");
  asio::async_read(socket_, asio::buffer(heard_),
                   [self = shared_from_this()](error_code error, size_t) {
                     if (self->is_ended_) return;
                     if (error) return self->end(lost(error));
                     self->read_timer_.cancel();
                     // Kept apart: the owner may read on, which uses the place again.
                     const std::string frame = std::exchange(self->heard_, {});
                     self->links_.owner().received(self->id_, frame);
                   });
}

void Link::send(std::string_view frame) {
  if (is_ended_ || closing_) return;
  if (unsent_ + frame.size() > links_.options().max_unsent) {
    return end({Code::kResourceExhausted,
                fmt::format("it does not take what it is sent: {} bytes wait", unsent_)});
  }
  for (int shift = 24; shift >= 0; shift -= 8) {
    waiting_ += static_cast<char>(frame.size() >> shift & 0xff);
  }
  waiting_ += frame;
  unsent_ += frame.size() + 4;
  if (writing_.empty()) write_next();
}

void Link::write_next() {
  if (waiting_.empty()) {
    write_timer_.cancel();
    if (closing_) end(*closing_);
    return;
  }
  writing_ = std::exchange(waiting_, {});
  written_ = 0;
  write_piece();
}

// Piece by piece: a peer that takes much in is slow, not dead.
void Link::write_piece() {
  give_time(write_timer_, "sending");
  const size_t size = std::min(writing_.size() - written_, kPiece);
  asio::async_write(socket_, asio::buffer(writing_.data() + written_, size),
                    [self = shared_from_this()](error_code error, size_t bytes) {
                      if (self->is_ended_) return;
                      if (error) return self->end(lost(error));
                      self->written_ += bytes;
                      self->unsent_ -= bytes;
                      if (self->written_ < self->writing_.size()) return self->write_piece();
                      self->writing_.clear();
                      self->write_next();
                    });
}

void Link::close(Error why) {
  if (is_ended_ || closing_) return;
  closing_ = std::move(why);
  if (is_idle()) end(*closing_);
}

void Link::end(Error why) {
  if (is_ended_) return;
  is_ended_ = true;
  const auto self = shared_from_this();
  error_code ignored;
  resolver_.cancel();
  read_timer_.cancel();
  write_timer_.cancel();
  socket_.close(ignored);
  // Later: whoever calls us walks through its links.
  if (!is_muted_) {
    links_.post([this, self, why = std::move(why)] {
      links_.owner().closed(is_open_ ? id_ : 0, peer_, dialed_, why);
    });
  }
  links_.erase(id_);
}

// --- all of them

void Links::start() {
  arm_ticker();
  thread_ = std::thread([this] { run(); });
  if (listener_ == nullptr) return;
  listener_->start([this](Fd socket, std::string peer) {
    post([this, fd = std::move(socket), peer = std::move(peer)]() mutable {
      accepted(std::move(fd), peer);
    });
  });
}

void Links::accepted(Fd socket, const std::string& peer) {
  if (links_.size() >= options_.max_links) {
    owner_.closed(0, peer, "",
                  {Code::kResourceExhausted,
                   fmt::format("there are {} connections already", options_.max_links)});
    return;
  }
  add("")->adopt(socket.release(), peer.starts_with('['), peer);
}

void Links::arm_ticker() {
  ticker_.expires_after(options_.tick);
  ticker_.async_wait([this](error_code error) {
    if (error || is_stopping_) return;
    owner_.tick();
    arm_ticker();
  });
}

// An exception is a bug; it may cost a step, not the cluster.
void Links::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      log_.error("an exception in the loop of the cluster's connections", {{"what", e.what()}});
    }
  }
}

void Links::begin_stop() {
  is_stopping_ = true;
  ticker_.cancel();
  const auto all = links_;
  for (const auto& [_, link] : all) {
    link->forget_owner();
    link->close({Code::kCancelled, "this process ends"});
  }
  if (links_.empty()) context_.stop();
}

void Links::stop(Duration patience) {
  if (!thread_.joinable()) return;
  if (listener_) listener_->stop();
  asio::post(context_, [this, patience] {
    begin_stop();
    ticker_.expires_after(patience);
    ticker_.async_wait([this](error_code) { context_.stop(); });
  });
  thread_.join();
  const auto all = std::move(links_);  // their handlers hold them; the sockets close with the loop
  links_.clear();
}

}  // namespace

std::unique_ptr<FrameLinks> FrameLinks::make(std::unique_ptr<Listener> listener, Options options,
                                             Owner& owner, Log& log) {
  return std::make_unique<Links>(std::move(listener), std::move(options), owner, log);
}

}  // namespace tocsin::net
