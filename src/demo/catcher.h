#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "demo/fault.h"
#include "net/server.h"
#include "net/smtp_catcher.h"

namespace tocsin::demo {

// A message as a person would have received it.
struct Caught {
  int64_t number = 0;  // from 1
  Time at;
  std::string channel;  // mail, webhook, slack
  std::string to;
  std::string title;
  std::string body;  // as it came over the wire
  std::string link;  // the first link to /p/... in it; empty if none
};

// Stands where mail servers, Slack and webhooks would be, keeps the last 500 messages and shows
// them at http://127.0.0.1:<port>/, newest first. Also the demo's control: POST /break/{fault},
// POST /heal.
class Catcher {
 public:
  static Result<std::unique_ptr<Catcher>> open(FaultBoard& faults, int http_port, int smtp_port,
                                               const Clock& clock, Rng& rng, Log& log);
  ~Catcher();
  int http_port() const { return server_->port(); }
  int smtp_port() const { return smtp_->port(); }

 private:
  explicit Catcher(FaultBoard& faults, const Clock& clock) : faults_(faults), clock_(clock) {}
  void add_routes();
  void keep(std::string channel, std::string to, std::string title, std::string body);
  std::string page() const;
  codec::JsonArray messages_after(int64_t number) const;

  FaultBoard& faults_;
  const Clock& clock_;
  Metrics metrics_;
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::SmtpCatcher> smtp_;
  mutable std::mutex mutex_;
  std::deque<Caught> caught_;
  int64_t last_number_ = 0;
};

}  // namespace tocsin::demo
