#include "telemetry/label_set.h"

#include <gtest/gtest.h>

namespace tocsin::telemetry {
namespace {

TEST(LabelSet, SortsAndLeavesOutEmptyValues) {
  const auto set = LabelSet::from({{"job", "shop"}, {"__name__", "m"}, {"env", ""}}, {});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->to_text(), "m{job=\"shop\"}");
  EXPECT_EQ(set->get("env"), "");
  EXPECT_EQ(set->get("job"), "shop");
}

TEST(LabelSet, RefusesEachLimitWithItsReason) {
  const LabelLimits limits{2, 4, 5};
  EXPECT_EQ(LabelSet::from({{"a", "1"}, {"b", "1"}, {"c", "1"}}, limits).error().reason,
            Refusal::kLabelCount);
  EXPECT_EQ(LabelSet::from({{"abcde", "1"}}, limits).error().reason, Refusal::kLabelName);
  EXPECT_EQ(LabelSet::from({{"a", "123456"}}, limits).error().reason, Refusal::kLabelValue);
  EXPECT_EQ(LabelSet::from({{"a", "1"}, {"a", "2"}}, limits).error().reason,
            Refusal::kDuplicateLabel);
  EXPECT_EQ(LabelSet::from({{"a", "\xff"}}, limits).error().reason, Refusal::kMalformed);
  EXPECT_EQ(LabelSet::from({}, limits).error().reason, Refusal::kMalformed);
  EXPECT_NE(LabelSet::from({{"a", "123456"}}, limits).error().message.find("the limit is 5"),
            std::string::npos);
}

TEST(LabelSet, ReadsBackItsWireForm) {
  std::string wire;
  append_wire_label(wire, "__name__", "m");
  append_wire_label(wire, "path", std::string(300, 'x'));
  const auto set = LabelSet::parse_wire(wire, {});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->get("path"), std::string(300, 'x'));
  wire.pop_back();
  EXPECT_EQ(LabelSet::parse_wire(wire, {}).error().reason, Refusal::kMalformed);
}

TEST(LabelSet, EraseMakesALabelMissing) {
  auto set = LabelSet::from({{"a", "1"}, {"b", "2"}}, {});
  ASSERT_TRUE(set);
  set->erase("a");
  EXPECT_EQ(set->to_text(), "{b=\"2\"}");
}

}  // namespace
}  // namespace tocsin::telemetry
