#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "calendar/recurrence.h"

namespace tocsin::calendar {
namespace {

// How many occurrences a line of the table shows, and where it ends.
constexpr size_t kShown = 8;
const CivilSecond kEnd(2040, 1, 1);

// Rules whose occurrences another program has worked out; recurrence_table.py writes the table.
TEST(RecurrenceTable, HasTheOccurrencesThatDateutilFinds) {
  std::ifstream file(TOCSIN_CALENDAR_TABLE);
  ASSERT_TRUE(file) << TOCSIN_CALENDAR_TABLE;
  size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto parts = split(line, '|');
    ASSERT_GE(parts.size(), 3u) << line;
    const auto rule = Recurrence::parse(parts[1], parse_civil(parts[0]).value(), Zone());
    ASSERT_TRUE(rule) << line << ": " << rule.error().message;
    std::vector<std::string> wanted, found;
    for (size_t i = 2; i < parts.size(); ++i) wanted.emplace_back(parts[i]);
    for (const auto& one : rule->next(Time::min(), kShown)) {
      if (one.civil < kEnd) found.push_back(to_text(one.civil).substr(0, 16));
    }
    EXPECT_EQ(found, wanted) << parts[1] << " from " << parts[0];
    ++count;
  }
  EXPECT_EQ(count, 600u);
}

}  // namespace
}  // namespace tocsin::calendar
