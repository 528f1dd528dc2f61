#include "oncall/pager_audit.h"

#include <fmt/format.h>

#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

// What is older is asked for nothing any more; it bounds what a look reads.
constexpr Duration kLooksBack = hours(48);
constexpr int kMostAtOnce = 100;
constexpr int kMostWays = 10'000;  // of kPagesAtOnce pages: more than there are

// What cannot be without a timer of `kind`: the timer's subject is a column of what is under way.
struct Rule {
  const char* kind;
  const char* what;  // a sentence's begin, for the subject
  const char* subject;
  const char* under_way;  // tables and condition
};
constexpr Rule kRules[] = {
    {kEscalateTimer, "the escalation of {} rang", "escalation.incident",
     "escalation WHERE state = 'ringing'"},
    {kWakeTimer, "the escalation of {} was to ring again", "escalation.incident",
     "escalation WHERE state = 'acknowledged' AND rings_again_at IS NOT NULL"},
    {kGatherTimer, "the bundle {} was to go", "page_call.id",
     "page_call WHERE state = 'gathering'"},
};
constexpr Rule kTriedWays = {kWayTimer, "the message {} was waited for", "page_way.delivery",
                             "page JOIN page_way ON page_way.page = page.call"
                             " WHERE page_way.state = 'trying'"};
// Not all of them need one.
constexpr Rule kNextWays = {kRuleTimer, "the call {} was to go by its next way", "page_call.id",
                            "page JOIN page_call ON page_call.id = page.call"
                            " WHERE page.is_live = 1 AND page_call.state = 'calling'"};

// Pages behind the first place, up to the last.
struct Stretch {
  PagePlace after, last;
};

std::vector<std::string> texts_of(const store::Rows& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.push_back(row.text(0));
  return texts;
}

std::string query_of(const Rule& rule, std::string_view within, int most) {
  return fmt::format(
      "SELECT DISTINCT {0} FROM {1}{2} AND NOT EXISTS (SELECT 1 FROM timers WHERE timers.kind = $1"
      " AND timers.subject = {0}) ORDER BY {0} LIMIT {3}",
      rule.subject, rule.under_way, within, most);
}

Result<std::vector<std::string>> without_timer(engine::Tx& tx, const Rule& rule) {
  ASSIGN_OR_RETURN(const auto rows, tx.sql().query(query_of(rule, "", kMostAtOnce), rule.kind));
  return texts_of(rows);
}

Result<std::vector<std::string>> without_timer(engine::Tx& tx, const Rule& rule,
                                               const Stretch& pages) {
  // A page has a few ways.
  const std::string query =
      query_of(rule,
               " AND page.created >= $2 AND (page.created > $2 OR page.id > $3)"
               " AND page.created <= $4 AND (page.created < $4 OR page.id <= $5)",
               kMostWays);
  ASSIGN_OR_RETURN(const auto rows,
                   tx.sql().query(query, rule.kind, pages.after.created, pages.after.id,
                                  pages.last.created, pages.last.id));
  return texts_of(rows);
}

// The person's rules are under way: their next contact has its time; or they are through and begin
// anew (keep_ringing), as long as one of the pages is of the step that is rung now, or of those who
// were brought in.
Result<bool> waits_for_a_way(engine::Tx& tx, const Call& call) {
  if (!call.plan) return false;
  if (static_cast<size_t>(call.next_way) < call.plan->ways.size()) return true;
  if (call.plan->keep_ringing == Duration(0)) return false;
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query(fmt::format("SELECT 1 FROM page"
                                 " JOIN escalation ON escalation.incident = page.incident"
                                 " WHERE page.call = $1 AND page.is_live = 1 AND {}"
                                 " LIMIT 1",
                                 kIsOfWhatIsRung),
                     call.id));
  return !rows.empty();
}

Result<> give_back(engine::Tx& tx, const Rule& rule, const std::string& subject,
                   std::vector<std::string>& found) {
  found.push_back(fmt::format(fmt::runtime(rule.what), subject) + " and had no timer");
  return tx.set_timer({.kind = rule.kind, .subject = subject, .due = tx.now()});
}

