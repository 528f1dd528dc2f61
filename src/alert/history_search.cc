#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "alert/history_store.h"
#include "base/text.h"

namespace tocsin::alert {
namespace {

using store::LogbookRecord;

// Entries that one statement goes through: few at first, for most searches end soon.
constexpr int64_t kFirstPiece = 500;
constexpr int64_t kLargestPiece = 20'000;
// What reading one entry, and looking up the labels of one alert, count beside passing an entry.
constexpr size_t kCostOfEntry = 4;
constexpr size_t kCostOfLabels = 20;

bool contains(std::string_view text, std::string_view lower_part) {
  if (lower_part.empty()) return true;
  return !std::ranges::search(text, lower_part, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
          }).empty();
}

// The longest run of characters that stand in JSON, and in a pattern of LIKE, as they are; so
// whatever holds the text holds the run, in any case.
std::string plain_run(std::string_view text) {
  const auto is_plain = [](char c) {
    return c >= ' ' && c <= '~' && std::string_view("\"\\%_/<>&'").find(c) == std::string::npos;
  };
  std::string_view best;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && is_plain(text[end])) ++end;
    if (end - at > best.size()) best = text.substr(at, end - at);
    at = end + 1;
  }
  return to_lower(best);
}

// What all have in common at their beginning; of one that is all of it.
std::string common_prefix(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::string prefix = words.front();
  for (const std::string& word : words) {
    const auto end = std::ranges::mismatch(prefix, word).in1;
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

bool is_kind(std::string_view kind, std::string_view wanted) {
  return kind == wanted || (kind.starts_with(wanted) && kind[wanted.size()] == '.');
}

class Search {
 public:
  Search(store::Session& sql, const HistoryQuery& query, const LabelsOf& labels_of)
      : sql_(sql), query_(query), labels_of_(labels_of), text_(to_lower(query.text)) {}

  Result<HistoryPage> run();

 private:
  Result<int64_t> first_before(Time time, int64_t newest);
  Result<std::vector<int64_t>> candidates(int64_t above, int64_t below);
  Result<bool> take_from(const std::vector<int64_t>& candidates);
  bool takes(const LogbookRecord& record);
  bool takes_text(const LogbookRecord& record) const;
  bool takes_labels(const LogbookRecord& record);
  bool is_told(const codec::JsonObject& data);
  bool matches(std::string_view group_key) const;

  store::Session& sql_;
  const HistoryQuery& query_;
  const LabelsOf& labels_of_;
  const std::string text_;
  std::unordered_map<uint64_t, bool> known_;  // whether an alert's labels match
  HistoryPage page_;
};

Result<HistoryPage> Search::run() {
  ASSIGN_OR_RETURN(const int64_t newest, store::last_logbook_seq(sql_));
  int64_t below = query_.before > 0 ? std::min(query_.before, newest + 1) : newest + 1;
  if (query_.to) {
    ASSIGN_OR_RETURN(const int64_t end, first_before(*query_.to, newest));
    below = std::min(below, end + 1);
  }
  int64_t floor = 0;  // the entry below the oldest that counts
  if (query_.from) {
    ASSIGN_OR_RETURN(floor, first_before(*query_.from, newest));
  }
  for (int64_t piece = kFirstPiece; below > floor + 1 && page_.looked_at < kMostLookedAt;
       piece = std::min(2 * piece, kLargestPiece)) {
    const int64_t above = std::max(floor, below - 1 - piece);
    ASSIGN_OR_RETURN(const auto found, candidates(above, below));
    ASSIGN_OR_RETURN(const bool is_full, take_from(found));
    if (is_full) {
      const int64_t last = page_.entries.back().seq;
      page_.next = last > floor + 1 ? last : 0;
      return std::move(page_);
    }
    page_.looked_at += static_cast<size_t>(below - 1 - above);
    below = above + 1;
  }
  page_.next = below > floor + 1 ? below : 0;
  return std::move(page_);
}

Result<bool> Search::take_from(const std::vector<int64_t>& candidates) {
  for (const int64_t seq : candidates) {
    ASSIGN_OR_RETURN(auto record, store::read_logbook_entry(sql_, seq));
    page_.looked_at += kCostOfEntry;
    if (!record || !takes(*record)) continue;
    page_.entries.push_back(*std::move(record));
    if (page_.entries.size() == query_.limit) return true;
  }
  return false;
}

// The newest entry that was recorded before `time`, by halving. Where a clock was set back, times
// are not in order and the answer is one of several; what is recorded within a page is looked at
// again in takes().
Result<int64_t> Search::first_before(Time time, int64_t newest) {
  int64_t low = 0, high = newest;
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    ASSIGN_OR_RETURN(const auto rows,
                     sql_.query("SELECT recorded FROM logbook WHERE seq = $1", middle));
    if (!rows.empty() && from_micros(rows[0].integer(0)) < time) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// What the database can tell without reading JSON: never less than what takes() would take.
Result<std::vector<int64_t>> Search::candidates(int64_t above, int64_t below) {
  const std::string text = plain_run(query_.text), receiver = plain_run(query_.receiver);
  std::string value;
  for (const routing::Matcher& matcher : query_.matchers) {
    if (matcher.op() != routing::MatchOp::kEqual) continue;
    const std::string run = plain_run(matcher.value());
    if (run.size() > value.size()) value = run;
  }
  std::string statement =
      "SELECT seq FROM logbook WHERE seq > $1 AND seq < $2 AND (kind LIKE 'posted_alert.%'"
      " OR kind LIKE 'notification.%' OR kind LIKE 'silence.%') AND kind LIKE $3";
  std::vector<store::Value> values{store::value(above), store::value(below),
                                   store::value(common_prefix(query_.kinds) + "%")};
  const auto add = [&](std::string_view condition, const std::string& run) {
    if (run.empty()) return;
    values.push_back(store::value("%" + run + "%"));
    statement += fmt::format(fmt::runtime(condition), fmt::arg("n", values.size()));
  };
  add(" AND (lower(data) LIKE ${n} OR lower(subject_id) LIKE ${n})", text);
  add(" AND lower(data) LIKE ${n}", receiver);
  // A notification tells of alerts whose labels stand elsewhere.
  add(" AND (kind LIKE 'notification.%' OR lower(data) LIKE ${n})", value);
  ASSIGN_OR_RETURN(const auto rows, sql_.query(statement + " ORDER BY seq DESC",
                                               std::span<const store::Value>(values)));
  std::vector<int64_t> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(row.integer(0));
  return out;
}

bool Search::takes(const LogbookRecord& record) {
  if (query_.from && record.recorded < *query_.from) return false;
  if (query_.to && record.recorded >= *query_.to) return false;
  const auto is_wanted = [&](const std::string& kind) { return is_kind(record.entry.kind, kind); };
  if (!query_.kinds.empty() && std::ranges::none_of(query_.kinds, is_wanted)) return false;
  if (!query_.receiver.empty() &&
      codec::text_at(record.entry.data, "receiver") != query_.receiver) {
    return false;
  }
  return takes_text(record) && takes_labels(record);
}

bool Search::takes_text(const LogbookRecord& record) const {
  if (text_.empty() || contains(record.entry.subject_id, text_)) return true;
  for (const auto& [_, value] : record.entry.data) {
    if (value.is_string() ? contains(value.get_string(), text_)
                          : value.is_structured() && contains(codec::to_text(value), text_)) {
      return true;
    }
  }
  return false;
}

bool Search::takes_labels(const LogbookRecord& record) {
  if (query_.matchers.empty()) return true;
  const store::LogbookEntry& entry = record.entry;
  if (entry.subject_kind == "posted_alert") {
    const auto labels = labels_of_entry(record);
    return labels && routing::all_match(query_.matchers, *labels);
  }
  if (entry.subject_kind != "alert_group") return false;
  return matches(entry.subject_id) || is_told(entry.data);
}

// The labels of a group stand behind the last ":{" of its key.
bool Search::matches(std::string_view group_key) const {
  const size_t labels = group_key.rfind("}:{");
  if (labels == std::string_view::npos) return false;
  const auto parsed = labels_from_text(group_key.substr(labels + 2));
  return parsed && !parsed->empty() && routing::all_match(query_.matchers, *parsed);
}

bool Search::is_told(const codec::JsonObject& data) {
  const codec::JsonArray* alerts = codec::find_array(data, "alerts");
  if (alerts == nullptr) return false;
  for (const codec::Json& one : *alerts) {
    const auto fingerprint =
        one.is_string() ? routing::fingerprint_from(one.get_string()) : std::nullopt;
    if (!fingerprint) continue;
    const auto [found, is_new] = known_.try_emplace(*fingerprint, false);
    if (is_new) {
      page_.looked_at += kCostOfLabels;
      const auto labels = labels_of_(*fingerprint);
      found->second = labels && routing::all_match(query_.matchers, *labels);
    }
    if (found->second) return true;
  }
  return false;
}

}  // namespace

Result<HistoryPage> search_history(store::Session& sql, const HistoryQuery& query,
                                   const LabelsOf& labels_of) {
  return Search(sql, query, labels_of).run();
}

}  // namespace tocsin::alert
