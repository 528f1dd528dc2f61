#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "net/client.h"
#include "telemetry/source_config.h"
#include "telemetry/target_file.h"
#include "telemetry/telemetry.h"

namespace tocsin::telemetry {

enum class SourceKind { kScrape, kQuery };
enum class SourceState { kUnknown, kUp, kDown };
std::string_view name_of(SourceKind kind);    // "scrape", "query"
std::string_view name_of(SourceState state);  // "unknown", "up", "down"

struct SourceStatus {
  std::string name;  // "job/host:port", or the query source's name
  SourceKind kind = SourceKind::kScrape;
  SourceState state = SourceState::kUnknown;
  std::string last_error;  // empty: none
  std::optional<Time> last_at;
};

// Something that is asked again and again: a scrape target or a query source. Used on the runner's
// thread only, except for status().
class Source {
 public:
  virtual ~Source() = default;
  // Begins to ask; `done` once, on any thread, with what shall happen on the runner's thread then.
  virtual void ask(std::function<void(std::move_only_function<void()>)> done) = 0;
  virtual Duration interval() const = 0;
  virtual SourceStatus status() const = 0;  // thread-safe
  // Whether it asks just as the other does: it then goes on in its place, with what it knows.
  virtual bool is_same(const Source& other) const = 0;
  // It is not asked any more: what it measured ended at `at`, unless somebody else goes on with it.
  virtual void end(Time at) { static_cast<void>(at); }
};

class KnownUntil;

// Asks all sources, each at its own offset within its interval, without waiting for one another.
// What comes back is parsed and folded on one thread. use() may be called again with other sources.
class SourceRunner {
 public:
  static std::unique_ptr<SourceRunner> make(Telemetry& telemetry, net::Client& client,
                                            const Clock& clock, Rng& rng, Log& log,
                                            Metrics& metrics);
  ~SourceRunner();

  // Fills the rollups of signals that ask a server from where they end (or as far back as the
  // source says) to now. Waits for the answers; what fails is logged. Before the objectives read
  // the rollups and before use(); again after each change of the signals: those that are asked for
  // already go on, and a new one is asked for when its past is there.
  void backfill(const Sources& sources);
  void use(Sources sources);
  void stop();  // again is harmless
  std::vector<SourceStatus> status() const;

 private:
  struct Turn {
    std::shared_ptr<Source> source;
    Duration due{0};  // monotonic
    bool is_asking = false;
    // Set when it is asked no more: when it would have been asked next. It ends, as of then, when
    // another interval and a bit have passed, for the same series may come from another source by
    // then (Prometheus' end of a scrape loop).
    std::optional<Time> ends_at;
  };
  struct Parts {
    Telemetry& telemetry;
    net::Client& client;
    const Clock& clock;
    Rng& rng;
    Log& log;
    Counter& asked;
    Counter& failed;
  };
  explicit SourceRunner(Parts parts);

  void run();
  Duration ask_due(std::unique_lock<std::mutex>& lock);  // how long until the next is due
  void retire(Turn turn, Duration now, std::vector<Turn>& turns);
  std::vector<std::shared_ptr<Source>> make_sources();
  void replace(std::vector<std::shared_ptr<Source>> sources);

  // Answers may come after the runner is gone: they hold this.
  struct Mailbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::move_only_function<void()>> answers;
    bool is_stopping = false;
  };

  const Parts parts_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Sources sources_;
  TargetFiles files_;
  Duration files_due_{0};
  const std::shared_ptr<KnownUntil> known_;
  std::vector<Turn> turns_;  // with mailbox_->mutex
  std::thread thread_;
};

}  // namespace tocsin::telemetry
