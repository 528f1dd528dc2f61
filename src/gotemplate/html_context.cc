#include "gotemplate/html_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gotemplate/literal.h"

namespace tocsin::gotemplate {
namespace {

using State = HtmlContext::State;
using Delimiter = HtmlContext::Delimiter;
using Element = HtmlContext::Element;
using Attribute = HtmlContext::Attribute;
using UrlPart = HtmlContext::UrlPart;

constexpr std::string_view kHtmlSpaces = " \t\n\f\r";
constexpr size_t kNone = std::string_view::npos;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

size_t skip_space(std::string_view text, size_t at) {
  const size_t found = text.find_first_not_of(kHtmlSpaces, at);
  return found == kNone ? text.size() : found;
}

std::string_view tag_of(Element element) {
  switch (element) {
    case Element::kScript: return "script";
    case Element::kStyle: return "style";
    case Element::kTextarea: return "textarea";
    case Element::kTitle: return "title";
    default: return "";
  }
}

// The place of `</tag`, or npos.
size_t find_end_tag(std::string_view text, std::string_view tag) {
  for (size_t at = text.find("</"); at != kNone; at = text.find("</", at + 2)) {
    const std::string_view rest = text.substr(at + 2);
    if (rest.size() > tag.size() && equal_ignoring_case(rest.substr(0, tag.size()), tag) &&
        std::string_view(" \t\n\f/>").find(rest[tag.size()]) != kNone) {
      return at;
    }
  }
  return kNone;
}

// The end of the tag's name that starts at `at`.
size_t tag_name_end(std::string_view text, size_t at) {
  if (at == text.size() || !is_letter(text[at])) return at;
  size_t end = at + 1;
  while (end < text.size()) {
    if (is_alnum(text[end])) {
      ++end;
    } else if ((text[end] == ':' || text[end] == '-') && end + 1 < text.size() &&
               is_alnum(text[end + 1])) {
      end += 2;  // "x-y" and "x:y", but not "x-"
    } else {
      break;
    }
  }
  return end;
}

Element element_of(std::string_view name) {
  for (const Element element :
       {Element::kScript, Element::kStyle, Element::kTextarea, Element::kTitle}) {
    if (equal_ignoring_case(name, tag_of(element))) return element;
  }
  return Element::kNone;
}

size_t read_text(HtmlContext& context, std::string_view text) {
  for (size_t from = 0;;) {
    size_t at = text.find('<', from);
    if (at == kNone || at + 1 == text.size()) return text.size();
    if (text.substr(at).starts_with("<!--")) {
      context = {};
      context.state = State::kHtmlComment;
      return at + 4;
    }
    ++at;
    bool is_end = false;
    if (text[at] == '/') {
      if (++at == text.size()) return text.size();
      is_end = true;
    }
    const size_t end = tag_name_end(text, at);
    if (end != at) {
      context = {};
      context.state = State::kTag;
      if (!is_end) context.element = element_of(text.substr(at, end - at));
      return end;
    }
    from = end;
  }
}

Result<size_t> attribute_name_end(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (kHtmlSpaces.find(c) != kNone || c == '=' || c == '>') return at;
    if (c == '\'' || c == '"' || c == '<') {
      return invalid(fmt::format("{} in the name of an attribute", quote(std::string_view(&c, 1))));
    }
  }
  return at;
}

State content_of(Element element) {
  switch (element) {
    case Element::kScript: return State::kJs;
    case Element::kStyle: return State::kCss;
    case Element::kTextarea:
    case Element::kTitle: return State::kRcData;
    default: return State::kText;
  }
}

Attribute attribute_of(Element element, const std::string& name) {
  if (element == Element::kScript && name == "type") return Attribute::kScriptType;
  switch (attribute_kind(name)) {
    case AttributeKind::kUrl: return Attribute::kUrl;
    case AttributeKind::kCss: return Attribute::kStyle;
    case AttributeKind::kJs: return Attribute::kScript;
    case AttributeKind::kSrcset: return Attribute::kSrcset;
    default: return Attribute::kPlain;
  }
}

Result<size_t> read_tag(HtmlContext& context, std::string_view text) {
  const size_t from = skip_space(text, 0);
  if (from == text.size()) return from;
  const Element element = context.element;
  if (text[from] == '>') {
    context = {};
    context.element = element;
    context.state = content_of(element);
    return from + 1;
  }
  ASSIGN_OR_RETURN(const size_t end, attribute_name_end(text, from));
  if (end == from) {
    return invalid(
        fmt::format("a space, the name of an attribute or the end of the tag is expected "
                    "before {}",
                    quote(text.substr(from, 20))));
  }
  context = {};
  context.element = element;
  context.attribute = attribute_of(element, to_lower(text.substr(from, end - from)));
  context.state = end == text.size() ? State::kAttrName : State::kAfterName;
  return end;
}

State start_of(Attribute attribute) {
  switch (attribute) {
    case Attribute::kScript: return State::kJs;
    case Attribute::kStyle: return State::kCss;
    case Attribute::kUrl: return State::kUrl;
    case Attribute::kSrcset: return State::kSrcset;
    default: return State::kAttr;
  }
}

size_t read_after_name(HtmlContext& context, std::string_view text) {
  const size_t at = skip_space(text, 0);
  if (at == text.size()) return at;
  if (text[at] != '=') {
    context.state = State::kTag;  // an attribute without a value
    return at;
  }
  context.state = State::kBeforeValue;
  return at + 1;
}

size_t read_before_value(HtmlContext& context, std::string_view text) {
  const size_t at = skip_space(text, 0);
  if (at == text.size()) return at;
  context.state = start_of(context.attribute);
  context.delimiter = text[at] == '"'    ? Delimiter::kDouble
                      : text[at] == '\'' ? Delimiter::kSingle
                                         : Delimiter::kSpaceOrTagEnd;
  return context.delimiter == Delimiter::kSpaceOrTagEnd ? at : at + 1;
}

size_t read_url(HtmlContext& context, std::string_view text) {
  if (text.find_first_of("#?") != kNone) {
    context.url_part = UrlPart::kQueryOrFragment;
  } else if (skip_space(text, 0) != text.size() && context.url_part == UrlPart::kNone) {
    context.url_part = UrlPart::kBeforeQuery;
  }
  return text.size();
}

// Whether a slash behind `text` divides; white space and comments do not change it.
bool divides_behind(std::string_view text, bool before) {
  const size_t last = text.find_last_not_of(" \t\n\f\r");
  if (last == kNone) return before;
  text = text.substr(0, last + 1);
  const char c = text.back();
  if (c == '+' || c == '-') {
    // x++ is a value, x+ and x+++ want one.
    const size_t other = text.find_last_not_of(c);
    const size_t run = text.size() - (other == kNone ? 0 : other + 1);
    return run % 2 == 0;
  }
  if (c == '.')
    return text.size() > 1 && text[text.size() - 2] >= '0' && text[text.size() - 2] <= '9';
  if (std::string_view(",<>=*%&|^?!~([:;{}").find(c) != kNone) return false;
  size_t from = text.size();
  while (from > 0 && (is_alnum(text[from - 1]) || text[from - 1] == '$' || text[from - 1] == '_')) {
    --from;
  }
  constexpr std::array<std::string_view, 13> kBeforePattern = {
      "break", "case",       "continue", "delete", "do",  "else",  "finally",
      "in",    "instanceof", "return",   "throw",  "try", "typeof"};
  const std::string_view word = text.substr(from);
  return word != "void" && std::ranges::find(kBeforePattern, word) == kBeforePattern.end();
}

size_t read_js(HtmlContext& context, std::string_view text) {
  const size_t at = text.find_first_of("\"'`/{}");
  if (at == kNone) {
    context.slash_divides = divides_behind(text, context.slash_divides);
    return text.size();
  }
  context.slash_divides = divides_behind(text.substr(0, at), context.slash_divides);
  const auto enter = [&](State state) {
    context.state = state;
    context.slash_divides = false;
  };
  switch (text[at]) {
    case '"': enter(State::kJsDoubleQuoted); return at + 1;
    case '\'': enter(State::kJsSingleQuoted); return at + 1;
    case '`': enter(State::kJsTemplate); return at + 1;
    case '{':
      if (!context.braces.empty()) ++context.braces.back();
      context.slash_divides = false;
      return at + 1;
    case '}':
      context.slash_divides = false;
      if (!context.braces.empty() && --context.braces.back() < 0) {
        context.braces.pop_back();
        context.state = State::kJsTemplate;
      }
      return at + 1;
    default: break;
  }
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (next == '/' || next == '*') {
    context.state = next == '/' ? State::kJsLineComment : State::kJsBlockComment;
    return at + 2;
  }
  if (context.slash_divides) {
    context.slash_divides = false;
  } else {
    context.state = State::kJsRegexp;
  }
  return at + 1;
}

Result<size_t> read_js_quoted(HtmlContext& context, std::string_view text) {
  const std::string_view specials = context.state == State::kJsDoubleQuoted   ? "\\\""
                                    : context.state == State::kJsSingleQuoted ? "\\'"
                                                                              : "\\/[]";
  bool in_set = false;
  for (size_t at = text.find_first_of(specials); at != kNone;
       at = text.find_first_of(specials, at + 1)) {
    switch (text[at]) {
      case '\\':
        if (++at == text.size()) return invalid("a value may not stand behind a \\ in JavaScript");
        break;
      case '[': in_set = true; break;
      case ']': in_set = false; break;
      default:
        if (in_set) break;
        context.state = State::kJs;
        context.slash_divides = true;
        return at + 1;
    }
  }
  if (in_set) return invalid("a value may not stand inside of [] in a JavaScript pattern");
  return text.size();
}

Result<size_t> read_js_template(HtmlContext& context, std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      if (++at == text.size()) return invalid("a value may not stand behind a \\ in JavaScript");
    } else if (text[at] == '`') {
      context.state = State::kJs;
      context.slash_divides = true;
      return at + 1;
    } else if (text.substr(at).starts_with("${")) {
      if (context.braces.size() >= 16) return invalid("JavaScript templates lie too deep");
      context.braces.push_back(0);
      context.state = State::kJs;
      context.slash_divides = false;
      return at + 2;
    }
  }
  return text.size();
}

