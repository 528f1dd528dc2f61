#include "gotemplate/html_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gotemplate/template_set.h"

namespace tocsin::gotemplate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kEvil = "<b>'\"&` javascript:alert(1)</script>";

std::string html(std::string_view text, const Value& dot = kEvil) {
  const auto out = TemplateSet().render(text, dot, {.mode = Mode::kHtml});
  return out ? *out : "error: " + out.error().message;
}

TEST(Html, TextAndAttributes) {
  EXPECT_EQ(html("<p>{{ . }}</p>", "<b>&'\"+"), "<p>&lt;b&gt;&amp;&#39;&#34;&#43;</p>");
  EXPECT_EQ(html("<p title=\"{{ . }}\" alt='{{ . }}'>", "<'\">"),
            "<p title=\"&lt;&#39;&#34;&gt;\" alt='&lt;&#39;&#34;&gt;'>");
  EXPECT_EQ(html("<p title={{ . }}>", "a b=`c`>"), "<p title=a&#32;b&#61;&#96;c&#96;&gt;>");
  EXPECT_EQ(html("<p title={{ . }} onclick=x>", ""), "<p title=ZgotmplZ onclick=x>");
  EXPECT_EQ(html("<title>{{ . }}</title>", "</title>"), "<title>&lt;/title&gt;</title>");
}

TEST(Html, NamesOfAttributesAreChosenAmongHarmlessOnes) {
  EXPECT_EQ(html("<p {{ . }}=\"x\">", "Title"), "<p title=\"x\">");
  for (const std::string_view name : {"onclick", "href", "style", "srcdoc", "type", "a b", ""}) {
    EXPECT_EQ(html("<p {{ . }}=\"x\">", name), "<p ZgotmplZ=\"x\">") << name;
  }
}

TEST(Html, Addresses) {
  EXPECT_EQ(html("<a href=\"{{ . }}\">", "javascript:alert(1)"), "<a href=\"#ZgotmplZ\">");
  EXPECT_EQ(html("<a href=\"{{ . }}\">", "https://x/?a=1&b=%20 c"),
            "<a href=\"https://x/?a=1&amp;b=%20%20c\">");
  EXPECT_EQ(html("<a href=\"/x?q={{ . }}\">", "a&b=c"), "<a href=\"/x?q=a%26b%3dc\">");
  EXPECT_EQ(html("<a href=\"{{ . | safeUrl }}\">", "tel:+49"), "<a href=\"tel:&#43;49\">");
  EXPECT_EQ(html("<img srcset=\"{{ . }}\">", "/a 1x, javascript:b 2x"),
            "<img srcset=\"/a 1x,#ZgotmplZ\">");
  EXPECT_EQ(html("<a href='{{ . }}{{ . }}'>", "javascript:x"), "<a href='#ZgotmplZ#ZgotmplZ'>");
}

TEST(Html, Scripts) {
  EXPECT_EQ(html("<script>x = {{ . }};</script>", "</script>"),
            "<script>x = \"\\u003c/script\\u003e\";</script>");
  EXPECT_EQ(html("<script>x = '{{ . }}';</script>", "';</script>"),
            "<script>x = '\\u0027;\\u003c\\/script\\u003e';</script>");
  EXPECT_EQ(html("<script>return{{ . }}</script>", 5), "<script>return 5 </script>");
  EXPECT_EQ(html("<script>x = `a${ {{ . }} }b{{ . }}`</script>", "`${1}"),
            "<script>x = `a${ \"`${1}\" }b\\u0060\\u0024\\u007b1\\u007d`</script>");
  EXPECT_EQ(html("<script>x = {{ . }} / 2; y = /{{ . }}/</script>", "a.b"),
            "<script>x = \"a.b\" / 2; y = /a\\.b/</script>");
  EXPECT_EQ(html("<a onclick=\"f({{ . }})\">", "\"x"), "<a onclick=\"f(&#34;\\&#34;x&#34;)\">");
}

TEST(Html, Styles) {
  EXPECT_EQ(html("<p style=\"color: {{ . }}\">", "red"), "<p style=\"color: red\">");
  for (const std::string_view value :
       {"red; x: y", "expression(1)", "url(x)", "\\65xpression", "a--b"}) {
    EXPECT_EQ(html("<p style=\"color: {{ . }}\">", value), "<p style=\"color: ZgotmplZ\">")
        << value;
  }
  EXPECT_EQ(html("<style>a { background: url(\"{{ . }}\") }</style>", "javascript:x"),
            "<style>a { background: url(\"#ZgotmplZ\") }</style>");
}

