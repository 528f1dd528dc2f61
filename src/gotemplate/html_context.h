#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::gotemplate {

// Where in a page a place of the output stands, as far as escaping needs to know it. The states are
// those of Go's html/template; the security model is theirs:
// https://pkg.go.dev/html/template#hdr-Security_Model
struct HtmlContext {
  enum class State : uint8_t {
    kText,
    kTag,
    kAttrName,
    kAfterName,
    kBeforeValue,
    kHtmlComment,
    kRcData,  // in <title> and <textarea>
    kAttr,
    kUrl,
    kSrcset,
    kJs,
    kJsDoubleQuoted,
    kJsSingleQuoted,
    kJsTemplate,
    kJsRegexp,
    kJsBlockComment,
    kJsLineComment,
    kCss,
    kCssDoubleQuoted,
    kCssSingleQuoted,
    kCssDoubleQuotedUrl,
    kCssSingleQuotedUrl,
    kCssUrl,
    kCssBlockComment,
    kCssLineComment,
  };
  // What ends the attribute's value.
  enum class Delimiter : uint8_t { kNone, kDouble, kSingle, kSpaceOrTagEnd };
  enum class UrlPart : uint8_t { kNone, kBeforeQuery, kQueryOrFragment };
  enum class Element : uint8_t { kNone, kScript, kStyle, kTextarea, kTitle };
  enum class Attribute : uint8_t { kPlain, kScript, kScriptType, kStyle, kUrl, kSrcset };

  State state = State::kText;
  Delimiter delimiter = Delimiter::kNone;
  UrlPart url_part = UrlPart::kNone;
  bool slash_divides = false;  // in JavaScript: a slash here is a division, not a pattern
  Element element = Element::kNone;
  Attribute attribute = Attribute::kPlain;
  // For each ${ of a JavaScript template that is open: the braces open in it.
  std::vector<int> braces;

  bool is_comment() const {
    return state == State::kHtmlComment || state == State::kJsBlockComment ||
           state == State::kJsLineComment || state == State::kCssBlockComment ||
           state == State::kCssLineComment;
  }
};

// Reads text of the template from `text`, as far as one state lasts or up to its end, and moves
// `context` along; the number of bytes read. Reading none is possible once before a state changes.
// kInvalidArgument: what no browser would read as it was meant, such as a quote in an unquoted
// value.
Result<size_t> advance(HtmlContext& context, std::string_view text);

// A value begins here: settles what `<a {{.}}` and `<a href={{.}}` mean.
void enter_value(HtmlContext& context);

// What an attribute of this name holds. kUnsafe: may not be chosen by a value.
enum class AttributeKind : uint8_t { kPlain, kUrl, kCss, kJs, kSrcset, kUnsafe };
AttributeKind attribute_kind(std::string_view lower_name);

}  // namespace tocsin::gotemplate