size_t read_until(HtmlContext& context, std::string_view text, std::string_view end, State next) {
  const size_t at = text.find(end);
  if (at == kNone) return text.size();
  if (next == State::kText) {
    context = {};
  } else {
    context.state = next;
  }
  return at + end.size();
}

size_t read_line_comment(HtmlContext& context, std::string_view text, State next) {
  const size_t at = text.find_first_of(next == State::kJs ? "\n\r" : "\n\f\r");
  if (at == kNone) return text.size();
  context.state = next;
  return at;  // the end of the line is not part of the comment
}

bool ends_with_word_url(std::string_view text) {
  const size_t last = text.find_last_not_of(kHtmlSpaces);
  if (last == kNone || last < 2) return false;
  if (!equal_ignoring_case(text.substr(last - 2, 3), "url")) return false;
  const char before = last >= 3 ? text[last - 3] : ' ';
  return !is_alnum(before) && before != '-' && before != '_' &&
         static_cast<unsigned char>(before) < 0x80;
}

size_t read_css(HtmlContext& context, std::string_view text) {
  for (size_t at = text.find_first_of("(\"'/"); at != kNone;
       at = text.find_first_of("(\"'/", at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    switch (text[at]) {
      case '"': context.state = State::kCssDoubleQuoted; return at + 1;
      case '\'': context.state = State::kCssSingleQuoted; return at + 1;
      case '/':
        if (next != '/' && next != '*') break;
        context.state = next == '/' ? State::kCssLineComment : State::kCssBlockComment;
        return at + 2;
      default: {
        if (!ends_with_word_url(text.substr(0, at))) break;
        const size_t begin = skip_space(text, at + 1);
        const char quote = begin < text.size() ? text[begin] : '\0';
        context.state = quote == '"'    ? State::kCssDoubleQuotedUrl
                        : quote == '\'' ? State::kCssSingleQuotedUrl
                                        : State::kCssUrl;
        return context.state == State::kCssUrl ? begin : begin + 1;
      }
    }
  }
  return text.size();
}

Result<size_t> read_css_quoted(HtmlContext& context, std::string_view text) {
  const bool is_double =
      context.state == State::kCssDoubleQuoted || context.state == State::kCssDoubleQuotedUrl;
  const std::string_view ends = context.state == State::kCssUrl ? "\\\t\n\f\r )"
                                : is_double                     ? "\\\""
                                                                : "\\'";
  size_t from = 0;
  for (size_t at = text.find_first_of(ends); at != kNone; at = text.find_first_of(ends, at + 1)) {
    if (text[at] != '\\') {
      context.state = State::kCss;
      return at + 1;
    }
    if (++at == text.size()) return invalid("a value may not stand behind a \\ in CSS");
    read_url(context, text.substr(0, at + 1));
    from = at + 1;
  }
  if (from < text.size()) read_url(context, text.substr(from));
  return text.size();
}

// One step of the state that `context` is in.
Result<size_t> step(HtmlContext& context, std::string_view text) {
  switch (context.state) {
    case State::kText: return read_text(context, text);
    case State::kTag: return read_tag(context, text);
    case State::kAttrName: {
      ASSIGN_OR_RETURN(const size_t end, attribute_name_end(text, 0));
      if (end != text.size()) context.state = State::kAfterName;
      return end;
    }
    case State::kAfterName: return read_after_name(context, text);
    case State::kBeforeValue: return read_before_value(context, text);
    case State::kHtmlComment: return read_until(context, text, "-->", State::kText);
    case State::kRcData:
    case State::kAttr:
    case State::kSrcset: return text.size();
    case State::kUrl: return read_url(context, text);
    case State::kJs: return read_js(context, text);
    case State::kJsDoubleQuoted:
    case State::kJsSingleQuoted:
    case State::kJsRegexp: return read_js_quoted(context, text);
    case State::kJsTemplate: return read_js_template(context, text);
    case State::kJsBlockComment: return read_until(context, text, "*/", State::kJs);
    case State::kJsLineComment: return read_line_comment(context, text, State::kJs);
    case State::kCss: return read_css(context, text);
    case State::kCssBlockComment: return read_until(context, text, "*/", State::kCss);
    case State::kCssLineComment: return read_line_comment(context, text, State::kCss);
    default: return read_css_quoted(context, text);
  }
}

// References to characters as templates write them in attributes; unknown ones stay.
std::string unescape(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&apos;", "'"}};
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest[0] != '&') {
      out += text[at++];
      continue;
    }
    const auto named = std::ranges::find_if(
        kNames, [&](const auto& entry) { return rest.starts_with(entry.first); });
    if (named != std::end(kNames)) {
      out += named->second;
      at += named->first.size();
      continue;
    }
    const bool is_hex = rest.starts_with("&#x") || rest.starts_with("&#X");
    const size_t from = is_hex ? 3 : 2;
    size_t end = from;
    char32_t rune = 0;
    for (; rest.starts_with("&#") && end < rest.size() && rune < 0x110000; ++end) {
      const char low = static_cast<char>(rest[end] | 0x20);
      const bool is_digit = rest[end] >= '0' && rest[end] <= '9';
      if (!is_digit && !(is_hex && low >= 'a' && low <= 'f')) break;
      const int digit = is_digit ? rest[end] - '0' : low - 'a' + 10;
      rune = rune * (is_hex ? 16 : 10) + static_cast<char32_t>(digit);
    }
    if (end == from || !rest.starts_with("&#")) {
      out += text[at++];
      continue;
    }
    append_rune(out, rune);
    at += end < rest.size() && rest[end] == ';' ? end + 1 : end;
  }
  return out;
}

