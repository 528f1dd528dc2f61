#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "routing/matcher.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// What a silence would do if it began now: pure, from what fires and how it is grouped.

struct PreviewAlert {
  routing::PostedAlertRef alert;
  uint64_t fingerprint = 0;
  bool is_acknowledged = false;
  bool is_told = true;  // not suppressed already
};
struct PreviewGroup {
  std::string receiver;
  routing::Labels labels;
  std::vector<uint64_t> alerts;  // fingerprints of those that fire
};

// Why somebody should look twice. `code` is for programs, `text` for people.
struct SilenceWarning {
  std::string code;
  std::string text;
};

struct SilencePreview {
  size_t firing = 0;                          // all alerts
  std::vector<PreviewAlert> hidden;           // those that match, by name and labels
  std::vector<PreviewGroup> silent_groups;    // of which nothing is told any more
  std::vector<std::string> silent_receivers;  // which would hear nothing at all
  std::vector<SilenceWarning> warnings;
};

SilencePreview preview(const routing::Matchers& matchers, Duration lasts,
                       std::vector<PreviewAlert> firing, const std::vector<PreviewGroup>& groups);

// The rules alone (docs/alertmanager.md has the table). `firing`: how many alerts there are.
std::vector<SilenceWarning> warnings_of(const routing::Matchers& matchers, Duration lasts,
                                        const std::vector<PreviewAlert>& hidden, size_t firing);

// By value of `alertname`, how many.
std::map<std::string, size_t> count_by_name(const std::vector<PreviewAlert>& alerts);

}  // namespace tocsin::alert