TEST(Html, CommentsAreLeftOutAndALoneSignIsText) {
  EXPECT_EQ(html("a<!-- {{ . }} -->b<script>/* {{ . }} */x</script> 1 < 2 <!DOCTYPE html>"),
            "ab<script> x</script> 1 &lt; 2 <!DOCTYPE html>");
}

TEST(Html, WhatTheTemplateVouchesForPasses) {
  EXPECT_EQ(html("{{ safeHtml . }}", "<b>x</b>"), "<b>x</b>");
  EXPECT_EQ(html("<p title=\"{{ safeHtml . }}\">", "<b>x</b> &amp; \""),
            "<p title=\"x &amp; &#34;\">");
  EXPECT_EQ(html("<a href=\"{{ safeHtml . }}\">", "javascript:x"), "<a href=\"#ZgotmplZ\">");
}

TEST(Html, EscapersByNameAreNotDoubled) {
  EXPECT_EQ(html("<p>{{ . | html }}</p>", "<"), "<p>&lt;</p>");
  EXPECT_EQ(html("<a href=\"?q={{ . | urlquery }}\">", "a b"), "<a href=\"?q=a&#43;b\">");
  EXPECT_THAT(html("{{ . | html | toUpper }}"), HasSubstr("'html' may only end a pipeline"));
}

TEST(Html, TheContextFollowsBranchesAndTemplates) {
  EXPECT_EQ(html("{{ define \"v\" }}{{ . }}{{ end }}<a href=\"{{ template \"v\" . }}\">{{ template "
                 "\"v\" . }}</a>",
                 "data:<"),
            "<a href=\"#ZgotmplZ\">data:&lt;</a>");
  EXPECT_EQ(html("<a {{ if . }}href=\"{{ . }}\"{{ else }}title='{{ . }}'{{ end }}>", "x:y"),
            "<a href=\"#ZgotmplZ\">");
}

TEST(Html, PagesThatEndInTheMiddleAreRefused) {
  for (const std::string_view text : {"<a href=\"{{ . }}", "<script>{{ . }}", "<!-- x", "<p"}) {
    EXPECT_THAT(html(text), HasSubstr("the page ends inside of")) << text;
  }
  EXPECT_THAT(html("<a href=x\"{{ . }}>"), HasSubstr("value without quotes"));
  EXPECT_THAT(html("<script>x = '\\{{ . }}'</script>"), HasSubstr("behind a \\"));
}

// Wherever it lands, the value opens no tag, ends no string and starts no scheme.
TEST(Html, NoPlaceLetsMarkupThrough) {
  constexpr std::string_view kPlaces[] = {"<p>@</p>",
                                          "<p a=\"@\">",
                                          "<p a='@'>",
                                          "<p a=@ b>",
                                          "<a href=\"@\">",
                                          "<a href='x?@'>",
                                          "<a href=@>",
                                          "<title>@</title>",
                                          "<textarea>@</textarea>",
                                          "<script>x=@</script>",
                                          "<script>x='@'</script>",
                                          "<script>x=\"@\"</script>",
                                          "<script>x=`@`</script>",
                                          "<script>x=/@/</script>",
                                          "<style>a{b:@}</style>",
                                          "<style>a{b:'@'}</style>",
                                          "<style>a{b:url(@)}</style>",
                                          "<p style='a:@'>",
                                          "<p onclick='f(\"@\")'>",
                                          "<!-- @ -->",
                                          "<p @=1>",
                                          "<img srcset='@'>",
                                          "<script>// @\n</script>",
                                          "<script>/* @ */</script>"};
  for (const std::string_view place : kPlaces) {
    std::string text(place);
    text.replace(text.find('@'), 1, "{{ . }}");
    const std::string with = html(text);
    const size_t around = place.find('@');
    ASSERT_THAT(with, Not(HasSubstr("error"))) << place;
    EXPECT_THAT(with, Not(HasSubstr("<b>"))) << place;
    EXPECT_THAT(with.substr(std::min(around, with.size())), Not(HasSubstr("(1)</script>")))
        << place;
    if (place.find("href=\"@") != std::string_view::npos) {
      EXPECT_THAT(with, Not(HasSubstr("javascript:"))) << place;
    }
  }
}

}  // namespace
}  // namespace tocsin::gotemplate
