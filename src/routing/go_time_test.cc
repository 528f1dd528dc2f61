#include "routing/go_time.h"

#include <gtest/gtest.h>

#include <utility>

namespace tocsin::routing {
namespace {

const Time kDay = from_millis(1'767'225'600'000);  // 2026-01-01T00:00:00Z

// Each was put to Debian's Alertmanager; tests/journeys asks it of more.
TEST(GoTime, ReadsWhatTheReferenceReads) {
  const std::pair<std::string_view, Time> kGood[] = {
      {"", Time{}},
      {"2026-01-01T00:00:00Z", kDay},
      {"2026-01-01T00:00:00", kDay},
      {"2026-01-01T00:00:00.123", kDay + milliseconds(123)},
      {"2026-01-01T00:00:00.123456", kDay + microseconds(123'456)},
      {"2026-01-01T00:00:00.1", kDay + milliseconds(100)},
      {"2026-01-01T00:00:00.1234567890123456789Z", kDay + microseconds(123'456)},
      {"2026-01-01T00:00", kDay},
      {"2026-01-01T00:00Z", kDay},
      {"2026-01-01 00:00:00", kDay},
      {"2026-01-01   0:00:00", kDay},
      {"2026-01-01T0:00:00Z", kDay},
      {"2026-01-01T0:00", kDay},
      {"2026-01-01T01:00:00.123+0100", kDay + milliseconds(123)},
      {"2026-01-01T00:00:00,5Z", kDay + milliseconds(500)},
      {"2026-01-02T00:00:00+24:00", kDay},
      {"2026-01-01T01:00:00+00:60", kDay},
      {"2025-12-31T23:00:00-00:60", kDay}};
  for (const auto& [text, time] : kGood) EXPECT_EQ(parse_go_date_time(text), time) << text;
}

TEST(GoTime, RefusesWhatTheReferenceRefuses) {
  for (const std::string_view bad : {"2026-01-01 00:00:00Z",
                                     "2026-01-01T00:00:00+0100",
                                     "2026-01-01",
                                     "20260101T000000Z",
                                     "2026-01-01T00:00:00+01",
                                     "2026-01-01T24:00:00",
                                     "2026-1-1T00:00:00",
                                     " 2026-01-01T00:00:00",
                                     "2026-01-01 00:00",
                                     "2026-01-01T00:00+01:00",
                                     "2026-01-01t00:00:00Z",
                                     "2026-01-01T00:00:00z",
                                     "2026-01-01T00:00:60Z",
                                     "2026-01-01T00:00:60",
                                     "2026-02-29T00:00:00Z",
                                     "2026-01-01T00:00:00.Z",
                                     "null",
                                     " ",
                                     "1767225600",
                                     "2026-01-01T00:00:00.12+0100"}) {
    EXPECT_FALSE(parse_go_date_time(bad)) << bad;
  }
}

}  // namespace
}  // namespace tocsin::routing
