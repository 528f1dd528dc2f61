#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::codec {

// Where a piece of text stands; line and column count from 1, 0 means unknown.
struct Place {
  int line = 0;
  int column = 0;
  bool operator==(const Place&) const = default;
};

struct Field;

// A tree of YAML or JSON that remembers where each piece stands. Scalars keep their text, so that
// "1.10" stays "1.10" and a decoder decides what is a number. Keys of a mapping are unique and keep
// their order. Immutable after parsing.
struct Node {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  bool quoted = false;        // a quoted scalar is text, never a number, a bool or null
  std::string scalar;         // kScalar
  std::vector<Node> items;    // kSequence
  std::vector<Field> fields;  // kMapping
  Place place;  // its first character; at its key when it starts on a later line than the key

  bool is_null() const { return kind == Kind::kNull; }
  const Node* find(std::string_view key) const;  // nullptr: no such field, or not a mapping
};

struct Field {
  std::string key;
  Node value;
};

}  // namespace tocsin::codec
