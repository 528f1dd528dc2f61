#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "door/opsgenie.h"

namespace tocsin::door {

// The search of GET /v2/alerts: `status: open AND (priority: P1 OR tag: "db") NOT message: test*`,
// `createdAt > 1767571200000`. Words without a field are looked for in message, alias, description,
// tags and entity. Case does not matter. docs/doors.md has the fields. A value.
class OpsgenieQuery {
 public:
  // kInvalidArgument that says what is not understood. The empty text matches everything.
  static Result<OpsgenieQuery> parse(std::string_view text);
  bool matches(const OpsgenieItem& item) const { return holds(root_, item); }

 private:
  enum class Op { kHas, kIs, kLess, kLessOrSame, kMore, kMoreOrSame };
  struct Term {
    enum class Kind { kAll, kAny, kNot, kField };  // kAll of nothing: everything
    Kind kind = Kind::kAll;
    std::vector<Term> parts;
    std::string field;  // empty: the words of an alert
    Op op = Op::kHas;
    std::string value;  // in lower case
    Time time;          // for a field that is one
  };
  class Parser;
  static bool holds(const Term& term, const OpsgenieItem& item);
  static bool field_holds(const Term& term, const OpsgenieItem& item);

  Term root_;
};

// One page of them.
struct OpsgeniePage {
  std::string query;
  std::string sort = "createdAt";
  bool is_descending = true;
  size_t offset = 0;
  size_t limit = 20;  // at most 100
};
// From the parameters of a request; what is wrong, by parameter.
std::expected<OpsgeniePage, OpsgenieErrors> read_opsgenie_page(
    const std::vector<std::pair<std::string, std::string>>& parameters);
void sort_opsgenie(std::vector<OpsgenieItem>& items, const OpsgeniePage& page);
// The parameters of another page of the same list: "?query=...".
std::string opsgenie_page_link(const OpsgeniePage& page, size_t offset);

}  // namespace tocsin::door
