#include <vector>

#include "oncall/pager_parts.h"

// What is kept of an escalation that is over, and for how long. Its story stands in the logbook.
namespace tocsin::oncall {
namespace {

// What escalation.keep_stage becomes, and how long after the end.
struct Stage {
  int number;
  Duration after_end;
};
// - The ways of a call are addresses, among them URLs that are as good as a password. Who is told
//   of the end is told by them within minutes.
// - Nobody looks at calls and ways when an incident is over.
// - Pages are what the load of people is counted from, over up to 400 days, and with the escalation
//   they stand on the incident's page.
constexpr Stage kWithoutAddresses{1, hours(1)}, kWithoutCalls{2, days(90)}, kGone{3, days(400)};

constexpr Duration kKeepEvery = hours(1);
constexpr Duration kKeepOn = seconds(1);  // while there is more
constexpr int64_t kKeepBatch = 50;        // escalations in one transaction, of each stage

// The calls of an incident. A bundle is a call of several incidents: it goes with the last of them.
Result<std::vector<std::string>> calls_of(engine::Tx& tx, const std::string& incident,
                                          const Stage& stage) {
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query("SELECT DISTINCT mine.call FROM page AS mine WHERE mine.incident = $1"
                     " AND NOT EXISTS (SELECT 1 FROM page JOIN escalation"
                     " ON escalation.incident = page.incident WHERE page.call = mine.call"
                     " AND escalation.keep_stage < $2)",
                     incident, stage.number));
  std::vector<std::string> calls;
  for (const auto& row : rows) calls.push_back(row.text(0));
  return calls;
}

Result<> reach(engine::Tx& tx, const std::string& incident, const Stage& stage) {
  store::Session& sql = tx.sql();
  RETURN_IF_ERROR(sql.exec("UPDATE escalation SET keep_stage = $2 WHERE incident = $1", incident,
                           stage.number));
  if (stage.number == kGone.number) {
    for (const char* rows :
         {"DELETE FROM page_channel WHERE incident = $1", "DELETE FROM page WHERE incident = $1",
          "DELETE FROM escalation WHERE incident = $1"}) {
      RETURN_IF_ERROR(sql.exec(rows, incident));
    }
    return {};
  }
  ASSIGN_OR_RETURN(const auto calls, calls_of(tx, incident, stage));
  for (const std::string& call : calls) {
    if (stage.number == kWithoutAddresses.number) {
      RETURN_IF_ERROR(
          sql.exec("UPDATE page_call SET plan = '' WHERE plan <> '' AND id = $1", call));
    } else {
      RETURN_IF_ERROR(sql.exec("DELETE FROM page_way WHERE page = $1", call));
      RETURN_IF_ERROR(sql.exec("DELETE FROM page_call WHERE id = $1", call));
    }
  }
  if (stage.number == kWithoutAddresses.number) return {};
  RETURN_IF_ERROR(sql.exec("DELETE FROM page_recovery WHERE incident = $1", incident));
  return {};
}

// How many were taken further.
Result<int64_t> reach_all(engine::Tx& tx, const Stage& stage) {
  ASSIGN_OR_RETURN(const auto rows,
                   tx.sql().query("SELECT incident FROM escalation WHERE ended IS NOT NULL"
                                  " AND keep_stage = $1 AND ended < $2 ORDER BY ended LIMIT $3",
                                  stage.number - 1, tx.now() - stage.after_end, kKeepBatch));
  for (const auto& row : rows) RETURN_IF_ERROR(reach(tx, row.text(0), stage));
  return static_cast<int64_t>(rows.size());
}

}  // namespace

Result<> RowPager::on_keep(engine::Tx& tx, const std::string& subject) {
  bool is_more = false;
  for (const Stage& stage : {kWithoutAddresses, kWithoutCalls, kGone}) {
    ASSIGN_OR_RETURN(const int64_t done, reach_all(tx, stage));
    is_more |= done == kKeepBatch;
  }
  return tx.set_timer(
      {.kind = kKeepTimer, .subject = subject, .due = tx.now() + (is_more ? kKeepOn : kKeepEvery)});
}

}  // namespace tocsin::oncall
