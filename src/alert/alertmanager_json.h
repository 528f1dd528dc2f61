#pragma once

#include <span>
#include <string>
#include <string_view>

#include "alert/dispatcher.h"
#include "alert/refusal.h"
#include "routing/silence.h"

namespace tocsin::alert {

// JSON of Alertmanager's API v2 (api/v2/openapi.yaml of the reference, 0.34), its keys in the order
// in which the reference writes them, appended to a text: an answer may hold 100,000 alerts. Times
// are UTC with three digits behind the second; arrays are never null; <, > and & are escaped, as Go
// does.

void write_text(std::string& out, std::string_view text);
void write_time(std::string& out, Time time);
void write_labels(std::string& out, const routing::Labels& labels);

// [{"name":"team"}]
void write_receivers(std::string& out, std::span<const std::string> names);

// `muted_by`: the time intervals that mute the group in which it is shown. `receivers`: as
// write_receivers() writes them, for many alerts have the same.
void write_alert(std::string& out, const routing::PostedAlert& alert, uint64_t fingerprint,
                 const Dispatcher::Status& status, std::span<const std::string> muted_by,
                 std::string_view receivers);
void write_alert(std::string& out, const routing::PostedAlert& alert, uint64_t fingerprint,
                 const Dispatcher::Status& status, std::span<const std::string> muted_by,
                 std::span<const std::string> receivers);
void write_silence(std::string& out, const routing::Silence& silence, Time now);
std::string to_json(const Refusal& refusal);

}  // namespace tocsin::alert
