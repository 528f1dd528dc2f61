#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oncall/schedule_check.h"
#include "oncall/schedule_spec.h"

namespace tocsin::oncall {

// Schedules in the rows of the database. What cannot be read back is kDataLoss.

// Everything that a document says about the layer; two that are alike have the same text.
std::string layer_text(const Layer& layer);

std::string versions_text(const std::vector<Version>& versions);
Result<std::vector<Version>> read_versions(std::string_view text);

// A schedule as declared; its one version has no `from`.
std::string spec_text(const ScheduleSpec& spec);
Result<ScheduleSpec> read_spec(std::string_view text, const ScheduleId& id);

std::string shifts_text(const std::vector<FixedPlan::Shift>& shifts);
Result<std::vector<FixedPlan::Shift>> read_shifts(std::string_view text);

std::string intervals_text(const std::vector<Interval>& intervals);
Result<std::vector<Interval>> read_intervals(std::string_view text);

std::string_view name_of(Rotation::Unit unit);  // hour, day, week, month, rule
std::string_view name_of(Override::Kind kind);  // add, remove, replace
std::optional<Override::Kind> override_kind(std::string_view name);
std::string_view name_of(ScheduleFault::Kind kind);  // gap, unreachable, long_shift, ...

}  // namespace tocsin::oncall
