#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// The tree of a parsed template, immutable after parsing.

// Where something stands in the text of its template; both count from 1, the column in bytes.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

struct Pipeline;

// An operand: what may stand as an argument.
struct Operand {
  enum class Kind : uint8_t {
    kDot,       // .
    kNil,       // nil
    kConstant,  // true, 12, 1.5, 'a', "text"; in `constant`
    kField,     // .A.B: `names` asked of dot
    kVariable,  // $x.A.B: names[0] is the variable
    kFunction,  // names[0]
    kChain,     // (pipeline).A.B: `names` asked of the pipeline's value
  };
  Kind kind = Kind::kDot;
  Position position;
  std::string source;  // as it was written, for errors
  std::vector<std::string> names;
  Value constant;
  std::unique_ptr<Pipeline> pipeline;  // kChain
};

struct Command {
  Position position;
  std::string source;
  std::vector<Operand> operands;  // at least one
};

// {{ $a, $b := first | second | third }}
struct Pipeline {
  Position position;
  std::vector<std::string> variables;  // with their $
  bool assigns = false;                // = instead of :=
  std::vector<Command> commands;       // at least one; none only for {{ template "x" }}
};

struct Node {
  enum class Kind : uint8_t { kText, kAction, kIf, kWith, kRange, kTemplate, kBreak, kContinue };
  Kind kind = Kind::kText;
  Position position;
  std::string text;   // kText: the text; kTemplate: the name
  Pipeline pipeline;  // of all but kText, kBreak, kContinue
  std::vector<Node> body;
  std::vector<Node> otherwise;  // {{ else }}
};

// One named template.
struct Tree {
  std::string name;
  std::string source;  // the name of the text in which it stands, for errors
  std::vector<Node> nodes;
  bool is_blank = true;  // nothing but white space
};

}  // namespace tocsin::gotemplate
