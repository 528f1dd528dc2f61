#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert/page_gate.h"
#include "store/database.h"

namespace tocsin::alert {

// The rows behind ProblemDesk. Writes belong to the engine's transactions.

enum class SourceRole { kSource, kEvidence };
std::string_view name_of(SourceRole role);  // source, evidence

// A posted alert at an alert.
struct AlertSource {
  std::string alert;
  uint64_t fingerprint = 0;
  Time joined;
  SourceRole role = SourceRole::kSource;
  bool is_cause = false;
  std::string why;
  std::string labels;  // as text, for people
  std::string summary;
  std::optional<Time> left;
  std::string how_left;
};

Result<> insert_source(store::Session& sql, const AlertSource& source);
// Ends the live row; nothing when there is none.
Result<> end_source(store::Session& sql, std::string_view alert, uint64_t fingerprint, Time at,
                    std::string_view how);
Result<std::vector<AlertSource>> live_sources_of(store::Session& sql, uint64_t fingerprint);
Result<std::set<uint64_t>> all_live_fingerprints(store::Session& sql);
// The live ones first, then by time; at most `limit`.
Result<std::vector<AlertSource>> sources_of_alert(store::Session& sql, std::string_view alert,
                                                  int limit);
// The live sources, evidence left out, the oldest first.
Result<std::vector<AlertSource>> live_sources_at(store::Session& sql, std::string_view alert,
                                                 int limit);
Result<int64_t> count_live_sources(store::Session& sql, std::string_view alert);
Result<int64_t> count_live_evidence(store::Session& sql, std::string_view alert);
// Firing alerts made of posted ones that have a source which is no cause.
Result<std::set<std::string>> alerts_with_symptoms(store::Session& sql);
Result<bool> has_live_symptom(store::Session& sql, std::string_view alert);  // whether this has

Result<> insert_split(store::Session& sql, uint64_t fingerprint, std::string_view alert,
                      std::string_view by, Time at);
Result<> delete_split(store::Session& sql, uint64_t fingerprint);
Result<bool> is_split(store::Session& sql, uint64_t fingerprint);

Result<> put_verdict(store::Session& sql, uint64_t fingerprint, const GateVerdict& verdict,
                     Time at);
Result<> delete_verdict(store::Session& sql, uint64_t fingerprint);
Result<std::optional<GateVerdict>> read_verdict(store::Session& sql, uint64_t fingerprint);

}  // namespace tocsin::alert
