#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>

#include "telemetry/sources.h"

namespace tocsin::telemetry {

// Until when the events of each signal that is asked for are known. Shared by all askers, so that
// what backfill() filled is not asked again. Thread-safe.
class KnownUntil {
 public:
  std::optional<Time> of(const SignalName& signal) const;
  void set(const SignalName& signal, Time until);
  void keep_only(const std::set<SignalName>& signals);

 private:
  mutable std::mutex mutex_;
  std::map<SignalName, Time> until_;
};

// Asks one server, each step, for all signals that name it: the increase since the last answer, so
// that a missed step is made good by the next (for at most an hour). A signal is asked for from
// when it is in `known` on: its past is filled before.
class QueryAsker final : public Source, public std::enable_shared_from_this<QueryAsker> {
 public:
  QueryAsker(QuerySource source, Telemetry& telemetry, net::Client& client,
             std::shared_ptr<KnownUntil> known);

  void ask(std::function<void(std::move_only_function<void()>)> done) override;
  Duration interval() const override { return source_.step; }
  SourceStatus status() const override;
  bool is_same(const Source& other) const override;

 private:
  struct Round;
  void take(Round& round);

  const QuerySource source_;
  Telemetry& telemetry_;
  net::Client& client_;
  mutable std::mutex mutex_;
  SourceStatus status_;
  const std::shared_ptr<KnownUntil> known_;
};

// One value of an instant query's vector.
struct QueryValue {
  std::map<std::string, std::string> labels;  // without __name__
  double value = 0;
};
// An answer of /api/v1/query. kInvalidArgument when it is no vector or scalar, or says an error.
Result<std::vector<QueryValue>> read_query_answer(int status, std::string_view body);
// Points of /api/v1/query_range, time in ms -> value, of its only series; empty when there is none.
// kInvalidArgument for more than one.
Result<std::map<int64_t, double>> read_range_answer(int status, std::string_view body);

// Makes this source's signals known that were not: fills the past of its ratios without groups,
// from the end of what is kept of them to now; the others begin a step ago. See
// SourceRunner::backfill.
void backfill_from(const QuerySource& source, Telemetry& telemetry, net::Client& client, Log& log,
                   KnownUntil& known);

}  // namespace tocsin::telemetry
