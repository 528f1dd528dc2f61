#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "door/webhook.h"

namespace tocsin::door {

// Where a value stands in a body: `check.name`, `items[0].id`, `items[*].id`, `"a.b".c`. A path
// that begins with `$.` counts from the body, any other from the alert. Immutable.
class Path {
 public:
  static Result<Path> parse(std::string_view text);
  // Every node that it leads to; more than one only by [*].
  std::vector<const codec::Node*> find(const codec::Node& body, const codec::Node& alert) const;
  const std::string& text() const { return text_; }

 private:
  struct Step {
    enum class Kind { kField, kItem, kEach };
    Kind kind = Kind::kField;
    std::string field;
    size_t item = 0;
  };
  std::string text_;
  bool is_from_body_ = false;
  std::vector<Step> steps_;
};

// A value for a label or an annotation.
struct ValueRule {
  std::optional<Path> path;
  std::map<std::string, std::string> map;  // what the sender says to what we call it
  std::string fallback;                    // where the path leads to nothing
};

// A document `kind: Door`: how a body becomes alerts. Immutable.
struct DoorSpec {
  std::string name;
  std::optional<Path> alerts;  // the list; without it the body is one alert
  std::vector<std::pair<std::string, ValueRule>> labels, annotations;
  std::map<std::string, std::string> fixed_labels;
  std::optional<Path> dedup, start, end, generator_url, state;
  std::vector<std::string> resolved;  // states that mean that it is over, in lower case
  std::vector<std::string> ignored;   // states that are no alert at all, in lower case
};

// Reads the documents `apiVersion: tocsin/v1, kind: Door` of a catalog; the form is told in
// docs/doors.md.
std::vector<DoorSpec> read_doors(const catalog::Catalog& catalog, codec::Problems& problems);

Result<PostedBatch> read_mapped(const DoorSpec& door, std::string_view body, Time now);

}  // namespace tocsin::door
