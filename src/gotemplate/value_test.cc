#include "gotemplate/value.h"

#include <gtest/gtest.h>

#include "gotemplate/compare.h"
#include "gotemplate/print.h"

namespace tocsin::gotemplate {
namespace {

std::string formatted(std::string_view format, std::vector<Value> values) {
  return print_formatted(format, values).value_or("an error");
}

TEST(Value, TruthIsGos) {
  const Value true_ones[] = {
      true, 1, -0.5, "x", Value::list({Value()}), Time{}, Value::map({{"a", Value()}})};
  const Value false_ones[] = {Value(),           false, 0, 0.0, "", Value::list({}), Value::map({}),
                              Value::duration(0)};
  for (const Value& value : true_ones) EXPECT_TRUE(value.truth()) << to_text(value);
  for (const Value& value : false_ones) EXPECT_FALSE(value.truth()) << to_text(value);
}

TEST(Value, KnowsHowMuchItHoldsAndHowDeep) {
  Value value = Value::text_list({"abc"});
  const uint64_t one = value.weight();
  EXPECT_EQ(value.depth(), 1);
  for (int i = 0; i < 200; ++i) value = Value::list({value, value});
  EXPECT_EQ(value.depth(), 201);
  EXPECT_GT(value.weight(), one << 50);  // saturated, not wrapped around
}

TEST(Print, NilListsMapsAndNumbers) {
  EXPECT_EQ(to_text(Value()), "<nil>");
  EXPECT_EQ(to_text(Value::map({{"b", 2}, {"a", Value()}})), "map[a:<nil> b:2]");
  EXPECT_EQ(to_text(Value::list({1, "x", 2.5, Value::text_list({"q"})})), "[1 x 2.5 [q]]");
  EXPECT_EQ(to_text(Value(1e6)), "1e+06");
  EXPECT_EQ(to_text(Value(123456.0)), "123456");
  EXPECT_EQ(to_text(Value(0.0001)), "0.0001");
  EXPECT_EQ(to_text(Value::duration(3'723'500'000'000)), "1h2m3.5s");
}

TEST(Print, SpacesStandBetweenOperandsThatAreNoText) {
  EXPECT_EQ(print(std::vector<Value>{1, 2, "a", "b", 3}).value(), "1 2ab3");
  EXPECT_EQ(println(std::vector<Value>{1, "a"}).value(), "1 a\n");
}

TEST(Printf, VerbsFlagsAndWidths) {
  EXPECT_EQ(formatted("%s|%5d|%-5d|%05d|%+d|%x|%q", {"a", 42, 42, 42, 42, 255, "t\t"}),
            "a|   42|42   |00042|+42|ff|\"t\\t\"");
  EXPECT_EQ(formatted("%.2f|%8.3f|%e|%g|%6.1f%%", {3.14159, 2.5, 1234.5, 1e21, 99.5}),
            "3.14|   2.500|1.234500e+03|1e+21|  99.5%");
  EXPECT_EQ(formatted("%-6s|%6s|%.2s|%t|%v", {"ab", "ab", "héy", true, false}),
            "ab    |    ab|hé|true|false");
  EXPECT_EQ(formatted("%[2]s %[1]s|%*d", {"a", "b"}), "b a|%!(BADWIDTH)%!d(MISSING)");
  EXPECT_EQ(formatted("%T %T %T", {"a", 1, Value::text_list({})}), "string int []string");
}

TEST(Printf, MistakesShowInTheText) {
  EXPECT_EQ(formatted("%d", {"x"}), "%!d(string=x)");
  EXPECT_EQ(formatted("%s", {}), "%!s(MISSING)");
  EXPECT_EQ(formatted("x", {1, "y"}), "x%!(EXTRA int=1, string=y)");
  EXPECT_EQ(formatted("%", {}), "%!(NOVERB)");
  EXPECT_EQ(formatted("%s %d", {Value(), 1.5}), "%!s(<nil>) %!d(float64=1.5)");
  EXPECT_EQ(formatted("%é", {1}), "%!é(int=1)");
}

TEST(Printf, IsRefusedBeyondItsLimit) {
  const auto result =
      print_formatted("%1000000d%1000000d%1000000d", std::vector<Value>{1, 2, 3}, 1000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kResourceExhausted);
}

TEST(Compare, KindsMustAgree) {
  EXPECT_TRUE(is_equal(std::vector<Value>{"a", "b", "a"}).value());
  EXPECT_FALSE(is_equal(std::vector<Value>{1, 2}).value());
  EXPECT_TRUE(is_equal(std::vector<Value>{Value::duration(5), 5}).value());
  EXPECT_FALSE(is_equal(std::vector<Value>{1, 1.0}));
  EXPECT_FALSE(is_equal(std::vector<Value>{"1"}));
  EXPECT_FALSE(is_equal(std::vector<Value>{Value::list({}), Value::list({})}));
  EXPECT_TRUE(is_equal(std::vector<Value>{Value(), Value()}).value());
  EXPECT_FALSE(is_equal(std::vector<Value>{Value(), "x"}).value());
  EXPECT_TRUE(is_less("a", "b").value());
  EXPECT_FALSE(is_less(true, false));
  EXPECT_FALSE(is_less(1, 1.5));
}

}  // namespace
}  // namespace tocsin::gotemplate
