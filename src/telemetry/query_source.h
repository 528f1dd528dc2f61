#pragma once

#include <atomic>
#include <map>

#include "telemetry/sources.h"

namespace tocsin::telemetry {

// Asks one server, each step, for all signals that name it: the increase since the last answer, so
// that a missed step is made good by the next (for at most an hour).
class QueryAsker final : public Source, public std::enable_shared_from_this<QueryAsker> {
 public:
  // `answered`: until when signals are known already (SourceRunner::backfill).
  QueryAsker(QuerySource source, Telemetry& telemetry, net::Client& client,
             std::map<SignalName, Time> answered = {});

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
  std::map<SignalName, Time> answered_;  // until when each signal's events are known
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

// Fills the past of this source's ratio signals without groups, from the end of what is kept of
// them to now; until when each is known then. See SourceRunner::backfill.
std::map<SignalName, Time> backfill_from(const QuerySource& source, Telemetry& telemetry,
                                         net::Client& client, Log& log);

}  // namespace tocsin::telemetry
