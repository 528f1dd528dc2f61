#include "incident/channel_desk.h"

#include <fmt/format.h>

#include "incident/incident_channel.h"
#include "incident/incident_store.h"
#include "incident/lifecycle.h"
#include "notify/incident_room.h"
#include "notify/retry.h"

namespace tocsin::incident {
namespace {

using RowState = ChannelRow::State;

constexpr const char* kTimer = "incident.channel";
constexpr const char* kHealth = "slack_channels";

}  // namespace

ChannelDesk::ChannelDesk(Parts parts)
    : engine_(parts.engine),
      slack_(parts.engine, parts.slack, kHealth),
      outbox_(parts.outbox),
      pager_(parts.pager),
      log_(parts.log),
      external_url_(std::move(parts.external_url)),
      has_app_(parts.has_app),
      options_(std::move(parts.options)) {
  engine_.on_timer(kTimer,
                   [this](engine::Tx& tx, const std::string& id) { return on_timer(tx, id); });
  outbox_.listen(notify::kRoomSubject, *this);
  outbox_.listen(notify::kRoomUpdateSubject, *this);
}

std::shared_ptr<const catalog::Catalog> ChannelDesk::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

Result<> ChannelDesk::use(std::shared_ptr<const catalog::Catalog> catalog) {
  {
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
  }
  // An answer to a call of an earlier run never comes; what is asked now is waited for.
  return engine_.run([this](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto wanted, wanted_channels(tx.sql()));
    for (const std::string& id : wanted) {
      RETURN_IF_ERROR(tx.set_timer({.kind = kTimer, .subject = id, .due = tx.now()}));
    }
    return {};
  });
}

Result<> ChannelDesk::open(engine::Tx& tx, const std::string& id, const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), id));
  if (!incident) return not_found(fmt::format("there is no incident '{}'", id));
  ASSIGN_OR_RETURN(const auto row, read_channel(tx.sql(), id));
  if (row && row->state != RowState::kFailed) return {};
  if (!has_app_) {
    return fail(Code::kFailedPrecondition,
                "there is no Slack app; set notify.slack.token in tocsin.yaml");
  }
  if (!is_open(incident->state)) {
    return fail(Code::kFailedPrecondition,
                fmt::format("incident {} is {}; a channel would come too late", incident->number,
                            name_of(incident->state)));
  }
  return want(tx, *incident, by);
}

// The intent: a row and a timer, in the transaction of whatever made it be wanted.
Result<> ChannelDesk::want(engine::Tx& tx, const Incident& incident, const store::Actor& by) {
  ChannelRow row;
  row.incident = incident.id;
  row.name = channel_name(options_.prefix, incident, row.suffix);
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  RETURN_IF_ERROR(append(tx, incident.id, "incident.channel_wanted", by, {{"name", row.name}}));
  return set_timer(tx, row, Duration(0));
}

Result<> ChannelDesk::on_news(engine::Tx& tx, const Incident& incident, IncidentNews news,
                              const store::Actor& by) {
  ASSIGN_OR_RETURN(auto row, read_channel(tx.sql(), incident.id));
  const bool may_open = news == IncidentNews::kOpened || news == IncidentNews::kSeverity;
  if (!row && may_open && has_app_ && is_open(incident.state) &&
      options_.opens_at(incident.severity)) {
    return want(tx, incident, store::system_actor("incident"));
  }
  if (!row || row->state != RowState::kOpen) return {};
  const bool is_over = !is_open(incident.state);
  row->archive_at.reset();
  if (is_over && options_.archive_after) row->archive_at = tx.now() + *options_.archive_after;
  RETURN_IF_ERROR(put_channel(tx.sql(), *row));
  RETURN_IF_ERROR(set_timer(tx, *row, Duration(0)));
  return tell_news(tx, *row, incident, news, by.kind == "system" ? "" : by.name);
}

Result<> ChannelDesk::on_timer(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto row, read_channel(tx.sql(), id));
  if (!row || row->state == RowState::kArchived || row->state == RowState::kFailed) return {};
  ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), id));
  if (!incident) return {};
  if (slack_.is_busy(id, tx.now())) return set_timer(tx, *row, notify::SlackTurns::kWhileBusy);
  if (row->state == RowState::kWanted) return create(tx, *std::move(row), *incident);
  return keep_up(tx, *std::move(row), *incident);
}

Result<> ChannelDesk::call(engine::Tx& tx, const ChannelRow& row, std::string method, Form form,
                           Handle handle) {
  RETURN_IF_ERROR(set_timer(tx, row, notify::SlackTurns::kAnswerWithin));
  slack_.call(tx, row.incident, std::move(method), std::move(form), kHealth,
              [this, id = row.incident, handle = std::move(handle)](
                  engine::Tx& later, const notify::SlackReply& reply) -> Result<> {
                ASSIGN_OR_RETURN(auto now, read_channel(later.sql(), id));
                if (!now) return {};
                return handle(*this, later, *std::move(now), reply);
              });
  return {};
}

Result<> ChannelDesk::try_again(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply) {
  const std::string why = reply.body.error().message;
  const bool is_news = row.problem != why;
  row.tries += 1;
  row.problem = why;
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  if (is_news) {
    tx.after_commit([this, id = row.incident, why] {
      log_.warn("the channel of an incident waits for Slack", {{"incident", id}, {"error", why}});
    });
  }
  return set_timer(tx, row, notify::backoff(row.tries, tx.rng().unit(), reply.asked_wait));
}

Result<> ChannelDesk::give_up(engine::Tx& tx, ChannelRow row, const std::string& why) {
  row.state = RowState::kFailed;
  row.problem = why;
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  RETURN_IF_ERROR(tx.cancel_timer(kTimer, row.incident));
  tx.after_commit([this, id = row.incident, why] {
    log_.warn("an incident has no channel", {{"incident", id}, {"error", why}});
  });
  return append(tx, row.incident, "incident.channel_failed", store::system_actor("incident"),
                {{"why", why}});
}

Result<std::optional<notify::Addressee>> ChannelDesk::addressee(engine::Tx&,
                                                                const notify::Delivery& delivery) {
  catalog::Person room{.id = delivery.person, .name = delivery.person.value().substr(1)};  // "#inc"
  room.language = delivery.language;
  return notify::Addressee{std::move(room), delivery.contact};
}

Result<> ChannelDesk::on_outcome(engine::Tx& tx, const notify::Delivery& delivery,
                                 notify::Outcome outcome, const std::string& detail) {
  if (outcome != notify::Outcome::kFailed) return {};
  tx.after_commit([this, id = delivery.message.incident_id, detail] {
    log_.warn("the channel of an incident was not told", {{"incident", id}, {"error", detail}});
  });
  return {};
}

Result<> ChannelDesk::set_timer(engine::Tx& tx, const ChannelRow& row, Duration wait) {
  return tx.set_timer({.kind = kTimer, .subject = row.incident, .due = tx.now() + wait});
}

Result<> ChannelDesk::append(engine::Tx& tx, const std::string& incident, std::string kind,
                             const store::Actor& by, codec::JsonObject data) {
  return tx.append({.happened = tx.now(),
                    .actor = by,
                    .kind = std::move(kind),
                    .subject_kind = "incident",
                    .subject_id = incident,
                    .incident_id = incident,
                    .data = std::move(data)});
}

}  // namespace tocsin::incident
