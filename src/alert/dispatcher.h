#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/notification_log.h"
#include "alert/posted_book.h"
#include "alert/silence_book.h"
#include "receiver/integration.h"
#include "routing/alertmanager_config.h"

namespace tocsin::alert {

// Sorts alerts into groups by the routing tree and tells each group to its receiver when its time
// has come: group_wait after its first alert, then every group_interval; what is new decides
// whether anything is sent (dispatch/dispatch.go, notify/notify.go of Alertmanager). A flush goes
// through inhibition, time intervals and silences, then for each integration: is there something to
// tell since the notification log's entry, send, retry with backoff until the flush's time is over,
// log.
//
// Unlike the reference: what was told as firing is told as resolved even if it is silenced or
// inhibited meanwhile; after a restart a group goes on from the notification log, so nothing is
// told again and nothing is forgotten; an intent is written before each send, so a send that a
// crash cut off is made again, marked as a possible duplicate; a receiver that is slow or dead
// holds up only itself.
//
// With start() it has a thread of its own that sleeps until the next due flush. A test calls
// step().
class Dispatcher : public PostedListener {
 public:
  struct Parts {
    engine::Engine& engine;
    PostedBook& alerts;
    SilenceBook& silences;
    NotificationLog& log_book;
    const Clock& clock;
    Log& log;
    Metrics& metrics;
    std::string external_url;
  };
  struct Options {
    Duration start_delay{0};  // --dispatch.start-delay: no flush before it has passed since start
  };

  static std::unique_ptr<Dispatcher> make(Parts parts, Options options);
  ~Dispatcher() override = default;

  // A new configuration: groups are built again from the book; the log decides what is told.
  virtual void use(std::shared_ptr<const routing::AlertmanagerConfig> config,
                   std::shared_ptr<const gotemplate::TemplateSet> templates) = 0;
  void on_posted(std::span<const routing::PostedAlertRef> changed) override = 0;

  virtual void start() = 0;
  virtual void stop(Duration patience) = 0;
  // Runs what is due at `now`; when the next thing is due.
  virtual std::optional<Time> step(Time now) = 0;

  // For the API, at `now`; thread-safe.
  struct Status {
    std::vector<std::string> silenced_by;  // silence ids, active ones
    std::vector<uint64_t> inhibited_by;
    std::vector<std::string> muted_by;  // names of time intervals (of the group asked for)
  };
  virtual Status status_of(const routing::PostedAlert& alert, Time now) const = 0;
  // Names of receivers in the order of the routes that match.
  virtual std::vector<std::string> receivers_of(const routing::Labels& labels) const = 0;

  struct Group {
    routing::Labels labels;
    const routing::Route* route = nullptr;  // valid while `config` is held
    std::shared_ptr<const routing::AlertmanagerConfig> config;
    std::string key;
    std::vector<routing::PostedAlertRef> alerts;
    std::vector<std::string> muted_by;
    Time next_flush;
  };
  virtual std::vector<Group> groups(Time now) const = 0;
  virtual bool holds(uint64_t fingerprint) const = 0;  // a resolved alert that is still to be told
};

}  // namespace tocsin::alert
