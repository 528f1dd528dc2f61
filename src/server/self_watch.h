#pragma once

#include <memory>
#include <string>

#include "net/client.h"
#include "net/http.h"
#include "notify/outbox.h"
#include "oncall/auditor.h"
#include "oncall/canary.h"

namespace tocsin::server {

// How Tocsin watches itself: section `canary` of tocsin.yaml.
struct CanaryConfig {
  bool is_on = true;
  Duration every = minutes(1);
  catalog::TeamId team;  // who answers for the objective over it; empty: there is none
  Secret ping;           // URL that an outside dead-man switch expects to be called; empty: none
};

// Sends the canary's pages to this server itself, whatever TLS it speaks and wherever other
// messages may lead, and everything else by `others`. Thread-safe.
class DrillTransport final : public notify::Transport {
 public:
  DrillTransport(net::Client& client, notify::Transport& others)
      : client_(client), others_(others) {}
  void send(const notify::Delivery& delivery, OnTaken done) override;
  void poll(const notify::SentMessage& message, OnPolled done) override {
    others_.poll(message, std::move(done));
  }
  void cancel(const notify::SentMessage& message) override { others_.cancel(message); }
  Duration wait_asked_by(const catalog::Contact& contact) const override {
    return others_.wait_asked_by(contact);
  }
  Duration wait_asked_for(const notify::Delivery& delivery) const override {
    return others_.wait_asked_for(delivery);
  }

 private:
  net::Client& client_;
  notify::Transport& others_;
};

// The auditor and the canary, joined to the server and the outside. Made before the engine is
// started; what is read from it, from any thread.
class SelfWatch {
 public:
  struct Parts {
    engine::Engine& engine;
    oncall::Pager& pager;
    net::Client& client;
    Rng& rng;
    Log& log;
    Metrics& metrics;
    std::string own_url;  // at which this process reaches itself, without '/' at the end
    CanaryConfig canary;
  };
  explicit SelfWatch(Parts parts);

  // Joins itself before the pager's listener, if there is a canary.
  void listen(oncall::PagerListener& next);
  // What the pager is to use: the catalog, and the canary in it.
  std::shared_ptr<const catalog::Catalog> for_pager(
      std::shared_ptr<const catalog::Catalog> catalog) const;
  void add_routes(net::Router& router);
  std::vector<std::string> troubles() const;
  std::optional<oncall::CanaryRuns> canary_runs() const;  // nothing without a canary

 private:
  // Shared with the call under way.
  struct Ping {
    Log& log;
    Gauge& metric;
    std::atomic<bool> is_failing = false;
  };
  void ping();

  const Parts parts_;
  const std::string token_;
  oncall::Auditor auditor_;
  const std::shared_ptr<Ping> ping_;
  std::unique_ptr<oncall::Canary> canary_;
};

}  // namespace tocsin::server
