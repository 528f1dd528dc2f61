#include "check_tree.h"

#include <set>
#include <string_view>

#include "base/text.h"
#include "codec/fields.h"

namespace tocsin::fuzz {
namespace {

using codec::Node;

void check_shape(const Node& node, int most_depth) {
  if (most_depth == 0) bug("deeper than the limit");
  if (node.kind != Node::Kind::kScalar && !node.scalar.empty()) bug("text outside of a scalar");
  if (node.kind != Node::Kind::kSequence && !node.items.empty()) bug("items outside of a list");
  if (node.kind != Node::Kind::kMapping && !node.fields.empty()) bug("fields outside of a mapping");
  if (!is_valid_utf8(node.scalar)) bug("a scalar that is not UTF-8");
  for (const Node& item : node.items) check_shape(item, most_depth - 1);
  std::set<std::string_view> keys;
  for (const auto& [key, value] : node.fields) {
    if (!keys.insert(key).second) bug("a key twice");
    if (!is_valid_utf8(key)) bug("a key that is not UTF-8");
    check_shape(value, most_depth - 1);
  }
}

void read_fields(codec::Fields& fields) {
  constexpr std::string_view kChoices[] = {"a", "b"};
  fields.text("name");
  fields.texts("list");
  fields.text_map("map");
  fields.choice("mode", kChoices, 0);
  fields.flag("on", false);
  if (fields.integer("n", 1, -5, 5) > 5) bug("an integer out of range");
  const double x = fields.number("x", 0.5, 0, 1);
  if (!(x >= 0 && x <= 1)) bug("a number out of range");
  if (fields.duration("wait", seconds(1)) < Duration(0)) bug("a negative duration");
  for (codec::Fields& child : fields.children("children")) read_fields(child);
  codec::Fields spec = fields.child("spec");
  if (!spec.node().fields.empty()) read_fields(spec);
  spec.finish();
  fields.finish();
}

}  // namespace

void check_tree(const Node& node, int most_depth) {
  check_shape(node, most_depth);
  codec::Problems problems;
  codec::Fields fields(node, "fuzz", problems);
  read_fields(fields);
  const auto result = problems.as_result();
  if (!result && !is_valid_utf8(result.error().message)) bug("a message that is not UTF-8");
}

}  // namespace tocsin::fuzz