// Scripts of other types, such as text/template, are text for the browser.
bool is_js_type(std::string_view type) {
  const std::string name = to_lower(trim(type.substr(0, type.find(';'))));
  constexpr std::array<std::string_view, 12> kTypes = {"application/ecmascript",
                                                       "application/javascript",
                                                       "application/json",
                                                       "application/ld+json",
                                                       "application/x-ecmascript",
                                                       "application/x-javascript",
                                                       "module",
                                                       "text/ecmascript",
                                                       "text/javascript",
                                                       "text/jscript",
                                                       "text/x-ecmascript",
                                                       "text/x-javascript"};
  return name.starts_with("text/javascript1.") || name == "text/livescript" ||
         std::ranges::find(kTypes, name) != kTypes.end();
}

// Inside the value of an attribute, whose text the browser decodes before it reads it.
Result<size_t> advance_in_value(HtmlContext& context, std::string_view text) {
  const bool is_bare = context.delimiter == Delimiter::kSpaceOrTagEnd;
  const size_t end =
      std::min(text.find_first_of(context.delimiter == Delimiter::kDouble   ? std::string_view("\"")
                                  : context.delimiter == Delimiter::kSingle ? std::string_view("'")
                                                                            : " \t\n\f\r>"),
               text.size());
  if (is_bare) {
    if (const size_t bad = text.substr(0, end).find_first_of("\"'<=`"); bad != kNone) {
      return invalid(
          fmt::format("{} in an attribute's value without quotes", quote(text.substr(bad, 1))));
    }
  }
  if (end == text.size()) {
    const std::string decoded = unescape(text);
    std::string_view rest = decoded;
    while (!rest.empty()) {
      const State before = context.state;
      ASSIGN_OR_RETURN(const size_t read, step(context, rest));
      if (read == 0 && context.state == before) bug("reading HTML stands still");
      rest.remove_prefix(read);
    }
    return text.size();
  }
  Element element = context.element;
  if (context.attribute == Attribute::kScriptType && element == Element::kScript &&
      !is_js_type(text.substr(0, end))) {
    element = Element::kNone;
  }
  context = {};
  context.state = State::kTag;
  context.element = element;
  return is_bare ? end : end + 1;
}

}  // namespace

