#include "base/log.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

struct Captured {
  ManualClock clock{from_millis(0)};
  std::string lines;
  Log log(LogFormat format, LogLevel level = LogLevel::kInfo) {
    return Log(clock, level, format, [this](LogLevel, std::string_view line) { lines += line; });
  }
};

TEST(Log, WritesLogfmtWithQuotesOnlyWhereNeeded) {
  Captured out;
  Log log = out.log(LogFormat::kLogfmt);
  log.info("page sent", {{"to", "ada"}, {"reason", "a \"b\"\n"}, {"try", 2}, {"ok", true}});
  EXPECT_EQ(out.lines,
            "ts=1970-01-01T00:00:00.000Z level=info msg=\"page sent\" to=ada "
            "reason=\"a \\\"b\\\"\\n\" try=2 ok=true\n");
}

TEST(Log, WritesJson) {
  Captured out;
  Log log = out.log(LogFormat::kJson);
  log.warn("slow", {{"took", milliseconds(1500)}, {"bad", 0.0 / 0.0}});
  EXPECT_EQ(out.lines,
            "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"msg\":\"slow\",\"took\":1.5,"
            "\"bad\":null}\n");
}

TEST(Log, NeverShowsASecret) {
  Captured out;
  Log log = out.log(LogFormat::kLogfmt);
  log.info("signing in", {{"password", Secret("hunter2")}});
  EXPECT_EQ(out.lines.find("hunter2"), std::string::npos);
  EXPECT_NE(out.lines.find("<secret>"), std::string::npos);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  Captured out;
  Log log = out.log(LogFormat::kLogfmt, LogLevel::kError);
  log.warn("quiet");
  EXPECT_EQ(out.lines, "");
}

}  // namespace
}  // namespace tocsin
