#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "routing/posted_alert.h"

namespace tocsin::door {

// What a reader of a request may know of who sends it.
struct Sender {
  std::string integration;  // the token's name; what two tokens send is never one alert
  std::string service;      // the catalog's service of that name; empty if there is none
};

// The label by which a sender knows an alert that it triggers and resolves by a key of its own.
inline constexpr std::string_view kKeyLabel = "dedup_key";
// Whose token it was: keys of two tokens are apart.
inline constexpr std::string_view kIntegrationLabel = "integration";
inline constexpr std::string_view kSourceLabel = "source";

// An alert that comes without an end fires until its sender resolves it: its end is this far away.
// PostedBook gives it as long again at each start.
inline constexpr Duration kUntilResolved = days(3650);

// Beyond these a text is cut, with an ellipsis; details beyond the last are left out and counted in
// the annotation `left_out`.
inline constexpr size_t kLongestLabel = 1024;         // bytes
inline constexpr size_t kLongestKeyLabel = 2048;      // bytes of a dedup_key: the 512 characters of
                                                      // an alias of Opsgenie, which is found by it
inline constexpr size_t kLongestAnnotation = 16'384;  // bytes
inline constexpr size_t kMostAnnotations = 65'536;    // bytes of one alert

// An alert while its fields are gathered. What is set first stays: a door sets its own fields and
// then the details that the sender adds.
class Draft {
 public:
  // Left out when the value is empty or the label is there.
  void label(std::string_view name, std::string_view value);
  void annotation(std::string_view name, std::string_view value);
  // A field that the sender named itself: one that collides with a field of the door's is kept as
  // details.NAME.
  void detail(std::string_view name, std::string_view value);

  bool has_label(std::string_view name) const { return labels_.contains(name); }
  bool has_annotation(std::string_view name) const { return annotations_.contains(name); }
  std::string_view label_of(std::string_view name) const;

  // Fires from `starts`, which is not taken to be in the future, until it is resolved.
  routing::PostedAlert firing(Time starts, Time now) const;
  // Over at `ends`, which is not taken to be in the future.
  routing::PostedAlert resolved(Time starts, Time ends, Time now) const;
  std::string generator_url;  // cut out where it is no URL

 private:
  routing::PostedAlert alert(Time starts, Time ends, Time now) const;

  std::map<std::string, std::string, std::less<>> labels_, annotations_;
  size_t annotation_bytes_ = 0;
  size_t left_out_ = 0;
};

// Reading a sender's JSON, where a field may be of any shape.

// A scalar as it stands, anything else as JSON on one line, null and nothing as "".
std::string text_of(const codec::Node* node);
codec::Json to_json(const codec::Node& node);
// A time as senders write it: RFC 3339, also with +0000 or without an offset (then UTC), or seconds
// or milliseconds since 1970. Nothing where it is none.
std::optional<Time> time_of(const codec::Node* node);

}  // namespace tocsin::door
