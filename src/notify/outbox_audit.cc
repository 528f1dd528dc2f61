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

// A held row at the head of its line waits for nobody.
Result<> mend_lines(engine::Tx& tx, std::vector<std::string>& found) {
  ASSIGN_OR_RETURN(const auto rows,
                   tx.sql().query("SELECT id FROM outbox WHERE state = 'held' AND NOT EXISTS"
                                  " (SELECT 1 FROM outbox AS before WHERE before.line = outbox.line"
                                  " AND before.place < outbox.place) ORDER BY id LIMIT 100"));
  for (const auto& row : rows) {
    RETURN_IF_ERROR(set_pending(tx.sql(), row.text(0)));
    RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = row.text(0), .due = tx.now()}));
    found.push_back(fmt::format("delivery {} was held and waited for nothing", row.text(0)));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> mend_outbox(engine::Tx& tx) {
  std::vector<std::string> found;
  RETURN_IF_ERROR(mend_lines(tx, found));
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
