#include "alert/fired_before.h"

#include <algorithm>

#include "alert/history_store.h"

namespace tocsin::alert {
namespace {

constexpr int64_t kPiece = 5000;  // numbers of the logbook in one question

std::optional<routing::Labels> labels_in(const std::string& data) {
  const auto json = codec::read_own_json(data);
  const auto* text = json && json->is_object() ? json->get_object().if_contains("labels") : nullptr;
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return labels_from_text(text->get_string());
}

}  // namespace

Result<FiredBefore> fired_before(store::Session& sql, const routing::Matchers& matchers, Time since,
                                 int64_t most_entries) {
  FiredBefore out;
  out.reaches = since;
  ASSIGN_OR_RETURN(const int64_t newest, store::last_logbook_seq(sql));
  const int64_t oldest = std::max<int64_t>(newest - most_entries, 0);
  for (int64_t last = newest; last > oldest; last -= kPiece) {
    const int64_t before = std::max(last - kPiece, oldest);
    ASSIGN_OR_RETURN(const auto rows,
                     sql.query("SELECT data, recorded FROM logbook WHERE seq > $1 AND seq <= $2"
                               " AND kind = 'posted_alert.fired' ORDER BY seq DESC",
                               before, last));
    for (const auto& row : rows) {
      if (row.time(1) < since) return out;
      const auto labels = labels_in(row.text(0));
      if (!labels || !routing::all_match(matchers, *labels)) continue;
      ++out.times;
      ++out.by_name[std::string(labels->get("alertname"))];
    }
    ASSIGN_OR_RETURN(const auto first,
                     sql.query("SELECT seq, recorded FROM logbook WHERE seq = $1", before + 1));
    if (first.empty() || first[0].time(1) < since) return out;
    if (before == oldest && oldest > 0) out.reaches = first[0].time(1);
  }
  return out;
}

}  // namespace tocsin::alert
