#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/json.h"
#include "telemetry/query_source.h"

namespace tocsin::telemetry {
namespace {

std::string_view text_of(const codec::Node& node, std::string_view key) {
  const codec::Node* field = node.find(key);
  return field == nullptr ? std::string_view() : std::string_view(field->scalar);
}

// Numbers come as texts ("0.5", "+Inf", "NaN") beside their time in seconds.
Result<std::pair<double, double>> read_point(const codec::Node& node) {
  if (node.items.size() != 2) return invalid("a point of the answer is not [time, value]");
  const auto number = [](std::string_view text) -> Result<double> {
    if (equal_ignoring_case(text, "nan")) return std::nan("");
    if (text == "+Inf") return HUGE_VAL;
    if (text == "-Inf") return -HUGE_VAL;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      return invalid(fmt::format("'{}' in the answer is not a number", text.substr(0, 40)));
    }
    return value;
  };
  ASSIGN_OR_RETURN(const double at, number(node.items[0].scalar));
  ASSIGN_OR_RETURN(const double value, number(node.items[1].scalar));
  return std::pair(at, value);
}

// The `data` of an answer; what the server says is wrong becomes the error.
Result<codec::Node> read_data(int status, std::string_view body) {
  auto parsed = codec::parse_json(body);
  if (!parsed && status / 100 != 2) {
    return fail(Code::kUnavailable, fmt::format("the server answered with status {}", status));
  }
  if (!parsed) return fail(std::move(parsed.error()).in("the answer is not JSON"));
  const codec::Node& answer = *parsed;
  if (text_of(answer, "status") != "success") {
    return invalid(fmt::format("the server says: {}", text_of(answer, "error")));
  }
  const codec::Node* data = answer.find("data");
  if (data == nullptr || data->find("result") == nullptr)
    return invalid("the answer has no data.result");
  return *data;
}

}  // namespace

Result<std::vector<QueryValue>> read_query_answer(int status, std::string_view body) {
  ASSIGN_OR_RETURN(const codec::Node data, read_data(status, body));
  const codec::Node& result = *data.find("result");
  std::vector<QueryValue> values;
  if (text_of(data, "resultType") == "scalar") {
    ASSIGN_OR_RETURN(const auto point, read_point(result));
    values.push_back({{}, point.second});
    return values;
  }
  if (text_of(data, "resultType") != "vector") {
    return invalid(fmt::format("the answer is a {}, not a vector", text_of(data, "resultType")));
  }
  for (const codec::Node& item : result.items) {
    const codec::Node* value = item.find("value");
    if (value == nullptr) return invalid("an item of the answer has no value");
    ASSIGN_OR_RETURN(const auto point, read_point(*value));
    QueryValue& made = values.emplace_back();
    made.value = point.second;
    if (const codec::Node* metric = item.find("metric")) {
      for (const auto& [name, label] : metric->fields) {
        if (name != "__name__") made.labels[name] = label.scalar;
      }
    }
  }
  return values;
}

Result<std::map<int64_t, double>> read_range_answer(int status, std::string_view body) {
  ASSIGN_OR_RETURN(const codec::Node data, read_data(status, body));
  const codec::Node& result = *data.find("result");
  if (result.items.size() > 1) return invalid("the answer has more than one series; sum them");
  std::map<int64_t, double> points;
  if (result.items.empty()) return points;
  const codec::Node* values = result.items[0].find("values");
  if (values == nullptr) return invalid("the answer is not a matrix");
  for (const codec::Node& item : values->items) {
    ASSIGN_OR_RETURN(const auto point, read_point(item));
    points[std::llround(point.first * 1000)] = point.second;
  }
  return points;
}

}  // namespace tocsin::telemetry
