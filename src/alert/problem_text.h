#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/page_gate.h"
#include "alert/problem_store.h"

namespace tocsin::alert {

// How an alert that is made of posted alerts reads. Pure.

// The posted alert's own words: its summary, else its description, else its name and labels.
std::string summary_of(const routing::PostedAlert& alert);

// A new alert, without id and incident: its labels are alertname, problem (`about`), service and
// severity.
Alert make_problem(const routing::PostedAlert& first, const PostedPolicy& policy,
                   const Owner& owner, const std::string& about, bool is_page, Time now,
                   const std::string& external_url);

// The text by what fires now: `count` sources, of which the first kMostNamed are named.
inline constexpr int kMostNamed = 3;
void describe_problem(Alert& alert, const std::vector<AlertSource>& first, int64_t count, Time now);

// It is over; `why` is empty when its last source has resolved.
void resolve_problem(Alert& alert, Time at, std::string_view why);

}  // namespace tocsin::alert
