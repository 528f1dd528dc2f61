#include "cli/deliveries.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "cli/show.h"

namespace tocsin::cli {
namespace {

constexpr Duration kAskEvery = milliseconds(200);

bool is_over(const codec::Json& delivery) {
  const std::string state = show(delivery, "state");
  return state == "sent" || state == "failed" || state == "dropped";
}

}  // namespace

Result<> follow_deliveries(ApiClient& api, codec::JsonArray& deliveries, Duration patience) {
  const SystemClock clock;
  const Duration until = clock.monotonic() + patience;
  while (!std::ranges::all_of(deliveries, is_over) && clock.monotonic() < until) {
    std::this_thread::sleep_for(kAskEvery);
    for (codec::Json& delivery : deliveries) {
      if (is_over(delivery)) continue;
      ASSIGN_OR_RETURN(delivery,
                       api.get("/api/v1/notify/deliveries/" + url_encode(show(delivery, "id"))));
    }
  }
  return {};
}

}  // namespace tocsin::cli
