#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "alert/correlation.h"
#include "store/database.h"

namespace tocsin::alert {

// The alerts that fire, as ProblemDesk asks for them. Within the engine's transactions.

bool is_of_objective(const Alert& alert);
OpenProblem problem_of(const Alert& alert);

// The newest thousand. More may fire when everything is broken; then of the older ones those that
// decide about others: all of objectives, and for each service one that pages for a symptom. What
// one posted alert stands at, or would open again, is asked for by the two below.
Result<std::vector<OpenProblem>> open_problems(store::Session& sql);
// Each adds one alert to `open` unless it is there, or does not fire.
Result<> add_by_id(store::Session& sql, std::string_view id, std::vector<OpenProblem>& open);
// `about` as OpenProblem::about; of the class that pages, or of the other.
Result<> add_by_what(store::Session& sql, std::string_view about, bool is_page,
                     std::vector<OpenProblem>& open);

}  // namespace tocsin::alert
