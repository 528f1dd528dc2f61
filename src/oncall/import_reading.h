#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oncall/import.h"

// How the readers of exports look into JSON that others wrote: what lacks is empty, not an error.
namespace tocsin::oncall {

// The value at "user.id"; nullptr when a step lacks.
const codec::Node* at(const codec::Node& node, std::string_view path);
std::string text_at(const codec::Node& node,
                    std::string_view path);  // empty: lacks, null, no scalar
std::optional<int64_t> integer_at(const codec::Node& node, std::string_view path);
std::vector<const codec::Node*> items_at(const codec::Node& node, std::string_view path);

// Every object of the files whose name is `stem` or begins with "`stem`-": the file is a list, or
// an answer that holds one under `key` (or "data"), or is one such object itself under its
// singular. kInvalidArgument names a file that is none of these.
Result<std::vector<const codec::Node*>> objects(const ExportFiles& files, std::string_view stem,
                                                std::string_view key);

// A step whose people take turns. Round robin goes through the members of a team, so they become
// one, named after the policy; `step` is unique in the source.
SourceTarget take_turns(Source& source, std::string_view step, const std::string& policy,
                        std::vector<std::string> people);

// "+49" and "030 123456" to "+4930123456"; empty when no number comes out.
std::string phone_number(std::string_view country, std::string_view number);

// Whether something that ends at `end` (RFC 3339; empty: never) is over. What will end goes on
// here, for a layer has no end, and the notes say so.
bool is_over(std::string_view end, Time now, std::string_view what,
             std::vector<std::string>& notes);

// From a day (Monday 0) and minute on for `length` minutes, at most a week, as pieces of hours.
void add_hours(std::vector<calendar::WeeklyHours::Piece>& pieces, int day, int minute, int length);

}  // namespace tocsin::oncall
