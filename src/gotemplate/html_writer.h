#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotemplate/html_context.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// Writes a page of which some pieces are the template's and the others values that must not be able
// to become markup, script or style. It follows the page as it comes out, so that each value is
// escaped for the very place where it lands: text, attribute, address, JavaScript or CSS.
//
// Go settles this before execution and so refuses a template whose branches end in different
// contexts; here each execution is judged by itself, which accepts more and is as safe.
class HtmlWriter {
 public:
  explicit HtmlWriter(std::string& out) : out_(out) {}  // must outlive the writer

  // Text of the template. Its comments are left out, and a < that begins no tag is written &lt;.
  // kInvalidArgument: markup in which a value could not be told from the rest.
  Result<void> text(std::string_view text);
  // A value; `escaper` ("html", "urlquery" or "") takes the place of the one that does the same.
  Result<void> value(const Value& value, std::string_view escaper);
  // Whether a value at this place is escaped by what that escaper does.
  bool escapes_like(std::string_view escaper) const;
  // kInvalidArgument: the page ends inside of a tag, a script or a comment.
  Result<void> finish() const;

 private:
  enum class Step : uint8_t {
    kText,
    kRcData,
    kAttribute,
    kBareAttribute,
    kAttributeName,
    kUrlFilter,
    kUrlNormalize,
    kUrlEscape,
    kSrcset,
    kJsString,
    kJsTemplate,
    kJsRegexp,
    kCssString,
    kCssValue,
    kNothing,
  };
  static std::vector<Step> steps_for(const HtmlContext& context);
  static std::string run(Step step, const Text& text);

  void write_literal(std::string_view text, const HtmlContext& before, const HtmlContext& after);

  std::string& out_;
  HtmlContext context_;
};

}  // namespace tocsin::gotemplate
