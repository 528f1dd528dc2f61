#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "access/access.h"
#include "alert/alertmanager_api.h"
#include "alert/cluster.h"
#include "alert/dispatcher.h"
#include "alert/mark_book.h"
#include "alert/notification_log.h"
#include "alert/posted_api.h"
#include "alert/posted_book.h"
#include "alert/readers.h"
#include "alert/recurring_book.h"
#include "alert/silence_book.h"
#include "engine/engine.h"
#include "net/client.h"
#include "net/http.h"
#include "store/database.h"

namespace tocsin::server {

// An alertmanager.yml with its templates, read and found good. Immutable.
struct AlertingConfig {
  std::shared_ptr<const routing::AlertmanagerConfig> routing;
  std::shared_ptr<const gotemplate::TemplateSet> templates;
};
// What is wrong is one kInvalidArgument with a line for each problem. Without a file: the built-in
// configuration, one route to a receiver that tells nobody.
Result<AlertingConfig> load_alerting(const std::string& file, routing::MatcherSyntax syntax);

// Alertmanager's place: all parts between a posted alert and its receivers, joined. Made by the
// server and by `tocsin alertmanager`. Owned by one thread; reload() and the routes' handlers from
// any.
class Alerting {
 public:
  struct Parts {
    engine::Engine& engine;
    store::Database& database;
    net::Client& client;
    const Clock& clock;
    Rng& rng;
    Log& log;
    Metrics& metrics;
  };
  struct Options {
    std::string file;  // alertmanager.yml; empty: the built-in configuration
    routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
    std::string external_url;                      // in messages; without a slash at the end
    Duration retention = std::chrono::hours(120);  // of silences and of what was told
    alert::PostedBook::Limits alerts;
    alert::SilenceBook::Limits silences;
    alert::Dispatcher::Options dispatcher;
    std::optional<alert::ClusterOptions> cluster;  // none: this process is alone
  };
  using Authorize = std::function<Result<store::Actor>(const net::Request&, bool writes)>;

  // Reads the configuration and what the database knows. The engine is not started yet.
  static Result<std::unique_ptr<Alerting>> open(Parts parts, Options options);
  ~Alerting();

  // Reads the file again, all or nothing: a bad one leaves the one in use untouched and says why.
  Result<> reload();
  void add_routes(net::Router& router, Authorize authorize, const std::string& prefix);
  alert::PostedBook& alerts() { return alerts_; }
  alert::MarkBook& marks() { return marks_; }
  alert::Dispatcher& dispatcher() { return *dispatcher_; }
  // What Alertmanager does not have, below `prefix` + "/api/v1": posted alerts as a list, their
  // history, the walk of the routes. It only reads.
  using OwnerOf = std::function<alert::PostedApiParts::Owner(const routing::Labels&)>;
  void add_reading_routes(net::Router& router, Authorize authorize, const std::string& prefix,
                          OwnerOf owner_of);
  // And what people do, below /api/v1: acknowledge, snooze, silences and recurring silences.
  void add_people_routes(net::Router& router, access::Gate& gate, Authorize authorize,
                         OwnerOf owner_of);
  std::shared_ptr<const routing::AlertmanagerConfig> config() const;

  void start();                  // after the engine
  void stop(Duration patience);  // before the engine; ends sends that are under way by then

 private:
  Alerting(Parts parts, Options options);
  alert::PostedApiParts posted_parts(Authorize authorize, const std::string& prefix,
                                     OwnerOf owner_of);
  Result<> load();
  void use(AlertingConfig config);
  void show_reload(bool went_well);

  const Parts parts_;
  const Options options_;
  const Time started_;
  mutable std::mutex mutex_;
  AlertingConfig config_;
  alert::PostedBook alerts_;
  alert::MarkBook marks_;
  alert::SilenceBook silences_;
  alert::RecurringBook recurring_;
  alert::NotificationLog log_book_;
  alert::Readers readers_;
  std::unique_ptr<alert::Cluster> cluster_;  // none: this process is alone
  std::unique_ptr<alert::Dispatcher> dispatcher_;
};

}  // namespace tocsin::server
