#include <array>

#include "oncall/pager_parts.h"

// What is kept of an escalation that is over, and for how long. Its story stands in the logbook.
namespace tocsin::oncall {
namespace {

struct Stage {
  int number;  // what escalation.keep_stage becomes
  Duration after_end;
  std::vector<const char*> statements;  // $1: the incident
};

// A bundle is a call of several incidents: it goes with the last of them.
#define CALLS_OF(stage)                                                              \
  "(SELECT page_call.id FROM page_call WHERE page_call.id IN (SELECT call FROM page" \
  " WHERE incident = $1) AND NOT EXISTS (SELECT 1 FROM page JOIN escalation"         \
  " ON escalation.incident = page.incident WHERE page.call = page_call.id"           \
  " AND escalation.keep_stage < " stage "))"

// - The ways of a call are addresses, among them URLs that are as good as a password. Who is told
//   of the end is told by them within minutes.
// - Nobody looks at calls and ways when an incident is over.
// - Pages are what the load of people is counted from, over up to 400 days, and with the escalation
//   they stand on the incident's page.
const std::array<Stage, 3> kStages{
    {{1, hours(1), {"UPDATE page_call SET plan = '' WHERE plan <> '' AND id IN " CALLS_OF("1")}},
     {2,
      days(90),
      {"DELETE FROM page_way WHERE page IN " CALLS_OF("2"),
       "DELETE FROM page_call WHERE id IN " CALLS_OF("2"),
       "DELETE FROM page_recovery WHERE incident = $1"}},
     {3,
      days(400),
      {"DELETE FROM page_channel WHERE incident = $1", "DELETE FROM page WHERE incident = $1",
       "DELETE FROM escalation WHERE incident = $1"}}}};

constexpr Duration kKeepEvery = hours(1);
constexpr Duration kKeepOn = seconds(1);  // while there is more
constexpr int64_t kKeepBatch = 50;        // escalations in one transaction, of each stage

// How many were taken further.
Result<int64_t> reach(engine::Tx& tx, const Stage& stage) {
  ASSIGN_OR_RETURN(const auto rows,
                   tx.sql().query("SELECT incident FROM escalation WHERE ended IS NOT NULL"
                                  " AND keep_stage = $1 AND ended < $2 ORDER BY ended LIMIT $3",
                                  stage.number - 1, tx.now() - stage.after_end, kKeepBatch));
  for (const auto& row : rows) {
    const std::string incident = row.text(0);
    RETURN_IF_ERROR(tx.sql().exec("UPDATE escalation SET keep_stage = $2 WHERE incident = $1",
                                  incident, stage.number));
    for (const char* statement : stage.statements) {
      RETURN_IF_ERROR(tx.sql().exec(statement, incident));
    }
  }
  return static_cast<int64_t>(rows.size());
}

}  // namespace

Result<> RowPager::on_keep(engine::Tx& tx, const std::string& subject) {
  bool is_more = false;
  for (const Stage& stage : kStages) {
    ASSIGN_OR_RETURN(const int64_t done, reach(tx, stage));
    is_more |= done == kKeepBatch;
  }
  return tx.set_timer(
      {.kind = kKeepTimer, .subject = subject, .due = tx.now() + (is_more ? kKeepOn : kKeepEvery)});
}

}  // namespace tocsin::oncall
