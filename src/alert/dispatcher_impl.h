#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "alert/alert_groups.h"
#include "alert/dispatcher.h"
#include "alert/sends.h"

namespace tocsin::alert {

// In four files: dispatcher.cc (thread, step, answers for the API), dispatch_groups.cc (which group
// an alert belongs to), dispatch_flush.cc (what a group tells) and dispatch_walk.cc (where an alert
// stands and what would come of it). mutex_ guards everything
// below it; what others say comes through the inbox, so that neither the writer nor a provider ever
// waits for it.
class DispatcherImpl final : public Dispatcher {
 public:
  DispatcherImpl(Parts parts, Options options);
  ~DispatcherImpl() override;

  Result<> load(store::Session& sql) override { return suppressions_.load(sql); }
  void use(std::shared_ptr<const routing::AlertmanagerConfig> config,
           const MakeIntegrations& make) override;
  void on_posted(std::span<const routing::PostedAlertRef> changed) override {
    inbox_->put(changed);
  }
  void hold_back(HoldsBack holds_back) override { holds_back_ = std::move(holds_back); }
  void start() override;
  void stop(Duration patience) override;
  std::optional<Time> step(Time now) override;
  Status status_of(const routing::PostedAlert& alert, Time now) override;
  std::vector<std::string> receivers_of(const routing::Labels& labels) const override;
  std::vector<Group> groups(Time now) override;
  Standing standing_of(const routing::Labels& labels, Time now) override;
  std::vector<SuppressionLog::Record> suppressions_of(uint64_t fingerprint) const override {
    return suppressions_.of(fingerprint);
  }
  Walk walk(const routing::Labels& labels, Time now, Depth depth) override;
  bool holds(uint64_t fingerprint) override;

 private:
  using Integrations = std::vector<std::shared_ptr<receiver::Integration>>;
  // When a flush is. `at` is when it should have been; alerts are judged at `now`.
  struct Moment {
    Time now;
    Duration monotonic;
    Time at;
  };
  // One alert of a group that is flushed.
  struct Seen {
    uint64_t fingerprint = 0;
    routing::PostedAlertRef alert;
    bool is_resolved = false;  // and its recovery may be told
    bool is_held = false;      // it has resolved, but flaps: it counts as firing where it is open
    std::optional<Flaps> flaps;
    Suppressors suppressed_by;
    MarkRef mark;  // null: none
  };
  // A flush that waits for the processes of the cluster that come first.
  struct Held {
    Duration until{};  // monotonic
    Time at;           // when the flush should have been
  };
  struct Turn {
    Duration due{};
    bool has_flushed = false;
  };
  using Turns = std::map<std::pair<std::string, std::string>, Turn>;  // by group key and receiver

  // --- dispatcher.cc
  void loop();
  void take_in(Time now, Duration monotonic);
  void hear_events(Time now, Duration monotonic);
  void follow_clock(Time now, Duration monotonic);
  void maintain(Time now, Duration monotonic);
  bool holds_locked(uint64_t fingerprint);
  void wake_snoozed(Time now, Duration monotonic);
  std::optional<Duration> next_due(Time now, Duration monotonic) const;
  void count();

  // --- dispatch_groups.cc
  void place(const routing::PostedAlertRef& alert, Time now, Duration monotonic,
             const Turns* before);
  Turn first_turn(const AlertGroup& group, const routing::PostedAlert& alert, Time now,
                  Duration monotonic, const Turns* before) const;
  void note_source(uint64_t fingerprint, const routing::PostedAlert& alert, bool is_resolved);
  void adopt_imported(const routing::Route& route, const std::string& group_key,
                      const routing::PostedAlert& alert);
  const Integrations& integrations_of(const std::string& receiver) const;
  ToldKey key_of(const std::string& group_key, const std::string& receiver,
                 const receiver::Integration& integration) const;
  bool is_open(const std::string& group_key, const std::string& receiver,
               uint64_t fingerprint) const;
  std::vector<routing::PostedAlertRef> alerts_of(const AlertGroup& group) const;

  // --- dispatch_flush.cc
  void flush_due(Time now, Duration monotonic);
  void run_held(Time now, Duration monotonic);
  // For `only`, or for all integrations of the receiver.
  void tell(AlertGroup& group, const Moment& moment, const ToldKey* only);
  void tell_one(const AlertGroup& group, const Moment& moment, const std::vector<Seen>& seen,
                const std::shared_ptr<receiver::Integration>& integration, const ToldKey& key);
  bool has_ended_elsewhere(const Known& known, const Seen& one) const;
  std::vector<Seen> look_at(const AlertGroup& group, const Moment& moment);
  void count_suppressed(const Suppressors& by);
  Suppressors mutes_of(const routing::Route& route, Time now) const;
  // When and for whom it is asked whether an alert may be told.
  struct Asked {
    Time now;
    Time snoozed_at;                // snoozes are looked at as of this moment
    routing::PostedAlertRef alert;  // null: labels that somebody has made up
    const routing::Route* route = nullptr;
  };
  Suppressors suppressors_of(const routing::Labels& labels, uint64_t fingerprint,
                             const Suppressors& mutes, const Asked& asked);
  std::vector<std::string> muted_by(const routing::Route& route, Time now) const;
  std::vector<uint64_t> inhibited_by(const routing::Labels& labels, Time now);
  MarkRef mark_of(uint64_t fingerprint) const;
  void drop_told(AlertGroup& group, Time now);  // may end the group

  // --- dispatch_walk.cc
  WalkedGroup walk_group(const routing::Route& route, const routing::Labels& labels,
                         uint64_t fingerprint, Time now, Duration monotonic);
  void foretell(WalkedGroup& walked, const routing::Labels& labels, uint64_t fingerprint, Time now);
  std::vector<WalkedGroup::Telling> tellings_of(const WalkedGroup& walked,
                                                const Fingerprints& firing,
                                                const Fingerprints& resolved) const;

  Parts parts_;
  HoldsBack holds_back_;
  const Options options_;
  const Duration started_;  // monotonic
  const Time started_at_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  Counter& silenced_metric_;
  Counter& snoozed_metric_;
  Counter& inhibited_metric_;
  Counter& muted_metric_;
  Counter& inactive_metric_;
  Counter& held_back_metric_;
  Gauge& active_metric_;
  Gauge& suppressed_metric_;
  Gauge& groups_metric_;
  Histogram& processing_metric_;

  SuppressionLog suppressions_;  // guards itself

  mutable std::mutex mutex_;
  std::shared_ptr<const routing::AlertmanagerConfig> config_;  // none before use()
  std::map<std::string, Integrations> integrations_;           // by receiver
  routing::Inhibitor inhibitor_{{}};
  AlertGroups groups_;
  std::vector<const routing::Route*> matches_;  // place()'s own, for its memory
  Sends sends_;
  std::map<uint64_t, Held> held_;  // by group; at most one each
  std::set<ToldKey> missed_turn_;  // it came while the one before was under way
  bool is_settled_ = false;
  Duration clocks_apart_;  // the wall clock's time since 1970 less the monotonic, at the last step
  Duration next_expiry_{0};
  Duration next_maintenance_{0};
  bool is_stopping_ = false;
  Duration stop_at_{0};

  std::thread thread_;
};

// Alertmanager's order of alerts in a message: by job, instance, then all labels
// (types.AlertSlice).
bool is_told_before(const routing::PostedAlert& a, const routing::PostedAlert& b);

}  // namespace tocsin::alert
