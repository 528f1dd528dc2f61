#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alert/refusal.h"
#include "routing/matcher.h"
#include "routing/posted_alert.h"
#include "routing/silence.h"

namespace tocsin::alert {

// The bodies that people and programs post to API v2, read as Go's encoding/json reads them:
// unknown fields are ignored and what stands behind the value, too; of a field that is there twice
// the last holds, and pairs are joined. A body that is no JSON is 400; only what could be read is
// looked through for a missing field, which is 422.

struct PostedAlerts {
  std::vector<routing::PostedAlert> alerts;  // the good ones
  std::vector<std::string> invalid;          // why each of the others is not kept
};
struct PostedViews {
  std::vector<routing::PostedView> alerts;
  std::vector<std::string> invalid;
};
struct PostedAlertRules {
  Duration resolve_timeout = std::chrono::minutes(5);
  bool utf8_names = true;  // else label names are [a-zA-Z_][a-zA-Z0-9_]*
};
// An array of {labels, annotations?, startsAt?, endsAt?, generatorURL?}. A start that is missing is
// the end, or else `now`; an end that is missing is `now` plus resolve_timeout; times are those of
// routing::parse_go_date_time, their zero is year 1.
std::expected<PostedAlerts, Refusal> read_posted_alerts(std::string_view body,
                                                        const PostedAlertRules& rules, Time now);

// The same without a copy of what was read, for the way that takes thousands a second: a quarter of
// a microsecond an alert of 550 bytes. Keeps its memory from one body to the next. One thread's.
class PostedReader {
 public:
  PostedReader();
  ~PostedReader();
  // The views are into the reader and hold until its next call. A body with room for kReadAhead
  // bytes behind its end is not copied first.
  std::expected<PostedViews, Refusal> read(const std::string& body, const PostedAlertRules& rules,
                                           Time now);
  static const size_t kReadAhead;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// {id?, matchers, startsAt, endsAt, createdBy, comment, annotations?}. Its times are looked at
// before its matchers are, as in the reference; whether it may be kept says routing::check.
// Without utf8_names a matcher's label is [a-zA-Z_][a-zA-Z0-9_]*.
std::expected<routing::Silence, Refusal> read_posted_silence(std::string_view body, Time now,
                                                             bool utf8_names = true);

}  // namespace tocsin::alert
