#include "notify/outbox_audit.h"

#include <fmt/format.h>

#include "notify/outbox_flow.h"

namespace tocsin::notify {
namespace {

// What a row in this state waits for: a timer of `kind` under its id, or under its lane.
struct Rule {
  const char* state;
  const char* kind;
  const char* subject;  // the column
};
constexpr Rule kRules[] = {{"pending", kSendTimer, "id"},
                           {"sending", kDeadlineTimer, "id"},
                           {"waiting", kLaneTimer, "lane"}};

}  // namespace

Result<std::vector<std::string>> mend_outbox(engine::Tx& tx) {
  std::vector<std::string> found;
  for (const Rule& rule : kRules) {
    ASSIGN_OR_RETURN(
        const auto rows,
        tx.sql().query(fmt::format("SELECT DISTINCT {0} FROM outbox WHERE state = $1 AND NOT EXISTS"
                                   " (SELECT 1 FROM timers WHERE timers.kind = $2"
                                   " AND timers.subject = outbox.{0}) ORDER BY {0} LIMIT 100",
                                   rule.subject),
                       rule.state, rule.kind));
    for (const auto& row : rows) {
      RETURN_IF_ERROR(tx.set_timer({.kind = rule.kind, .subject = row.text(0), .due = tx.now()}));
      found.push_back(fmt::format("deliveries that are {} had no timer {} ({} {})", rule.state,
                                  rule.kind, rule.subject, row.text(0)));
    }
  }
  return found;
}

}  // namespace tocsin::notify
