#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

using Labels = std::map<std::string, std::string>;

// One alert of a notification.
struct AlertFacts {
  std::string status = "firing";  // or "resolved"
  Labels labels;
  Labels annotations;
  Time starts_at{};
  Time ends_at = kZeroTime;  // kZeroTime while it fires
  std::string generator_url;
  std::string fingerprint;
};

// What a notification is about, as Alertmanager hands it to templates and as the body of its
// webhook: https://prometheus.io/docs/alerting/latest/notifications/#data
struct NotificationFacts {
  std::string receiver;
  std::string status = "firing";  // "firing" while one of the alerts fires
  std::vector<AlertFacts> alerts;
  std::string notification_reason;  // "first notification", "repeat interval elapsed", ...
  Labels group_labels;
  Labels common_labels;
  Labels common_annotations;
  Labels route_labels;
  std::string external_url;  // without a slash at the end
};

// Sets status, common_labels and common_annotations from the alerts.
void fill_common(NotificationFacts& facts);

// The dot of a template: .Receiver, .Status, .Alerts (.Firing, .Resolved), .NotificationReason,
// .GroupLabels, .CommonLabels, .CommonAnnotations, .ExternalURL, .RouteLabels; each alert .Status,
// .Labels, .Annotations, .StartsAt, .EndsAt, .GeneratorURL, .Fingerprint. Label sets have
// .SortedPairs (alertname first; .Names, .Values), .Names, .Values and .Remove (list of names), and
// print as "alertname=Down, job=api". json_text of it (functions.h) has the field names of the
// webhook.
Value to_value(const NotificationFacts& facts);
Value to_value(const AlertFacts& facts);
Value to_value(const Labels& labels);  // template.KV

}  // namespace tocsin::gotemplate
