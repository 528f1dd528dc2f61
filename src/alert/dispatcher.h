#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/mark_book.h"
#include "alert/notification_log.h"
#include "alert/posted_book.h"
#include "alert/silence_book.h"
#include "alert/suppression_log.h"
#include "alert/turns.h"
#include "receiver/integration.h"
#include "routing/alertmanager_config.h"

namespace tocsin::alert {

// Sorts alerts into groups by the routing tree and tells each group to its receiver when its time
// has come: group_wait after its first alert, then every group_interval; what is new decides
// whether anything is sent (dispatch/dispatch.go, notify/notify.go of Alertmanager). A flush goes
// through time intervals, inhibition and silences, then for each integration: is there something to
// tell since the notification log's entry, send, retry with backoff until the flush's time is over,
// log.
//
// A person's marks (mark.h) come on top: an acknowledged alert is not repeated, a snoozed one is
// told as new when its time has come, at once and not only at the group's next turn.
//
// Unlike the reference: what was told as firing is told as resolved even if it is silenced,
// inhibited or muted meanwhile, and what was never told is not; after a restart a group goes on
// from the notification log, so nothing is told again and nothing is forgotten; an intent is
// written before each send, so a send that a crash cut off is made again, marked as a possible
// duplicate; a receiver that is slow or dead holds up only itself.
//
// With start() it has a thread of its own that sleeps until the next due flush. A test calls
// step(). All calls are thread-safe. To end: stop() this, then the engine; destroy this, then the
// books.
class Dispatcher : public PostedListener {
 public:
  struct Parts {
    engine::Engine& engine;
    PostedBook& alerts;
    SilenceBook& silences;
    NotificationLog& log_book;
    const Clock& clock;
    Rng& rng;
    Log& log;
    Metrics& metrics;
    std::string external_url;
    MarkBook* marks = nullptr;     // none: nobody marks alerts
    const Turns* turns = nullptr;  // of a cluster; outlives the dispatcher
  };
  struct Options {
    Duration start_delay{0};  // --dispatch.start-delay: no flush before it has passed since start
  };
  // The integrations of a receiver that are delivered: receiver::make_integrations with its tools.
  using MakeIntegrations =
      std::function<std::vector<std::unique_ptr<receiver::Integration>>(const routing::Receiver&)>;

  // Listens to `parts.alerts` from now on. The books must be loaded before use().
  static std::unique_ptr<Dispatcher> make(Parts parts, Options options);
  // What was suppressed before the restart; before use(). Without it each flush begins anew.
  virtual Result<> load(store::Session& sql) = 0;

  // Whether an alert is kept from a receiver (the page gate, docs/problems.md). Asked for each
  // firing alert at each flush; must not block. While wiring.
  using HoldsBack = std::function<bool(const routing::PostedAlert&, const std::string& receiver)>;
  virtual void hold_back(HoldsBack holds_back) = 0;

  // A new configuration: groups are built again from the book and keep their turn where there was
  // one; the log decides what is told. Sends under way go on with what they began with.
  virtual void use(std::shared_ptr<const routing::AlertmanagerConfig> config,
                   const MakeIntegrations& make) = 0;
  void on_posted(std::span<const routing::PostedAlertRef> changed) override = 0;

  virtual void start() = 0;
  // No new flush and no new try; waits for the sends under way for `patience` at most. What is cut
  // off is told again by the next start.
  virtual void stop(Duration patience) = 0;
  // Runs what is due at `now`; when the next thing is due.
  virtual std::optional<Time> step(Time now) = 0;

  // For the API, at `now`.
  struct Status {
    std::vector<std::string> silenced_by;  // silence ids, active ones
    std::vector<uint64_t> inhibited_by;
    std::vector<std::string> snoozed_by;  // one at most (name_in_api)
    bool is_suppressed() const {
      return !silenced_by.empty() || !inhibited_by.empty() || !snoozed_by.empty();
    }
  };
  virtual Status status_of(const routing::PostedAlert& alert, Time now) = 0;
  // Names of receivers in the order of the routes that match.
  virtual std::vector<std::string> receivers_of(const routing::Labels& labels) const = 0;

  struct Group {
    routing::Labels labels;
    const routing::Route* route = nullptr;  // valid while `config` is held
    std::shared_ptr<const routing::AlertmanagerConfig> config;
    std::string key;
    std::vector<routing::PostedAlertRef> alerts;  // in the order in which they are told
    std::vector<std::string> muted_by;            // names of time intervals
    Time next_flush;
  };
  virtual std::vector<Group> groups(Time now) = 0;
  // The groups in which an alert with these labels stands, or would; why it is not told there now.
  struct Place {
    const routing::Route* route = nullptr;  // valid while the standing's config is held
    Suppressors muted_by;                   // time intervals
  };
  struct Standing {
    std::shared_ptr<const routing::AlertmanagerConfig> config;  // null before use()
    Suppressors by;             // what suppresses it wherever it stands: all but time intervals
    std::vector<Place> places;  // in the order of the routes
  };
  virtual Standing standing_of(const routing::Labels& labels, Time now) = 0;
  // As the flushes said last, with since when.
  virtual std::vector<SuppressionLog::Record> suppressions_of(uint64_t fingerprint) const = 0;

  // What would come of a firing alert with these labels, for each route that takes it. Nothing is
  // changed by asking. kForetell says what the next flush tells, too, and looks at each alert of
  // the groups for that.
  enum class Depth { kPlaces, kForetell };
  struct WalkedGroup {
    const routing::Route* route = nullptr;
    routing::Labels labels;
    std::string key;
    bool exists = false;
    bool holds_alert = false;         // it stands in the group already
    size_t alerts = 0;                // in the group
    Time next_flush;                  // its own, or that of the group which the alert would begin
    Suppressors suppressed_by;        // now
    Suppressors suppressed_at_flush;  // as silences, intervals and inhibiting alerts stand now
    struct Telling {
      std::string integration;
      int index = 0;
      bool is_under_way = false;               // a send of this group to it
      std::optional<receiver::Reason> reason;  // why the next flush tells the group, if it does
      std::string why_not;                     // else
      std::optional<Time> last_told;
    };
    std::vector<Telling> told_by;  // of kForetell, as suppressed_at_flush
  };
  struct Walk {
    std::shared_ptr<const routing::AlertmanagerConfig> config;  // null before use()
    std::vector<WalkedGroup> groups;
  };
  virtual Walk walk(const routing::Labels& labels, Time now, Depth depth) = 0;

  // Whether a group has it: a resolved alert is held until it is told to all who know it as firing.
  virtual bool holds(uint64_t fingerprint) = 0;
};

}  // namespace tocsin::alert
