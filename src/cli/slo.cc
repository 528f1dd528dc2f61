#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

// While it is too early to judge the budget, the numbers of what is left are not there.
bool is_too_early(const codec::Json& budget) { return field_of(budget, "left").is_null(); }

std::string budget_left(const codec::Json& budget) {
  if (is_too_early(budget)) return show(budget, "too_early");
  return fmt::format("left {} ({} events)", percent(number_of(budget, "left")),
                     count(number_of(budget, "left_events")));
}

std::string exhausted_in(const codec::Json& budget) {
  if (is_too_early(budget)) return "too early";
  if (field_of(budget, "exhausted_in_seconds").is_null()) return "never";
  const double left = number_of(budget, "exhausted_in_seconds");
  return left <= 0 ? "now" : to_text(std::chrono::floor<minutes>(from_seconds(left)) + Duration(0));
}

void print_tiers(const codec::Json& objective) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& tier : list_of(objective, "tiers")) {
    const codec::Json& evidence = field_of(tier, "evidence");
    rows.push_back({show(tier, "name"), show(tier, "severity"), show(tier, "state"),
                    fmt::format("{:.0f}%", number_of(tier, "nearness") * 100),
                    fmt::format("{:.3g}x of {:.3g}x", number_of(evidence, "burn_long"),
                                number_of(evidence, "threshold")),
                    fmt::format("{} of {}", count(number_of(evidence, "bad_long")),
                                count(number_of(evidence, "total_long")))});
  }
  print("\n" + print_table({"TIER", "SEVERITY", "STATE", "NEAR", "BURN", "BAD"}, rows));
}

}  // namespace

Result<> run_slo(const ServerFlags& flags, const std::string& name) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  if (!name.empty()) {
    ASSIGN_OR_RETURN(const codec::Json objective,
                     api.get("/api/v1/objectives/" + url_encode(name)));
    if (flags.json) {
      print_json(objective);
      return {};
    }
    const codec::Json& budget = field_of(objective, "budget");
    print(fmt::format(
        "{}: {} over {}, {}\nbudget {}, bad {} of {}, burning {:.3g}x, exhausted {}\n",
        show(objective, "name"), percent(number_of(objective, "target")), show(objective, "window"),
        show(objective, "state"), budget_left(budget), count(number_of(budget, "bad")),
        count(number_of(budget, "total")), number_of(budget, "burn_now"), exhausted_in(budget)));
    print_tiers(objective);
    return {};
  }
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/objectives"));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& objective : list_of(answer, "objectives")) {
    const codec::Json& budget = field_of(objective, "budget");
    rows.push_back({show(objective, "name"), show(objective, "state"),
                    percent(number_of(objective, "target")),
                    is_too_early(budget) ? "too early" : percent(number_of(budget, "left")),
                    fmt::format("{} of {}", count(number_of(budget, "bad")),
                                count(number_of(budget, "total"))),
                    fmt::format("{:.3g}x", number_of(budget, "burn_now")), exhausted_in(budget)});
  }
  print(rows.empty() ? "No objectives.\n"
                     : print_table({"OBJECTIVE", "STATE", "TARGET", "BUDGET LEFT", "BAD", "BURN",
                                    "EXHAUSTED"},
                                   rows));
  return {};
}

}  // namespace tocsin::cli
