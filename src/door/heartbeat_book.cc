#include "door/heartbeat_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/fields.h"
#include "door/heartbeat_store.h"

namespace tocsin::door {
namespace {

const store::Actor kItself = store::system_actor("heartbeats");

Result<> append(engine::Tx& tx, std::string_view kind, const Heartbeat& heartbeat,
                const store::Actor& by, codec::JsonObject data = {}) {
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = by;
  entry.kind = kind;
  entry.subject_kind = "heartbeat";
  entry.subject_id = heartbeat.spec.name;
  data["service"] = heartbeat.spec.service;
  entry.data = std::move(data);
  return tx.append(std::move(entry));
}

std::unexpected<Error> unknown(const std::string& name) {
  return not_found(
      fmt::format("there is no heartbeat '{}'; declare it in the catalog with kind: "
                  "Heartbeat",
                  codec::shown(name)));
}

Result<Heartbeat> existing(engine::Tx& tx, const std::string& name) {
  ASSIGN_OR_RETURN(auto heartbeat, read_heartbeat(tx.sql(), name));
  if (!heartbeat) return unknown(name);
  return *std::move(heartbeat);
}

// One that the API may change.
Result<Heartbeat> own(engine::Tx& tx, const std::string& name) {
  ASSIGN_OR_RETURN(Heartbeat heartbeat, existing(tx, name));
  if (heartbeat.spec.origin == HeartbeatSpec::Origin::kCatalog) {
    return fail(Code::kFailedPrecondition,
                fmt::format("heartbeat '{}' is declared in the catalog; change its file", name));
  }
  return heartbeat;
}

}  // namespace

Result<std::unique_ptr<HeartbeatBook>> HeartbeatBook::open(engine::Engine& engine,
                                                           alert::PostedBook& book) {
  std::unique_ptr<HeartbeatBook> out(new HeartbeatBook(engine, book));
  engine.on_timer(std::string(kHeartbeatTimer),
                  [self = out.get()](engine::Tx& tx, const std::string& name) {
                    return self->on_due(tx, name);
                  });
  const auto patience = [self = out.get()](engine::Tx& tx) { return self->give_patience(tx); };
  RETURN_IF_ERROR(engine.run(patience));
  return out;
}

Result<> HeartbeatBook::give_patience(engine::Tx& tx) {
  ASSIGN_OR_RETURN(const auto heartbeats, all_heartbeats(tx.sql()));
  for (const Heartbeat& heartbeat : heartbeats) {
    const Time earliest = tx.now() + patience_of(heartbeat.spec);
    if (!heartbeat.due || *heartbeat.due >= earliest) continue;
    RETURN_IF_ERROR(tx.set_timer({std::string(kHeartbeatTimer), heartbeat.spec.name, earliest}));
  }
  return {};
}

Result<> HeartbeatBook::keep(engine::Tx& tx, Heartbeat& heartbeat) {
  const bool is_new_of_opsgenie =
      heartbeat.spec.origin == HeartbeatSpec::Origin::kOpsgenie && !heartbeat.last_ping;
  if (heartbeat.is_enabled && !heartbeat.missed && !is_new_of_opsgenie) {
    // A definition that has changed makes nothing overdue at once.
    heartbeat.due = std::max(due_after(heartbeat.spec, heartbeat.since),
                             tx.now() + patience_of(heartbeat.spec));
    RETURN_IF_ERROR(
        tx.set_timer({std::string(kHeartbeatTimer), heartbeat.spec.name, *heartbeat.due}));
  } else {
    heartbeat.due.reset();
    RETURN_IF_ERROR(tx.cancel_timer(kHeartbeatTimer, heartbeat.spec.name));
  }
  return write_heartbeat(tx.sql(), heartbeat);
}

Result<> HeartbeatBook::on_due(engine::Tx& tx, const std::string& name) {
  ASSIGN_OR_RETURN(auto heartbeat, read_heartbeat(tx.sql(), name));
  if (!heartbeat || !heartbeat->is_enabled || heartbeat->missed) return {};
  heartbeat->missed = tx.now();
  RETURN_IF_ERROR(write_heartbeat(tx.sql(), *heartbeat));
  codec::JsonObject data;
  if (heartbeat->last_ping) data["last_ping_at"] = to_rfc3339(*heartbeat->last_ping);
  RETURN_IF_ERROR(append(tx, "heartbeat.missed", *heartbeat, kItself, std::move(data)));
  return book_.put_in(tx, {missed_alert(*heartbeat, tx.now())}, kItself);
}

Result<> HeartbeatBook::end_alert(engine::Tx& tx, Heartbeat& heartbeat, const store::Actor& by) {
  if (!heartbeat.missed) return {};
  RETURN_IF_ERROR(book_.put_in(tx, {returned_alert(heartbeat, tx.now())}, by));
  heartbeat.missed.reset();
  return {};
}

Result<Heartbeat> HeartbeatBook::ping(const std::string& name, const store::Actor& by) {
  Heartbeat heartbeat;
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(heartbeat, existing(tx, name));
    if (heartbeat.missed) {
      RETURN_IF_ERROR(append(tx, "heartbeat.returned", heartbeat, by,
                             {{"missed_at", to_rfc3339(*heartbeat.missed)}}));
      RETURN_IF_ERROR(end_alert(tx, heartbeat, by));
    }
    heartbeat.since = tx.now();
    heartbeat.last_ping = tx.now();
    return keep(tx, heartbeat);
  };
  RETURN_IF_ERROR(engine_.run(write));
  return heartbeat;
}

