#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "door/draft.h"

namespace tocsin::door {

// The alerts of one body. `invalid` says of each of the others why it was not taken; the good ones
// are kept all the same, for a webhook is not sent twice.
struct PostedBatch {
  std::vector<routing::PostedAlert> alerts;
  std::vector<std::string> invalid;
  size_t ignored = 0;  // those that a mapping leaves out on purpose
};
inline constexpr size_t kMostAlertsOfBody = 10'000;

// Webhooks that tell of a group: Alertmanager's, version 4, and Grafana's, which has the same
// fields and more. Each alert of the group becomes one, with its own labels and state; what tells
// two of them apart is the sender's fingerprint, which is a hash of the labels.
enum class Webhook { kAlertmanager, kGrafana };
Result<PostedBatch> read_webhook(Webhook kind, std::string_view body, Time now);

}  // namespace tocsin::door
