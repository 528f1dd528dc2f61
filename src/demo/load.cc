#include "demo/load.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace tocsin::demo {
namespace {

// More than this at once means that the shop hangs; further visitors stay away, as real ones do.
constexpr int kMaxUnderWay = 400;

}  // namespace

double visitors_per_second(double peak, Time now) {
  const auto of_day = now - std::chrono::floor<days>(now);
  const double turn = to_seconds(of_day - hours(15)) / 86400 * 2 * std::numbers::pi;
  return peak * (0.8 + 0.2 * std::cos(turn));
}

Load::Load(ShopParts parts, int front_port, double peak_per_second)
    : parts_(parts), front_port_(front_port), peak_(peak_per_second), thread_([this] { run(); }) {}

Load::~Load() {
  // run() ends when the shared Pause is stopped, which the demo does first.
  thread_.join();
}

void Load::run() {
  // Due times advance by the drawn gaps, so that a late wake-up does not lower the rate.
  Duration due = parts_.clock.monotonic();
  while (true) {
    const double rate = visitors_per_second(peak_, parts_.clock.now());
    due += from_seconds(-std::log(1 - parts_.rng.unit()) / rate);
    const Duration wait = due - parts_.clock.monotonic();
    if (!parts_.pause.wait(std::max(wait, Duration(0)))) return;
    if (under_way_->load() < kMaxUnderWay) visit();
  }
}

void Load::visit() {
  net::HttpCall call;
  const bool orders = parts_.rng.below(10) < 3;
  call.method = orders ? "POST" : "GET";
  call.url = fmt::format("http://127.0.0.1:{}{}", front_port_, orders ? "/checkout" : "/");
  call.timeout = seconds(5);
  ++*under_way_;
  ++sent_;
  parts_.client.call(std::move(call),
                     [under_way = under_way_](Result<net::HttpAnswer>) { --*under_way; });
}

}  // namespace tocsin::demo
