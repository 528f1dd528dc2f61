#include "server/doors.h"

#include "door/heartbeat_api.h"

namespace tocsin::server {
namespace {

constexpr double kRequestsAMinute = 1000;  // of one token to one door

}  // namespace

Doors::Doors(Parts parts)
    : parts_(std::move(parts)),
      desk_({parts_.engine, parts_.book, parts_.clock, &parts_.marks}),
      entrance_(parts_.gate, parts_.clock, parts_.catalog, kRequestsAMinute),
      doors_(std::make_shared<const std::vector<door::DoorSpec>>()) {}

Result<std::unique_ptr<Doors>> Doors::open(Parts parts) {
  std::unique_ptr<Doors> out(new Doors(std::move(parts)));
  out->desk_.load();
  ASSIGN_OR_RETURN(out->heartbeats_,
                   door::HeartbeatBook::open(out->parts_.engine, out->parts_.book));
  return out;
}

Result<> Doors::use(std::vector<door::DoorSpec> doors, std::vector<door::HeartbeatSpec> heartbeats,
                    const store::Actor& by) {
  auto next = std::make_shared<const std::vector<door::DoorSpec>>(std::move(doors));
  {
    const std::scoped_lock lock(mutex_);
    doors_ = std::move(next);
  }
  return heartbeats_->use(std::move(heartbeats), by);
}

void Doors::add_routes(net::Router& router) {
  const door::DoorApiParts parts{entrance_, parts_.engine, desk_, parts_.clock, parts_.rng};
  door::add_pagerduty_routes(router, parts);
  door::add_opsgenie_routes(router, parts);
  door::add_door_routes(router, parts, [this] {
    const std::scoped_lock lock(mutex_);
    return doors_;
  });
  const door::HeartbeatApiParts heartbeats{parts_.gate,    entrance_,    *heartbeats_,
                                           parts_.readers, parts_.clock, parts_.rng};
  door::add_heartbeat_routes(router, heartbeats);
  door::add_opsgenie_heartbeat_routes(router, heartbeats);
}

}  // namespace tocsin::server