// What the handler of a timer changes when it succeeds, besides the timer.
std::string mark_of(const store::Row& row) {
  std::string mark;
  for (size_t column = 3; column < row.size(); ++column) {
    mark += row.is_null(column) ? "-." : std::to_string(row.integer(column)) + ".";
  }
  return mark;
}

}  // namespace

Result<std::vector<std::string>> mend_pager_timers(engine::Tx& tx) {
  std::vector<std::string> found;
  for (const Rule& rule : kRules) {
    ASSIGN_OR_RETURN(const auto subjects, without_timer(tx, rule));
    for (const auto& subject : subjects) RETURN_IF_ERROR(give_back(tx, rule, subject, found));
  }
  return found;
}

PagePlace begin_of_pages(Time now) { return {now - kLooksBack, ""}; }

Result<MendedWays> mend_ways(engine::Tx& tx, const PagePlace& after) {
  ASSIGN_OR_RETURN(const auto rows,
                   tx.sql().query("SELECT id, created FROM page WHERE created >= $1"
                                  " AND (created > $1 OR id > $2) ORDER BY created, id LIMIT $3",
                                  after.created, after.id, kPagesAtOnce));
  MendedWays mended;
  if (rows.empty()) return mended;
  const Stretch pages{after, {rows.back().time(1), rows.back().text(0)}};
  if (rows.size() == kPagesAtOnce) mended.next = pages.last;
  ASSIGN_OR_RETURN(const auto tried, without_timer(tx, kTriedWays, pages));
  for (const auto& delivery : tried) {
    RETURN_IF_ERROR(give_back(tx, kTriedWays, delivery, mended.found));
  }
  ASSIGN_OR_RETURN(const auto calls, without_timer(tx, kNextWays, pages));
  for (const auto& id : calls) {
    const auto call = read_call(tx.sql(), id);
    if (!call && call.error().code == Code::kDataLoss) {
      mended.found.push_back(
          fmt::format("the call {} cannot be read: {}", id, call.error().message));
      continue;
    }
    if (!call) return fail(call.error());
    if (!*call) continue;
    ASSIGN_OR_RETURN(const bool waits, waits_for_a_way(tx, **call));
    if (waits) RETURN_IF_ERROR(give_back(tx, kNextWays, id, mended.found));
  }
  return mended;
}

Result<PutOffPiece> put_off_timers(engine::Tx& tx, const TimerName& after) {
  ASSIGN_OR_RETURN(
      const auto rows,
      tx.sql().query("SELECT timers.kind, timers.subject, timers.set_at, escalation.next_at,"
                     " escalation.rings_again_at, escalation.round, page_call.lap,"
                     " page_call.next_way FROM timers"
                     " LEFT JOIN escalation ON escalation.incident = timers.subject"
                     " LEFT JOIN page_call ON page_call.id = timers.subject"
                     " WHERE timers.kind IN ($1, $2, $3, $4, $5)"
                     " AND timers.due - timers.set_at <= $6"
                     " AND (timers.kind > $7 OR (timers.kind = $7 AND timers.subject > $8))"
                     " ORDER BY timers.kind, timers.subject LIMIT $9",
                     kEscalateTimer, kWakeTimer, kGatherTimer, kWayTimer, kRuleTimer,
                     engine::EngineOptions().timer_retry, after.first, after.second,
                     kTimersAtOnce));
  PutOffPiece piece;
  for (const auto& row : rows) {
    piece.timers[{row.text(0), row.text(1)}] = {mark_of(row), row.time(2)};
  }
  if (rows.size() == kTimersAtOnce) piece.next = {rows.back().text(0), rows.back().text(1)};
  return piece;
}

std::vector<std::string> still_failing(const PutOffTimers& before, const PutOffTimers& now) {
  std::vector<std::string> found;
  for (const auto& [timer, put_off] : now) {
    const auto earlier = before.find(timer);
    if (earlier == before.end() || earlier->second.mark != put_off.mark) continue;
    if (put_off.set_at <= earlier->second.set_at) continue;
    found.push_back(fmt::format("the timer {} of {} fails at every try; the log says why",
                                timer.first, timer.second));
  }
  return found;
}

}  // namespace tocsin::oncall
