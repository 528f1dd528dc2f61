#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/node.h"

namespace tocsin::codec {

// JSON that we write is built as boost::json values; JSON that we read from outside goes through
// parse_json and Fields, which give errors with a path.
using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

// One line. Numbers that are not finite become null, bytes that are not UTF-8 U+FFFD.
std::string to_text(const Json& value);
// The same of a text alone, in its quotes, behind what `out` holds.
void append_text(std::string& out, std::string_view text);
// kInvalidArgument with "line L, column C: ..." for syntax errors, duplicate keys, depth over 32,
// more than two million values and anything after the value. The places in the tree are unknown.
Result<Node> parse_json(std::string_view text);
// For JSON that we wrote ourselves (rows of the database): kDataLoss when it does not parse.
Result<Json> read_own_json(std::string_view text);

// What stands at `path`, whose names are parted by dots: "channel.id". Where it is missing or of
// another kind there is nothing; whoever cannot do without it says so. Views and pointers are into
// `object`.
std::optional<std::string_view> find_text(const JsonObject& object, std::string_view path);
const JsonArray* find_array(const JsonObject& object, std::string_view path);
const JsonObject* find_object(const JsonObject& object, std::string_view path);
// The text, or an empty one.
std::string text_at(const JsonObject& object, std::string_view path);

JsonArray to_array(std::span<const std::string> texts);

}  // namespace tocsin::codec
