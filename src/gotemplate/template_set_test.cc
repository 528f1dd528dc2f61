#include "gotemplate/template_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gotemplate/alert_data.h"

namespace tocsin::gotemplate {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Value data() {
  return Value::map({{"name", "api"},
                     {"list", Value::list({"a", "b", "c"})},
                     {"empty", Value::list({})},
                     {"labels", to_value(Labels{{"job", "web"}, {"alertname", "Down"}})}});
}

std::string render(std::string_view text, const Value& dot = data()) {
  const auto out = TemplateSet().render(text, dot, {});
  return out ? *out : "error: " + out.error().message;
}

Code code_of(std::string_view text, const RenderLimits& limits = {}) {
  const auto out = TemplateSet().render(text, data(), {.limits = limits});
  return out ? Code::kUnknown : out.error().code;
}

TEST(Language, PipelinesAndFields) {
  EXPECT_EQ(render("{{ .name }}-{{ .name | toUpper | printf \"%5s|\" }}"), "api-  API|");
  EXPECT_EQ(render("{{ (index .list 1) }}{{ len .list }}{{ .labels.job }}{{ .labels.none }}."),
            "b3web.");
  EXPECT_EQ(render("{{ .none }} {{ print .none }}"), "<no value> <nil>");
  EXPECT_EQ(render("{{ (.labels.Remove (stringSlice \"job\")).Names }}"), "[alertname]");
  EXPECT_EQ(render("{{ .labels }} {{ .labels.SortedPairs }}"),
            "alertname=Down, job=web alertname=Down, job=web");
}

TEST(Language, VariablesAndScopes) {
  EXPECT_EQ(
      render(
          "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ $x }}{{ $y }}{{ end }}{{ $x }}"),
      "232");
  EXPECT_EQ(render("{{ with $x := .name }}{{ $x }}{{ $.list }}{{ end }}"), "api[a b c]");
  EXPECT_THAT(render("{{ if true }}{{ $y := 3 }}{{ end }}{{ $y }}"),
              HasSubstr("undefined variable '$y'"));
  EXPECT_THAT(render("{{ $x := $x }}"), HasSubstr("undefined variable"));
}

TEST(Language, Loops) {
  EXPECT_EQ(render("{{ range $i, $v := .list }}{{ if eq $v \"c\" }}{{ break }}{{ end }}{{ $i }}{{ "
                   "$v }}{{ end }}"),
            "0a1b");
  EXPECT_EQ(render("{{ range .list }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }}"),
            "ac");
  EXPECT_EQ(render("{{ range .empty }}x{{ else }}none{{ end }}"), "none");
  EXPECT_EQ(render("{{ range $k, $v := .labels }}{{ $k }}={{ $v }};{{ end }}"),
            "alertname=Down;job=web;");
  EXPECT_EQ(render("{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}"), "01201");
  EXPECT_THAT(render("{{ range .name }}{{ end }}"), HasSubstr("can't iterate over type string"));
}

TEST(Language, Branches) {
  EXPECT_EQ(render("{{ if .none }}1{{ else if .empty }}2{{ else if .name }}3{{ else }}4{{ end }}"),
            "3");
  EXPECT_EQ(render("{{ with .none }}1{{ else with .name }}{{ . }}{{ else }}3{{ end }}"), "api");
  EXPECT_EQ(render("{{ if and .name (not .empty) (or .none 1) }}yes{{ end }}"), "yes");
}

TEST(Language, AndOrStopAtTheArgumentThatDecides) {
  EXPECT_EQ(render("{{ or .name (index .list 99) }}{{ and 0 (index .list 99) }}"), "api0");
}

TEST(Language, MarkersTrimTheTextBesideThem) {
  EXPECT_EQ(render("a \n {{- 1 -}} \n b {{ 2 }} c {{- /* gone */ -}} d"), "a1b 2 cd");
  EXPECT_EQ(render("{{-3}}|{{ -3 -}} x"), "-3|-3x");
}

TEST(Language, TemplatesCallEachOther) {
  EXPECT_EQ(render("{{ define \"t\" }}[{{ . }}{{ $ }}]{{ end }}{{ template \"t\" .name }}{{ "
                   "template \"t\" }}"),
            "[apiapi][<no value><no value>]");
  EXPECT_EQ(render("{{ block \"b\" .name }}<{{ . }}>{{ end }}"), "<api>");
  EXPECT_THAT(render("{{ template \"nothing\" }}"), HasSubstr("there is no template 'nothing'"));
}

TEST(TemplateSet, ALaterFileReplacesATemplateUnlessItsOwnIsBlank) {
  const auto first =
      TemplateSet().with({Source{"a.tmpl", "{{ define \"t\" }}old{{ end }}"}}).value();
  const auto second = first
                          .with({Source{"b.tmpl", "{{ define \"t\" }}new{{ end }}"},
                                 Source{"c.tmpl", "{{ define \"t\" }} \n{{ end }}"}})
                          .value();
  EXPECT_EQ(second.execute("t", Value(), {}).value(), "new");
  EXPECT_EQ(first.execute("t", Value(), {}).value(), "old");
  EXPECT_TRUE(second.has("b.tmpl"));
  EXPECT_EQ(second.execute("x", Value(), {}).error().code, Code::kNotFound);
}

TEST(TemplateSet, ErrorsNameFileLineColumnAndWhatIsWrong) {
  const auto parse = [](std::string text) {
    const auto set = TemplateSet().with({Source{"team.tmpl", std::move(text)}});
    return set ? "" : set.error().message;
  };
  EXPECT_EQ(parse("a\n{{ toUper .x }}"), "team.tmpl:2:4: function 'toUper' is not defined");
  EXPECT_EQ(parse("{{ if .x }}"), "team.tmpl:1:4: {{if}} is not closed by an {{end}}");
  EXPECT_THAT(parse("{{ .x "), StartsWith("team.tmpl:1:1: unclosed action"));
  EXPECT_THAT(parse("{{ end }}"), HasSubstr("nothing is open"));
  EXPECT_THAT(parse("{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}"),
              HasSubstr("defined twice"));
  EXPECT_THAT(parse("{{ (1 }}"), HasSubstr("parenthesis"));
  EXPECT_THAT(parse("{{ break }}"), HasSubstr("outside of {{range}}"));
  EXPECT_THAT(parse("{{ 1 | 2 }}"), HasSubstr("nothing to call"));
  EXPECT_THAT(parse("{{ .a.b. }}"), HasSubstr("team.tmpl:1:"));
  EXPECT_THAT(parse("{{ 99999999999999999999 }}"), HasSubstr("overflows"));
  EXPECT_THAT(parse("{{ \"a }}"), HasSubstr("unterminated"));

  const auto set = TemplateSet()
                       .with({Source{"team.tmpl", "{{ define \"t\" }}\n  {{ .name.x }}{{ end }}"}})
                       .value();
  EXPECT_EQ(set.execute("t", data(), {}).error().message,
            "team.tmpl:2:6: in template 't' at <.name.x>: can't evaluate field x in type string");
  EXPECT_EQ(
      render("{{ index .list 9 }}"),
      "error: :1:4: in template '' at <index .list 9>: error calling index: index out of range: 9");
  EXPECT_THAT(render("{{ toUpper 1 }}"),
              HasSubstr("wrong type for argument 1 of toUpper; expected string; got int"));
  EXPECT_THAT(render("{{ toUpper }}"), HasSubstr("wrong number of args for toUpper: want 1 got 0"));
  EXPECT_THAT(render("{{ .name 1 }}"), HasSubstr("not a method but has arguments"));
  EXPECT_THAT(render("{{ nil }}"), HasSubstr("nil is not a command"));
}

TEST(Limits, RunawayTemplatesAreRefused) {
  EXPECT_EQ(code_of("{{ range 1000000000 }}{{ end }}"), Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}"),
            Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ $x := \"0123456789\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}"),
            Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ $x := list 1 }}{{ range 100 }}{{ $x = list $x $x }}{{ end }}{{ $x }}"),
            Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ range 1000 }}0123456789{{ end }}", {.max_output = 5000}),
            Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ printf \"%1000000d%1000000d\" 1 2 }}"), Code::kResourceExhausted);
  EXPECT_EQ(
      code_of("{{ range $i := 2000 }}{{ if match (print \"a\" $i) \"a\" }}{{ end }}{{ end }}"),
      Code::kResourceExhausted);
  EXPECT_EQ(render("{{ range 3000 }}{{ if match \"b\" \"a\" }}{{ end }}{{ end }}"), "");
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "{{ if true }}";
  EXPECT_EQ(code_of(deep), Code::kResourceExhausted);
  EXPECT_EQ(code_of("{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}"),
            Code::kResourceExhausted);
}

TEST(TemplateSet, IsSharedByThreads) {
  const auto set =
      TemplateSet()
          .with({Source{"a", "{{ define \"t\" }}{{ range .list }}{{ title . }}{{ end }}{{ end }}"}})
          .value();
  const Value dot = data();
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) right += set.execute("t", dot, {}).value_or("") == "ABC" ? 1 : 0;
    });
  }
  threads.clear();
  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace tocsin::gotemplate