Result<> HeartbeatBook::declare(engine::Tx& tx, const HeartbeatSpec& spec,
                                std::optional<Heartbeat> known, const store::Actor& by) {
  if (known && known->spec == spec) return {};
  Heartbeat heartbeat;
  if (known) heartbeat = *known;
  heartbeat.spec = spec;
  if (spec.origin == HeartbeatSpec::Origin::kCatalog) heartbeat.is_enabled = true;
  if (!known) heartbeat.since = tx.now();
  if (heartbeat.missed) {
    const auto before = returned_alert(*known, tx.now());
    const auto after = missed_alert(heartbeat, tx.now());
    if (before.labels != after.labels) RETURN_IF_ERROR(book_.put_in(tx, {before}, by));
    RETURN_IF_ERROR(book_.put_in(tx, {after}, by));
  }
  RETURN_IF_ERROR(append(tx, known ? "heartbeat.changed" : "heartbeat.added", heartbeat, by));
  return keep(tx, heartbeat);
}

Result<> HeartbeatBook::forget(engine::Tx& tx, const Heartbeat& heartbeat, const store::Actor& by) {
  Heartbeat gone = heartbeat;
  RETURN_IF_ERROR(end_alert(tx, gone, by));
  RETURN_IF_ERROR(tx.cancel_timer(kHeartbeatTimer, gone.spec.name));
  RETURN_IF_ERROR(append(tx, "heartbeat.removed", gone, by));
  return delete_heartbeat(tx.sql(), gone.spec.name);
}

Result<> HeartbeatBook::use(std::vector<HeartbeatSpec> declared, const store::Actor& by) {
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto all, all_heartbeats(tx.sql()));
    std::map<std::string, Heartbeat> known;
    for (const Heartbeat& heartbeat : all) known.emplace(heartbeat.spec.name, heartbeat);
    for (const HeartbeatSpec& spec : declared) {
      std::optional<Heartbeat> before;
      if (const auto found = known.find(spec.name); found != known.end()) {
        before = found->second;
        known.erase(found);
      }
      RETURN_IF_ERROR(declare(tx, spec, before, by));
    }
    for (const auto& [name, heartbeat] : known) {
      if (heartbeat.spec.origin != HeartbeatSpec::Origin::kCatalog) continue;
      RETURN_IF_ERROR(forget(tx, heartbeat, by));
    }
    return {};
  };
  return engine_.run(write);
}

Result<Heartbeat> HeartbeatBook::add(HeartbeatSpec spec, bool is_enabled, const store::Actor& by) {
  Heartbeat heartbeat{.spec = std::move(spec), .is_enabled = is_enabled};
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto all, all_heartbeats(tx.sql()));
    if (std::ranges::any_of(
            all, [&](const Heartbeat& h) { return h.spec.name == heartbeat.spec.name; })) {
      return fail(Code::kAlreadyExists,
                  fmt::format("there is a heartbeat '{}' already", heartbeat.spec.name));
    }
    if (all.size() >= kMostOfOpsgenie) {
      return fail(Code::kResourceExhausted,
                  fmt::format("there are {} heartbeats already; remove one", all.size()));
    }
    heartbeat.since = tx.now();
    RETURN_IF_ERROR(append(tx, "heartbeat.added", heartbeat, by));
    return keep(tx, heartbeat);
  };
  RETURN_IF_ERROR(engine_.run(write));
  return heartbeat;
}

Result<Heartbeat> HeartbeatBook::set_enabled(engine::Tx& tx, Heartbeat heartbeat, bool is_enabled,
                                             const store::Actor& by) {
  if (heartbeat.is_enabled == is_enabled) return heartbeat;
  RETURN_IF_ERROR(end_alert(tx, heartbeat, by));
  heartbeat.is_enabled = is_enabled;
  heartbeat.since = tx.now();
  RETURN_IF_ERROR(
      append(tx, is_enabled ? "heartbeat.enabled" : "heartbeat.disabled", heartbeat, by));
  return heartbeat;
}

Result<Heartbeat> HeartbeatBook::change(HeartbeatSpec spec, std::optional<bool> is_enabled,
                                        const store::Actor& by) {
  Heartbeat heartbeat;
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(heartbeat, own(tx, spec.name));
    RETURN_IF_ERROR(declare(tx, spec, heartbeat, by));
    ASSIGN_OR_RETURN(heartbeat, existing(tx, spec.name));
    if (!is_enabled) return {};
    ASSIGN_OR_RETURN(heartbeat, set_enabled(tx, heartbeat, *is_enabled, by));
    return keep(tx, heartbeat);
  };
  RETURN_IF_ERROR(engine_.run(write));
  return heartbeat;
}

Result<Heartbeat> HeartbeatBook::enable(const std::string& name, bool is_enabled,
                                        const store::Actor& by) {
  Heartbeat heartbeat;
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(heartbeat, own(tx, name));
    ASSIGN_OR_RETURN(heartbeat, set_enabled(tx, heartbeat, is_enabled, by));
    return keep(tx, heartbeat);
  };
  RETURN_IF_ERROR(engine_.run(write));
  return heartbeat;
}

Result<> HeartbeatBook::remove(const std::string& name, const store::Actor& by) {
  const auto write = [&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const Heartbeat heartbeat, own(tx, name));
    return forget(tx, heartbeat, by);
  };
  return engine_.run(write);
}

}  // namespace tocsin::door
