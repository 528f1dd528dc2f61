#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotemplate/node.h"

namespace tocsin::gotemplate {

struct Token {
  enum class Kind : uint8_t {
    kText,        // outside of actions, already trimmed
    kLeft,        // {{
    kRight,       // }}
    kSpace,       // a run of white space in an action
    kIdentifier,  // a function
    kKeyword,     // if, range, end, ...
    kField,       // .Name
    kVariable,    // $name or $
    kDot,
    kNil,
    kBool,
    kNumber,
    kChar,       // 'a'
    kString,     // "a", still quoted
    kRawString,  // `a`, still quoted
    kPipe,
    kDeclare,  // :=
    kAssign,   // =
    kComma,
    kOpen,   // (
    kClose,  // )
    kEnd,    // of the text
  };
  Kind kind = Kind::kEnd;
  std::string_view text;
  Position position;
};

// Splits a template into tokens that point into `text`, which must outlive them. Comments are gone
// and {{- -}} has already trimmed the texts beside it. kInvalidArgument: "line:column: what".
// https://pkg.go.dev/text/template#hdr-Text_and_spaces
Result<std::vector<Token>> tokenize(std::string_view text);

}  // namespace tocsin::gotemplate
