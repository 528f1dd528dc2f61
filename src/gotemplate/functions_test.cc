#include "gotemplate/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gotemplate/template_set.h"
#include "gotemplate/time_layout.h"

namespace tocsin::gotemplate {
namespace {

using ::testing::HasSubstr;

const Time kNow = parse_rfc3339("2026-03-04T05:06:07.089Z").value();

std::string render(std::string_view text) {
  const Value dot = Value::map({{"at", parse_rfc3339("2026-01-02T03:04:05Z").value()}});
  const auto out = TemplateSet().render(text, dot, {.now = kNow});
  return out ? *out : "error: " + out.error().message;
}

TEST(Functions, Text) {
  EXPECT_EQ(render("{{ toUpper \"aé\" }}{{ toLower \"BÉ\" }}{{ trimSpace \"\\u2003 x \\n\" }}"),
            "AÉbéx");
  EXPECT_EQ(render("{{ title \"hELLO it's foo_bar 3rd ΟΔΟΣ\" }}"), "Hello It's Foo_bar 3Rd Οδος");
  EXPECT_EQ(
      render("{{ join \", \" (stringSlice \"a\" \"b\") }}{{ join \"-\" (list \"c\" \"d\") }}"),
      "a, bc-d");
  EXPECT_THAT(render("{{ join \",\" (list 1) }}"), HasSubstr("expected []string"));
  EXPECT_EQ(render("{{ urlUnescape \"a%20b+c\" }}{{ urlquery \"a b&\" }}"), "a b ca+b%26");
  EXPECT_THAT(render("{{ urlUnescape \"%zz\" }}"), HasSubstr("invalid URL escape"));
}

TEST(Functions, Patterns) {
  EXPECT_EQ(render("{{ match \"^a.c$\" \"abc\" }}{{ match \"x\" \"abc\" }}"), "truefalse");
  EXPECT_THAT(render("{{ match \"(\" \"abc\" }}"), HasSubstr("error parsing regexp"));
  EXPECT_EQ(replace_all("(\\w+)@(?P<host>\\w+)", "${host}:$1 $$5 $host$2x", "me@home").value(),
            "home:me $5 home");
  EXPECT_EQ(replace_all("x*", "-", "abxc").value(), "-a-b-c-");
  EXPECT_EQ(replace_all("", "é", "日").value(), "é日é");
  EXPECT_FALSE(replace_all("[", "", "x"));
}

TEST(Functions, TimesComeFromTheArgument) {
  EXPECT_EQ(render("{{ now }}"), "2026-03-04 05:06:07.089 +0000 UTC");
  EXPECT_EQ(render("{{ since .at }}"), "1466h2m2.089s");
  EXPECT_EQ(render("{{ since .at | humanizeDuration }}"), "61d 2h 2m 2s");
  EXPECT_EQ(render("{{ .at | tz \"Europe/Paris\" | date \"15:04 MST\" }}"), "04:04 CET");
  EXPECT_EQ(render("{{ .at | tz \"America/Sao_Paulo\" }}"), "2026-01-02 00:04:05 -0300 -03");
  EXPECT_THAT(render("{{ .at | tz \"Europe/Pariss\" }}"),
              HasSubstr("did you mean 'Europe/Paris'?"));
  EXPECT_EQ(render("{{ toDate \"2006-01-02\" \"2026-05-06\" | date \"Mon 2 January\" }}"),
            "Wed 6 May");
  EXPECT_EQ(render("{{ (toDate \"2006-01-02\" \"soon\").IsZero }}"), "true");
  EXPECT_THAT(render("{{ mustToDate \"2006-01-02\" \"soon\" }}"),
              HasSubstr("'soon' is not a time"));
  EXPECT_EQ(render("{{ (.at.Add -1800000000000).UnixMilli }}"), "1767321245000");
  EXPECT_EQ(
      render("{{ (.at.AddDate 0 1 -2).Format \"2006-01-02\" }} {{ .at.Weekday }} {{ .at.Month }}"),
      "2026-01-31 Friday January");
}

TEST(Functions, HumanizeDuration) {
  const std::pair<double, std::string_view> cases[] = {
      {0, "0s"},
      {1, "1s"},
      {60, "1m 0s"},
      {3600, "1h 0m 0s"},
      {86400, "1d 0h 0m 0s"},
      {-(86400 * 2 + 3600 * 3 + 60 * 4 + 5), "-2d 3h 4m 5s"},
      {899.99, "14m 59s"},
      {.1, "100ms"},
      {.0001, "100us"},
      {.12345, "123.5ms"},
      {60.5, "1m 0s"},
      {1.2345, "1.234s"},
      {12.345, "12.35s"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(humanize_duration(seconds), text);
  EXPECT_EQ(render("{{ humanizeDuration \"60\" }}{{ humanizeDuration 1234567 }}"),
            "1m 0s14d 6h 56m 7s");
  EXPECT_THAT(render("{{ humanizeDuration \"one\" }}"), HasSubstr("'one' is not a number"));
}

TEST(Functions, Containers) {
  EXPECT_EQ(
      render(
          "{{ $d := dict \"a\" 1 \"b\" (list 2 \"x\") }}{{ $d.a }}{{ index $d \"b\" 1 }}{{ $d }}"),
      "1xmap[a:1 b:[2 x]]");
  EXPECT_EQ(render("{{ append (list 1) 2 3 }}{{ append (stringSlice \"a\") \"b\" | join \"+\" }}"),
            "[1 2 3]a+b");
  EXPECT_THAT(render("{{ dict \"a\" }}"), HasSubstr("a value for each key"));
}

TEST(Functions, JsonIsGos) {
  EXPECT_EQ(render("{{ dict \"k\" \"<a&b>\\n\\\"é\" \"n\" 1.5 \"l\" (list true nil 3) | toJson }}"),
            "{\"k\":\"\\u003ca\\u0026b\\u003e\\n\\\"é\",\"l\":[true,null,3],\"n\":1.5}");
  EXPECT_EQ(render("{{ toJson .at }}{{ toJson 0.00001 }}{{ toJson 1e-9 }}{{ toJson 1e21 }}{{ "
                   "toJson 1e20 }}"),
            "\"2026-01-02T03:04:05Z\"0.000011e-91e+21100000000000000000000");
}

TEST(Functions, Base64IsTheOneForUrls) {
  EXPECT_EQ(
      render("{{ base64encode \"?\?>\" }} {{ base64encode \"a\" }} {{ base64decode \"Pz8-\" }}"),
      "Pz8- YQ== ?\?>");
  EXPECT_THAT(render("{{ base64decode \"a\" }}"), HasSubstr("illegal base64 data"));
}

TEST(TimeLayout, WritesEveryElement) {
  const Moment moment{.at = parse_rfc3339("2026-02-03T16:05:06.070809Z").value()};
  EXPECT_EQ(format_time(moment, "Monday Mon January Jan 01 1 02 2 _2 002 __2 2006 06"),
            "Tuesday Tue February Feb 02 2 03 3  3 034  34 2026 26");
  EXPECT_EQ(format_time(moment, "15 03 3 04 4 05 5 PM pm .000 .999999 ,00 MST -0700 -07:00 Z07:00"),
            "16 04 4 05 5 06 6 PM pm .070 .070809 ,07 UTC +0000 +00:00 Z");
  EXPECT_EQ(format_time(moment, "Janet _2006"), "Janet _2026");
}

TEST(TimeLayout, ReadsWhatItWrites) {
  const auto shown = [](std::string_view layout, std::string_view text) {
    const auto moment = parse_time(layout, text);
    return moment ? to_text(*moment) : "none";
  };
  EXPECT_EQ(shown("2006-01-02T15:04:05Z07:00", "2026-01-02T03:04:05.25+02:00"),
            "2026-01-02 03:04:05.25 +0200 +0200");
  EXPECT_EQ(shown("2006-01-02T15:04:05Z07:00", "2026-01-02T03:04:05Z"),
            "2026-01-02 03:04:05 +0000 UTC");
  EXPECT_EQ(shown("Jan 2, 2006 at 3:04pm (MST)", "Feb 3, 2026 at 7:54pm (PST)"),
            "2026-02-03 19:54:00 +0000 PST");
  EXPECT_EQ(shown("2006-01-02", "2026-02-30"), "none");
  EXPECT_EQ(shown("2006-01-02", "2026-02-03 "), "none");
  EXPECT_EQ(shown("2006 002", "2026 060"), "2026-03-01 00:00:00 +0000 UTC");
  EXPECT_EQ(shown("15:04", "24:00"), "none");
}

}  // namespace
}  // namespace tocsin::gotemplate