Result<size_t> advance(HtmlContext& context, std::string_view text) {
  if (context.delimiter != Delimiter::kNone) return advance_in_value(context, text);
  const bool in_tag = context.state == State::kTag || context.state == State::kAttrName ||
                      context.state == State::kAfterName || context.state == State::kBeforeValue;
  if (context.element != Element::kNone && !in_tag) {
    const size_t end = find_end_tag(text, tag_of(context.element));
    if (end == 0) {
      context = {};
      return 0;
    }
    return step(context, text.substr(0, end));
  }
  return step(context, text);
}

void enter_value(HtmlContext& context) {
  switch (context.state) {
    case State::kTag: context.state = State::kAttrName; break;
    case State::kAfterName:
      context.state = State::kAttrName;
      context.attribute = Attribute::kPlain;
      break;
    case State::kBeforeValue:
      context.state = start_of(context.attribute);
      context.delimiter = Delimiter::kSpaceOrTagEnd;
      context.attribute = Attribute::kPlain;
      break;
    default: break;
  }
}

AttributeKind attribute_kind(std::string_view name) {
  if (name.starts_with("data-")) {
    name.remove_prefix(5);
  } else if (const size_t colon = name.find(':'); colon != kNone) {
    if (name.substr(0, colon) == "xmlns") return AttributeKind::kUrl;
    name.remove_prefix(colon + 1);
  }
  constexpr std::array<std::string_view, 17> kUrls = {
      "action", "archive",    "background", "cite",   "classid",  "codebase",
      "data",   "formaction", "href",       "icon",   "longdesc", "manifest",
      "poster", "profile",    "src",        "usemap", "xmlns"};
  constexpr std::array<std::string_view, 25> kUnsafe = {
      "accept-charset", "async",      "challenge",      "charset",    "content",
      "crossorigin",    "cspnonce",   "defer",          "enctype",    "form",
      "formenctype",    "formmethod", "formnovalidate", "http-equiv", "keytype",
      "language",       "method",     "novalidate",     "pattern",    "rel",
      "sandbox",        "srcdoc",     "type",           "value",      "integrity"};
  if (std::ranges::find(kUrls, name) != kUrls.end()) return AttributeKind::kUrl;
  if (std::ranges::find(kUnsafe, name) != kUnsafe.end()) return AttributeKind::kUnsafe;
  if (name == "style") return AttributeKind::kCss;
  if (name == "srcset") return AttributeKind::kSrcset;
  if (name.starts_with("on")) return AttributeKind::kJs;
  for (const std::string_view part : {"src", "uri", "url"}) {
    if (name.find(part) != kNone) return AttributeKind::kUrl;
  }
  return AttributeKind::kPlain;
}

}  // namespace tocsin::gotemplate
