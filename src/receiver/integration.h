#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gotemplate/template_set.h"
#include "net/client.h"
#include "routing/alertmanager_config.h"
#include "routing/posted_alert.h"

namespace tocsin::receiver {

// Why a group is told now (webhook field notification_reason, 0.33).
// kFlapping is ours: it fires and resolves again and again, and is held from now on.
enum class Reason { kFirst, kNewAlerts, kSomeResolved, kAllResolved, kRepeat, kFlapping };
std::string_view name_of(Reason reason);  // "first notification", "new alerts added", ...

// What is told: one flush of one group to one receiver.
struct GroupMessage {
  std::string receiver;
  std::string group_key;
  routing::Labels group_labels;
  routing::Labels route_labels;
  std::vector<routing::PostedAlertRef> alerts;  // firing and resolved, in the order to be shown
  Reason reason = Reason::kFirst;
  std::string external_url;
  Time now;                      // decides what is resolved, and `now` in templates
  bool maybe_duplicate = false;  // an earlier try may have arrived
};

struct SendFailure {
  Error error;
  bool retry = false;  // worth trying again before the group's next turn
  std::string reason;  // the metric's label: clientError, serverError, contextCanceled, other, ...
};
using Sent = std::expected<void, SendFailure>;

// One way of one receiver: renders the message and speaks the provider's protocol. Thread-safe;
// `done` exactly once, from any thread. It keeps no state between sends except what a provider's
// protocol asks for (a thread's id, an incident's key), which it derives from the group key.
class Integration {
 public:
  virtual ~Integration() = default;
  virtual std::string_view kind() const = 0;  // webhook, email, slack, ... as in the metrics
  virtual int index() const = 0;              // among those of its kind in the receiver
  virtual bool send_resolved() const = 0;
  // How long one try may last: the `timeout` of its settings, or this where they name none. A
  // provider that does not answer is asked again, not waited for until the group's next turn.
  virtual Duration longest_try() const { return std::chrono::seconds(30); }
  virtual void send(const GroupMessage& message, Duration timeout,
                    std::move_only_function<void(Sent)> done) = 0;
};

struct Tools {
  net::Client& client;
  std::shared_ptr<const gotemplate::TemplateSet> templates;
  std::string user_agent;  // Alertmanager/<the version that we stand in for>
};

// All integrations of a receiver that are delivered; those that are only parsed are left out (the
// configuration's warnings name them).
std::vector<std::unique_ptr<Integration>> make_integrations(const routing::Receiver& receiver,
                                                            const Tools& tools);

}  // namespace tocsin::receiver
