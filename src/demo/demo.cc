#include "demo/demo.h"

#include <fmt/format.h>

#include <cstdio>

#include "demo/catcher.h"
#include "demo/load.h"

namespace tocsin::demo {

Result<> run_demo(const DemoOptions& options, const Clock& clock, Rng& rng, Log& log,
                  const std::function<bool()>& stop_requested) {
  FaultBoard faults;
  Pause pause;
  Metrics metrics;
  const std::unique_ptr<net::Client> client = net::Client::start(metrics);
  const ShopParts parts{faults, pause, *client, clock, rng, log};

  ASSIGN_OR_RETURN(const auto catcher,
                   Catcher::open(faults, options.catcher_port, options.smtp_port, clock, rng, log));
  ASSIGN_OR_RETURN(const auto shop, Shop::open(parts, options.ports));
  {
    Load load(parts, shop->ports().front, options.visitors_per_second);
    fmt::print(
        "The shop is open at http://127.0.0.1:{}/ with up to {:g} visitors a second.\n"
        "What people receive: http://127.0.0.1:{}/ (mail on port {})\n",
        shop->ports().front, options.visitors_per_second, catcher->http_port(),
        catcher->smtp_port());
    std::fflush(stdout);
    Pause tick;
    while (!stop_requested()) tick.wait(milliseconds(200));
    pause.stop();
  }
  shop->stop();
  return {};
}

}  // namespace tocsin::demo
