#include "codec/yaml_writer.h"

#include <gtest/gtest.h>

#include "codec/random_tree.h"
#include "codec/yaml.h"

namespace tocsin::codec {
namespace {

TEST(YamlWriter, WritesWhatAPersonWouldWrite) {
  const std::string text =
      "route:\n"
      "  receiver: team-a\n"
      "  group_by: []\n"
      "  routes:\n"
      "  - receiver: b\n"
      "    matchers:\n"
      "    - \"severity=\\\"page\\\"\"\n"
      "    continue: true\n"
      "  -\n"
      "    - 1\n"
      "nothing: null\n"
      "empty: {}\n"
      "\"yes\": \"yes\"\n";
  const auto documents = parse_yaml(text);
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(to_yaml(documents->at(0)), text);
}

TEST(YamlWriter, ReadsBackAsTheSameTree) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    const Node tree = random_tree(rng, 4);
    if (tree.is_null()) continue;
    const std::string text = to_yaml(tree);
    const auto documents = parse_yaml(text);
    ASSERT_TRUE(documents) << documents.error().message << "\n" << text;
    ASSERT_EQ(documents->size(), 1U) << text;
    ASSERT_TRUE(same_tree(tree, documents->at(0))) << text;
  }
}

TEST(YamlWriter, EscapesWhatYamlBreaksAt) {
  for (const std::string text : {"\xc2\x85", "\u2028x\u2029", "\ufeff", "a\r\n\tb", "\x7f", "", " ",
                                 "- a", "a: b", "#", "'", "ü🔔", "\\x"}) {
    Node node{.kind = Node::Kind::kScalar, .quoted = true};
    node.scalar = text;
    const auto documents = parse_yaml(to_yaml(node));
    ASSERT_TRUE(documents) << documents.error().message;
    EXPECT_EQ(documents->at(0).scalar, text);
  }
}

}  // namespace
}  // namespace tocsin::codec
