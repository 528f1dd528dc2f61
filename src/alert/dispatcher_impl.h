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

// In three files: dispatcher.cc (thread, step, answers for the API), dispatch_groups.cc (which
// group an alert belongs to) and dispatch_flush.cc (what a group tells). mutex_ guards everything
// below it; what others say comes through the inbox, so that neither the writer nor a provider ever
// waits for it.
class DispatcherImpl final : public Dispatcher {
 public:
  DispatcherImpl(Parts parts, Options options);
  ~DispatcherImpl() override;

  void use(std::shared_ptr<const routing::AlertmanagerConfig> config,
           const MakeIntegrations& make) override;
  void on_posted(std::span<const routing::PostedAlertRef> changed) override {
    inbox_->put(changed);
  }
  void start() override;
  void stop(Duration patience) override;
  std::optional<Time> step(Time now) override;
  Status status_of(const routing::PostedAlert& alert, Time now) override;
  std::vector<std::string> receivers_of(const routing::Labels& labels) const override;
  std::vector<Group> groups(Time now) override;
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
    bool is_resolved = false;
    bool is_suppressed = false;
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
  void maintain(Time now, Duration monotonic);
  bool holds_locked(uint64_t fingerprint);
  std::optional<Duration> next_due() const;
  void count();

  // --- dispatch_groups.cc
  void place(const routing::PostedAlertRef& alert, Time now, Duration monotonic,
             const Turns* before);
  Turn first_turn(const AlertGroup& group, const routing::PostedAlert& alert, Time now,
                  Duration monotonic, const Turns* before) const;
  void note_source(uint64_t fingerprint, const routing::PostedAlert& alert, bool is_resolved);
  const Integrations& integrations_of(const std::string& receiver) const;
  ToldKey key_of(const std::string& group_key, const std::string& receiver,
                 const receiver::Integration& integration) const;
  bool is_open(const std::string& group_key, const std::string& receiver,
               uint64_t fingerprint) const;
  std::vector<routing::PostedAlertRef> alerts_of(const AlertGroup& group) const;

  // --- dispatch_flush.cc
  void flush_due(Time now, Duration monotonic);
  // For `only`, or for all integrations of the receiver.
  void tell(AlertGroup& group, const Moment& moment, const ToldKey* only);
  void tell_one(const AlertGroup& group, const Moment& moment, const std::vector<Seen>& seen,
                const std::shared_ptr<receiver::Integration>& integration, const ToldKey& key);
  std::vector<Seen> look_at(const AlertGroup& group, const Moment& moment);
  std::vector<std::string> muted_by(const routing::Route& route, Time now) const;
  std::vector<uint64_t> inhibited_by(const routing::Labels& labels, Time now);
  void drop_told(AlertGroup& group, Time now);  // may end the group

  Parts parts_;
  const Options options_;
  const Duration started_;  // monotonic
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  Counter& silenced_metric_;
  Counter& inhibited_metric_;
  Counter& muted_metric_;
  Counter& inactive_metric_;
  Gauge& active_metric_;
  Gauge& suppressed_metric_;
  Gauge& groups_metric_;
  Histogram& processing_metric_;

  mutable std::mutex mutex_;
  std::shared_ptr<const routing::AlertmanagerConfig> config_;  // none before use()
  std::map<std::string, Integrations> integrations_;           // by receiver
  routing::Inhibitor inhibitor_{{}};
  AlertGroups groups_;
  std::vector<const routing::Route*> matches_;  // place()'s own, for its memory
  Sends sends_;
  std::set<ToldKey> missed_turn_;  // it came while the one before was under way
  std::unordered_set<uint64_t> suppressed_;
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
