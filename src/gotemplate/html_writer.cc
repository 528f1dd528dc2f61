#include "gotemplate/html_writer.h"

#include <algorithm>

#include "base/text.h"
#include "gotemplate/builtins.h"
#include "gotemplate/html_escape.h"

namespace tocsin::gotemplate {
namespace {

using State = HtmlContext::State;
using Delimiter = HtmlContext::Delimiter;
using UrlPart = HtmlContext::UrlPart;

bool is_bare_comment(const HtmlContext& context) {
  return context.is_comment() && context.delimiter == Delimiter::kNone;
}

bool is_text(State state) { return state == State::kText || state == State::kRcData; }

}  // namespace

Result<void> HtmlWriter::text(std::string_view text) {
  while (!text.empty()) {
    const HtmlContext before = context_;
    ASSIGN_OR_RETURN(const size_t read, advance(context_, text));
    write_literal(text.substr(0, read), before, context_);
    if (read == 0 && before.state == context_.state) bug("reading HTML stands still");
    text.remove_prefix(read);
  }
  return {};
}

void HtmlWriter::write_literal(std::string_view text, const HtmlContext& before,
                               const HtmlContext& after) {
  if (is_bare_comment(before)) {
    // A comment may stand between two words; what ended a line still does.
    const bool has_ended = before.state != after.state;
    if (before.state == State::kCssBlockComment && has_ended) out_ += ' ';
    if (before.state == State::kJsBlockComment) {
      const bool has_line_end = text.find_first_of("\n\r") != std::string_view::npos;
      if (has_line_end) {
        out_ += '\n';
      } else if (has_ended) {
        out_ += ' ';
      }
    }
    return;
  }
  const size_t sign = after.state == State::kHtmlComment ? 4 : 2;  // <!-- or /* or //
  if (before.state != after.state && is_bare_comment(after) && text.size() >= sign) {
    text.remove_suffix(sign);
  }
  if (!is_text(before.state)) {
    out_ += text;
    return;
  }
  // The last < begins the tag that has been entered.
  size_t end = text.size();
  if (after.state != before.state && !is_bare_comment(after)) {
    end = std::min(text.rfind('<'), text.size());
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_lone =
        text[i] == '<' && i < end && !equal_ignoring_case(text.substr(i, 9), "<!doctype");
    if (is_lone) {
      out_ += "&lt;";
    } else {
      out_ += text[i];
    }
  }
}

std::vector<HtmlWriter::Step> HtmlWriter::steps_for(const HtmlContext& context) {
  std::vector<Step> steps;
  switch (context.state) {
    case State::kUrl:
    case State::kCssDoubleQuoted:
    case State::kCssSingleQuoted:
    case State::kCssDoubleQuotedUrl:
    case State::kCssSingleQuotedUrl:
    case State::kCssUrl: {
      const bool is_css_text =
          context.state == State::kCssDoubleQuoted || context.state == State::kCssSingleQuoted;
      if (context.url_part == UrlPart::kNone) steps.push_back(Step::kUrlFilter);
      steps.push_back(context.url_part == UrlPart::kQueryOrFragment ? Step::kUrlEscape
                      : is_css_text                                 ? Step::kCssString
                                                                    : Step::kUrlNormalize);
      break;
    }
    case State::kJsDoubleQuoted:
    case State::kJsSingleQuoted: steps.push_back(Step::kJsString); break;
    case State::kJsTemplate: steps.push_back(Step::kJsTemplate); break;
    case State::kJsRegexp: steps.push_back(Step::kJsRegexp); break;
    case State::kCss: steps.push_back(Step::kCssValue); break;
    case State::kText: steps.push_back(Step::kText); break;
    case State::kRcData: steps.push_back(Step::kRcData); break;
    case State::kAttrName:
    case State::kTag: steps.push_back(Step::kAttributeName); break;
    case State::kSrcset: steps.push_back(Step::kSrcset); break;
    case State::kJs:
    case State::kAttr: break;
    default: steps.push_back(Step::kNothing); break;  // comments
  }
  if (context.delimiter == Delimiter::kSpaceOrTagEnd) {
    steps.push_back(Step::kBareAttribute);
  } else if (context.delimiter != Delimiter::kNone) {
    steps.push_back(Step::kAttribute);
  }
  return steps;
}

std::string HtmlWriter::run(Step step, const Text& text) {
  switch (step) {
    case Step::kText: return escape_text(text);
    case Step::kRcData: return escape_rcdata(text);
    case Step::kAttribute: return escape_attribute(text);
    case Step::kBareAttribute: return escape_bare_attribute(text);
    case Step::kAttributeName: return filter_attribute_name(text);
    case Step::kUrlFilter: return filter_url(text);
    case Step::kUrlNormalize: return normalize_url(text);
    case Step::kUrlEscape: return escape_url_part(text);
    case Step::kSrcset: return filter_srcset(text);
    case Step::kJsString: return escape_js_string(text);
    case Step::kJsTemplate: return escape_js_template(text);
    case Step::kJsRegexp: return escape_js_regexp(text);
    case Step::kCssString: return escape_css_string(text);
    case Step::kCssValue: return filter_css_value(text);
    case Step::kNothing: return "";
  }
  return "";
}

bool HtmlWriter::escapes_like(std::string_view escaper) const {
  HtmlContext context = context_;
  enter_value(context);
  return std::ranges::any_of(steps_for(context), [&](Step step) {
    return escaper == "html"
               ? step == Step::kText || step == Step::kRcData || step == Step::kAttribute
               : step == Step::kUrlEscape || step == Step::kUrlNormalize;
  });
}

Result<void> HtmlWriter::value(const Value& value, std::string_view escaper) {
  enter_value(context_);
  Text text = as_text(value);
  if (context_.state == State::kJs) {
    text = {js_value(value), TextType::kString};
    context_.slash_divides = true;
  }
  for (const Step step : steps_for(context_)) {
    const bool is_html = step == Step::kText || step == Step::kRcData || step == Step::kAttribute;
    const bool is_url = step == Step::kUrlEscape || step == Step::kUrlNormalize;
    // An escaper that was asked for by name trusts nothing, as it does in text.
    std::string result = escaper == "html" && is_html      ? html_text(text.text)
                         : escaper == "urlquery" && is_url ? query_escape(text.text)
                                                           : run(step, text);
    // What a filter has let pass is still the value; all others have made text of it.
    const bool keeps_type = step == Step::kUrlFilter;
    text = {std::move(result), keeps_type ? text.type : TextType::kString};
  }
  out_ += text.text;
  return {};
}

Result<void> HtmlWriter::finish() const {
  if (context_.state == State::kText) return {};
  return invalid(
      "the page ends inside of a tag, an attribute, a comment, a script or a style; close "
      "it in the template");
}

}  // namespace tocsin::gotemplate
