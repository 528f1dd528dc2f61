#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "access/access.h"
#include "alert/readers.h"
#include "door/door_api.h"
#include "door/heartbeat_book.h"
#include "net/http.h"

namespace tocsin::server {

// The doors by which others' alerts come in, joined. Owned by one thread; use() and the routes'
// handlers from any.
class Doors {
 public:
  struct Parts {
    engine::Engine& engine;
    alert::PostedBook& book;  // it is loaded
    access::Gate& gate;
    alert::Readers& readers;
    const Clock& clock;
    Rng& rng;
    door::Entrance::Catalog catalog;
    alert::MarkBook& marks;
  };

  // Before the engine is started.
  static Result<std::unique_ptr<Doors>> open(Parts parts);
  // What the catalog declares, from now on. Only the database can refuse it.
  Result<> use(std::vector<door::DoorSpec> doors, std::vector<door::HeartbeatSpec> heartbeats,
               const store::Actor& by);
  void add_routes(net::Router& router);

 private:
  explicit Doors(Parts parts);

  const Parts parts_;
  door::DoorDesk desk_;
  door::Entrance entrance_;
  std::unique_ptr<door::HeartbeatBook> heartbeats_;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<door::DoorSpec>> doors_;
};

}  // namespace tocsin::server
