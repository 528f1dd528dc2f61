#include "gotemplate/template_maker.h"

#include <fmt/format.h>

namespace tocsin::gotemplate::testing {
namespace {

constexpr std::string_view kNames[] = {"alertname", "severity", "job", "instance", "team", "path"};
constexpr std::string_view kValues[] = {"",
                                        "critical",
                                        "warning",
                                        "API down",
                                        "<b>bold</b>",
                                        "a&b=c+d",
                                        "it's \"quoted\"",
                                        "héllo wörld",
                                        "ΣΊΣΥΦΟΣ",
                                        "line\nbreak\ttab",
                                        "http://x.example/?q=1&r=a b#top",
                                        "javascript:alert(1)",
                                        "50%",
                                        "`tick` ${x}",
                                        "</script><!--",
                                        "\\back/slash",
                                        "0",
                                        "3.14",
                                        "日本語",
                                        "UPPER lower_mix-ed 9x"};

template <class Array>
std::string_view any_of(Rng& rng, const Array& array) {
  return array[rng.below(std::size(array))];
}

Labels make_labels(Rng& rng) {
  Labels labels;
  for (uint64_t left = rng.below(5); left > 0; --left) {
    labels[std::string(any_of(rng, kNames))] = any_of(rng, kValues);
  }
  return labels;
}

}  // namespace

NotificationFacts make_facts(Rng& rng) {
  NotificationFacts facts;
  facts.receiver = any_of(rng, kValues);
  for (uint64_t left = rng.below(4); left > 0; --left) {
    AlertFacts alert;
    alert.labels = make_labels(rng);
    alert.annotations = make_labels(rng);
    alert.starts_at = from_micros(static_cast<int64_t>(rng.below(4'000'000'000'000'000)));
    if (rng.below(3) == 0) {
      alert.status = "resolved";
      alert.ends_at = alert.starts_at + Duration(static_cast<int64_t>(rng.below(900'000'000'000)));
    }
    alert.generator_url = any_of(rng, kValues);
    alert.fingerprint = fmt::format("{:016x}", rng.next());
    facts.alerts.push_back(std::move(alert));
  }
  fill_common(facts);
  facts.group_labels = rng.below(2) == 0 ? facts.common_labels : make_labels(rng);
  facts.external_url = "http://alerts.example:9093";
  return facts;
}

std::string TemplateMaker::pick(std::initializer_list<std::string_view> from) {
  return std::string(from.begin()[rng_.below(from.size())]);
}

std::string TemplateMaker::literal() {
  return pick({"a", " text ", "\n", "  \n\t x", "[", "]: ", " - ", "} ", "%d", "é", ""});
}

std::string TemplateMaker::labels() {
  if (in_alert_ > 0 && rng_.below(2) == 0) return pick({".Labels", ".Annotations"});
  return pick({"$.CommonLabels", "$.GroupLabels", "$.CommonAnnotations"});
}

std::string TemplateMaker::alert() { return in_alert_ > 0 ? "." : "(index $.Alerts 0)"; }

std::string TemplateMaker::moment() {
  const std::string from = alert();
  return (from == "." ? "" : from) + pick({".StartsAt", ".EndsAt", ".StartsAt", ".StartsAt.UTC"});
}

std::string TemplateMaker::texts(int depth) {
  switch (rng_.below(depth > 0 ? 5 : 2)) {
    case 0: return labels() + pick({".Names", ".Values", ".SortedPairs.Names"});
    case 1: return "(stringSlice \"b\" \"a\" \"severity\")";
    case 2: return fmt::format("(stringSlice {} {})", text(depth - 1), text(depth - 1));
    case 3: return fmt::format("({}.Remove (stringSlice \"job\" \"nothing\")).Names", labels());
    default: return fmt::format("(slice {} 0 1)", "(stringSlice \"x\" \"y\")");
  }
}

std::string TemplateMaker::text(int depth) {
  if (depth <= 0 || rng_.below(4) == 0) {
    switch (rng_.below(5)) {
      case 0: return pick({"$.Status", "$.Receiver", "$.ExternalURL"});
      case 1: return labels() + "." + pick({"alertname", "severity", "job", "absent"});
      case 2: return pick({R"("a b")", R"("<i>")", "`raw\\n`", R"("tab\tq\"é\x41")", R"("")"});
      case 3: return fmt::format("(index {} \"{}\")", labels(), pick({"job", "team", "absent"}));
      default: return variables_ > 0 ? "$t" : "\"v\"";
    }
  }
  switch (rng_.below(12)) {
    case 0: return fmt::format("({} {})", pick({"toUpper", "toLower", "title"}), text(depth - 1));
    case 1:
      return fmt::format("({} | {})", text(depth - 1), pick({"toUpper", "html", "js", "urlquery"}));
    case 2: return fmt::format("(join {} {})", pick({"\", \"", "\" \"", "\"\""}), texts(depth - 1));
    case 3: return fmt::format("({} | join \"-\")", texts(depth - 1));
    case 4:
      return fmt::format(
          "(reReplaceAll {} {} {})",
          pick({R"("[aeiou]")", R"x("(\\w)(\\w*)")x", R"("x*")", R"("^|$")",
                R"x("(?P<first>[a-z])")x"}),
          pick({R"("_")", R"("$2${1}")", R"("<$0>")", R"("$first$$")", R"("$1x")", R"("")"}),
          text(depth - 1));
    case 5: return formatted(depth);
    case 6: return fmt::format("(print {} {})", any(depth - 1), any(depth - 1));
    case 7:
      return fmt::format("({} {})", pick({"html", "js", "urlquery", "println", "print"}),
                         any(depth - 1));
    case 8: return fmt::format("({} {} {})", pick({"or", "and"}), text(depth - 1), text(depth - 1));
    case 9:
      return fmt::format(
          "({}.Format {})", moment(),
          pick({"\"2006-01-02T15:04:05Z07:00\"", "\"Mon Jan _2 15:04:05 2006\"",
                "\"Monday, 02-Jan-06 3:04PM MST\"", "\"02.01.2006 15:04:05.000 -0700\"",
                "\"2006-002 __2 3pm .999\"", "\"January 2 06 05.99 -07:00:00 Janet _2006\"",
                "\"15h4m5s,000000 Z0700 20060102\""}));
    case 10: return fmt::format("(slice \"abcdef\" {} {})", rng_.below(4), 3 + rng_.below(5));
    default: return fmt::format("({}.Sub {}).String", moment(), moment());
  }
}

std::string TemplateMaker::formatted(int depth) {
  std::string flags = pick({"", "", "-", "+", "#", "0", " ", "+0"});
  std::string width = pick({"", "", "5", "12", ".2", "8.3", ".0"});
  const std::string verb =
      pick({"v", "s", "d", "q", "x", "X", "t", "f", "e", "g", "T", "c", "U", "o", "b", "z"});
  // C and Go differ in how many digits these give hexadecimal floats.
  const bool is_hex = verb == "x" || verb == "X";
  if (is_hex && width == ".0") width = "";
  if (is_hex && flags == "#") flags = "";
  return fmt::format("(printf \"{}%{}{}{}|%v\" {}{})", pick({"", "%%", "n="}), flags, width, verb,
                     any(depth - 1), pick({" 1", "", " 1 2"}));
}

std::string TemplateMaker::number(int depth) {
  switch (rng_.below(depth > 0 ? 8 : 3)) {
    case 0: return pick({"0", "1", "-3", "42", "0x1F", "1_000", "'a'", "0b11", "017"});
    case 1: return pick({"1.5", "1e6", "2.0", "-0.25", "1e21", "123456789.0", "0.00001"});
    case 2: return pick({"(len $.Alerts)", "(len $.Alerts.Firing)", "(len $.Status)"});
    case 3: return fmt::format("(len {})", text(depth - 1));
    case 4: return fmt::format("(len {})", texts(depth - 1));
    case 5:
      return fmt::format(
          "{}.{}", moment(),
          pick({"Unix", "Year", "Day", "Hour", "YearDay", "UnixNano", "Nanosecond", "Minute"}));
    case 6:
      return fmt::format("({}.Sub {}).{}", moment(), moment(),
                         pick({"Seconds", "Hours", "Minutes", "Milliseconds"}));
    default: return fmt::format("(len {})", labels());
  }
}

std::string TemplateMaker::truth(int depth) {
  if (depth <= 0)
    return pick({"true", "false", "$.Status", "(len $.Alerts)", "\"\"", "0", "1.5",
                 "(not $.Alerts.Resolved)"});
  switch (rng_.below(9)) {
    case 0: return fmt::format("(eq {} {})", text(depth - 1), text(depth - 1));
    case 1: return fmt::format("(eq $.Status \"resolved\" {})", text(depth - 1));
    case 2:
      return fmt::format("({} {} {})", pick({"lt", "le", "gt", "ge", "ne"}), number(0), number(0));
    case 3: return fmt::format("(not {})", any(depth - 1));
    case 4:
      return fmt::format("(and {} {} {})", truth(depth - 1), any(depth - 1), truth(depth - 1));
    case 5: return fmt::format("(or {} {})", truth(depth - 1), any(depth - 1));
    case 6:
      return fmt::format("(match {} {})",
                         pick({R"("^a")", R"("[0-9]+")", R"("(?i)API")", R"(".")"}),
                         text(depth - 1));
    case 7:
      return fmt::format("({}.{} {})", moment(), pick({"After", "Before", "Equal"}), moment());
    default:
      return fmt::format("({} {} {})", pick({"lt", "gt", "le"}), text(depth - 1), text(depth - 1));
  }
}

std::string TemplateMaker::any(int depth) {
  switch (rng_.below(9)) {
    case 0: return truth(depth);
    case 1: return texts(depth);
    case 2:
    case 3: return number(depth);
    case 4: return pick({"nil", "true", "'x'", "$.Status"});
    default: return text(depth);
  }
}

std::string TemplateMaker::action(int depth) {
  const std::string open = pick({"{{ ", "{{", "{{- "}), close = pick({" }}", "}}", " -}}"});
  switch (rng_.below(8)) {
    case 0: return open + number(depth) + close;
    case 1: return open + texts(depth) + close;
    case 2: return open + truth(depth) + close;
    case 3:
      return open + text(depth) + " | printf \"%" + pick({"s", "q", "10s", "v", "-8.3s|"}) + "\"" +
             close;
    case 4: return open + moment() + pick({"", ".Month", ".Weekday", ".String"}) + close;
    case 5:
      return fmt::format("{{{{{}/* note {{{{ }}}} */{}}}}}", pick({"", "- "}), pick({"", " -"}));
    default: return open + text(depth) + close;
  }
}

std::string TemplateMaker::control(int depth) {
  const std::string close = pick({" }}", " -}}"});
  switch (rng_.below(7)) {
    case 0:
      return fmt::format("{{{{ if {}{}{}{{{{ else if {} }}}}{}{{{{- else }}}}{}{{{{ end }}}}",
                         truth(2), close, body(depth - 1), truth(1), body(depth - 1),
                         body(depth - 1));
    case 1:
      return fmt::format("{{{{ with {}{}[{{{{ . }}}}]{{{{ else }}}}none{{{{ end }}}}", text(2),
                         close);
    case 2: {
      ++in_alert_;
      const std::string inner = body(depth - 1);
      --in_alert_;
      return fmt::format("{{{{ range {}{}{}{{{{ else }}}}empty{{{{ end }}}}",
                         pick({"$.Alerts", "$.Alerts.Firing", "$.Alerts.Resolved"}), close, inner);
    }
    case 3:
      return fmt::format(
          "{{{{ range {}.SortedPairs }}}}{{{{ .Name }}}}={}{{{{ .Value{}{{{{ end }}}}", labels(),
          literal(), close);
    case 4:
      return fmt::format(
          "{{{{ range $i, $v := {} }}}}{{{{ if {} }}}}{{{{ {} }}}}{{{{ end }}}}{{{{ $i }}}}:{{{{ "
          "$v }}}};{{{{ end }}}}",
          pick({texts(1), labels(), "$.CommonLabels",
                "(slice \"ab\" 0 1 | printf \"%s\" | stringSlice \"q\")"}),
          pick({"eq (len $v) 3", "$v", "false"}), pick({"break", "continue"}));
    case 5: {
      ++variables_;
      std::string out = fmt::format(
          "{{{{ with $t := {} }}}}{}{{{{ $t }}}}{{{{ if {} }}}}{{{{ $t = {} }}}}{{{{ end }}}}{{{{ "
          "$t }}}}{}{{{{ end }}}}",
          text(1), literal(), truth(1), text(1), action(1));
      --variables_;
      return out;
    }
    default:
      return fmt::format("{{{{ range {} }}}}{{{{ . }}}}{}{{{{ end }}}}", texts(2), literal());
  }
}

std::string TemplateMaker::body(int depth) {
  std::string out;
  for (uint64_t left = 1 + rng_.below(3); left > 0; --left) {
    out += literal();
    out += depth > 0 && rng_.below(2) == 0 ? control(depth) : action(2);
  }
  return out + literal();
}

std::string TemplateMaker::text_template() { return body(2); }

std::string TemplateMaker::value() {
  const std::string inner =
      pick({text(1), number(1), "$.ExternalURL", "$.CommonLabels.job", "$.Receiver",
            "$.CommonLabels.alertname", "true", text(0) + " | html", text(0) + " | urlquery",
            "\"<u>x</u> &amp;\" | safeHtml", "$.CommonAnnotations.path", texts(1)});
  return "{{ " + inner + " }}";
}

std::string TemplateMaker::html_piece() {
  switch (rng_.below(22)) {
    case 0: return "<p class=\"" + value() + " x\">" + value() + "</p>";
    case 1: return "<a href=\"" + value() + "\">" + value() + "</a>";
    case 2: return "<a href='/find?q=" + value() + "&amp;p=" + value() + "#" + value() + "'>x</a>";
    case 3:
      return "<img src=\"" + value() + "/a.png\" alt=" + pick({"a", "'b'"}) + " title='" + value() +
             "'>";
    case 4:
      return "<script>var a = " + value() + "; f(\"" + value() + "\", '" + value() +
             "') / 2;</script>";
    case 5:
      return "<script>/* c */ if (x) { y = /" + value() + "/g } // " + pick({"n", "it's"}) +
             "\n z = " + value() + " / " + value() + "</script>";
    case 6:
      return "<style>p { color: " +
             pick({"{{ \"#fff\" }}", "{{ $.Status }}", "{{ len $.Alerts }}",
                   "{{ $.ExternalURL }}"}) +
             "; } /* c */ q { background: url(/i?" + value() + ") }</style>";
    case 7:
      return "<div style=\"width: " +
             pick({"{{ \"1 px\" }}", "{{ $.Status | html }}", "{{ len $.Alerts }}%"}) +
             "; background: url('" + value() + "')\">t</div>";
    case 8: return "<!-- " + value() + " -->";
    case 9: return "<title>" + value() + " &amp; " + value() + "</title>";
    case 10: return "<textarea name=\"n\">" + value() + "</textarea>";
    case 11:
      return "<button onclick=\"go(" + value() + ", '" + value() + "')\">" + value() + "</button>";
    case 12: return "a < b " + value() + " > c & d";
    case 13: return "<input value=\"" + value() + "\" data-x='" + value() + "' disabled>";
    case 14:
      return "{{ if " + truth(1) + " }}<b>" + value() + "</b>{{ else }}" + value() + "{{ end }}";
    case 15:
      return "{{ range $.CommonLabels.SortedPairs }}<li title=\"{{ .Name }}\">{{ .Value }}</li>{{ "
             "end }}";
    case 16: return "<x-y a:href=\"" + value() + "\" xmlns:b='" + value() + "'/>";
    case 17: return "<img srcset=\"" + value() + "\">";
    case 18:
      return "<style>@import \"" + value() + "\"; a:after { content: '" + value() + "' }</style>";
    case 19: return "<script type=\"text/template\"><p>" + value() + "</p></script>";
    case 20: return "<!DOCTYPE html><a data-url=\"" + value() + "\" rel=x>";
    default: return "<p>" + value() + "\n</p>";
  }
}

std::string TemplateMaker::html_template() {
  std::string out;
  for (uint64_t left = 1 + rng_.below(4); left > 0; --left) out += html_piece();
  return out;
}

}  // namespace tocsin::gotemplate::testing
