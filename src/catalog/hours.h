#pragma once

#include "calendar/weekly_hours.h"
#include "codec/fields.h"

namespace tocsin::catalog {

// Pieces of the catalog's files that several kinds of documents share. What is wrong goes to the
// problems of `fields`, and a fallback comes back.

// [{days: mon-fri, from: "09:00", until: "17:00"}, ...]; days may also be a list. Missing: never.
calendar::WeeklyHours read_hours(codec::Fields& fields, std::string_view key);
// An IANA name; missing: UTC.
calendar::Zone read_zone(codec::Fields& fields, std::string_view key);
// `language`: en or de, of what Tocsin says by itself; en where it is left out.
std::string read_language(codec::Fields& fields);

}  // namespace tocsin::catalog
