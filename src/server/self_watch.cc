#include "server/self_watch.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::server {
namespace {

constexpr std::string_view kPath = "/hooks/canary/";

Result<> judge(const Result<net::HttpAnswer>& answer) {
  if (!answer) return fail(answer.error());
  if (answer->status / 100 == 2) return {};
  return fail(Code::kUnavailable, fmt::format("answered {}", answer->status));
}

}  // namespace

void DrillTransport::send(const notify::Delivery& delivery, OnTaken done) {
  if (!delivery.message.is_drill) return others_.send(delivery, std::move(done));
  net::HttpCall call;
  call.method = "POST";
  call.url = delivery.contact.address;
  call.verify_tls = false;  // to ourselves, at an address that our certificate need not name
  call.max_answer = 1 << 16;
  call.proxy.from_environment = false;
  client_.call(std::move(call),
               [done = std::move(done)](const Result<net::HttpAnswer>& answer) mutable {
                 const Result<> judged = judge(answer);
                 done(judged ? Result<notify::Taken>(notify::Taken{}) : fail(judged.error()));
               });
}

SelfWatch::SelfWatch(Parts parts)
    : parts_(std::move(parts)),
      token_(parts_.rng.token(24)),
      auditor_(parts_.engine, parts_.log, parts_.metrics),
      ping_(std::make_shared<Ping>(
          parts_.log, parts_.metrics.gauge("tocsin_canary_ping_up",
                                           "1 when the outside monitor took the last ping"))) {
  if (!parts_.canary.is_on) return;
  canary_ = std::make_unique<oncall::Canary>(oncall::Canary::Parts{
      parts_.engine, parts_.pager, parts_.log, parts_.metrics,
      fmt::format("{}{}{}", parts_.own_url, kPath, token_),
      [this] { return auditor_.findings().empty(); }, [this] { ping(); }, parts_.canary.every});
}

void SelfWatch::listen(oncall::PagerListener& next) {
  if (canary_) canary_->listen(next);
  parts_.pager.listen(canary_ ? *canary_ : next);
}

std::shared_ptr<const catalog::Catalog> SelfWatch::for_pager(
    std::shared_ptr<const catalog::Catalog> catalog) const {
  return canary_ ? canary_->with_canary(*catalog) : catalog;
}

void SelfWatch::add_routes(net::Router& router) {
  if (!canary_) return;
  router.add("POST", std::string(kPath) + "{token}", [this](const net::Request& request) {
    if (!equal_constant_time(request.params.at("token"), token_)) {
      return net::Response::error(Error{Code::kNotFound, "there is nothing here"}, request);
    }
    const auto done = parts_.engine.run([this](engine::Tx& tx) { return canary_->answered(tx); });
    // Late or repeated pages of an earlier minute find nothing to answer; they have arrived.
    if (!done && done.error().code != Code::kFailedPrecondition) {
      return net::Response::error(done.error(), request);
    }
    return net::Response::json(200, codec::JsonObject{{"answered", done.has_value()}});
  });
}

std::vector<std::string> SelfWatch::troubles() const {
  std::vector<std::string> lines = auditor_.findings();
  if (canary_) {
    if (auto trouble = canary_->trouble()) lines.push_back(*std::move(trouble));
  }
  if (ping_->is_failing) {
    lines.emplace_back("the outside monitor (canary.ping) does not take the canary's pings");
  }
  return lines;
}

std::optional<oncall::CanaryRuns> SelfWatch::canary_runs() const {
  if (!canary_) return std::nullopt;
  return canary_->runs();
}

void SelfWatch::ping() {
  if (parts_.canary.ping.empty()) return;
  net::HttpCall call;
  call.url = parts_.canary.ping.reveal();
  call.max_answer = 1 << 16;
  call.follow_redirects = true;
  parts_.client.call(std::move(call), [ping = ping_](const Result<net::HttpAnswer>& answer) {
    const Result<> done = judge(answer);
    ping->metric.set(done ? 1 : 0);
    const bool was_failing = ping->is_failing.exchange(!done);
    // The URL is a secret, so the client's own words, which may hold it, are not told.
    if (!done && !was_failing) {
      ping->log.warn("the outside monitor did not take the canary's ping",
                     {{"answer", answer ? done.error().message : std::string("none")}});
    }
  });
}

}  // namespace tocsin::server
