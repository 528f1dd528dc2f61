#include <fmt/format.h>

#include "incident/channel_desk.h"
#include "incident/incident_channel.h"
#include "incident/incident_store.h"
#include "incident/lifecycle.h"
#include "notify/retry.h"

namespace tocsin::incident {
namespace {

using RowState = ChannelRow::State;

constexpr int kMostNames = 20;  // so many names that are taken; then something else is wrong
// A channel that our app made longer than this before we asked is of an earlier life of Tocsin.
constexpr Duration kClockTolerance = minutes(5);

int64_t seconds_at(const codec::JsonObject& object, std::string_view key) {
  const codec::Json* value = object.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->get_int64();
  return value->is_uint64() ? static_cast<int64_t>(value->get_uint64()) : 0;
}

// Whether a creation that was answered so may have been made all the same: lost answers, and the
// errors after which "some aspect of the operation" may have succeeded
// (https://docs.slack.dev/reference/methods/conversations.create).
bool may_be_there(const notify::SlackReply& reply) {
  return notify::may_have_arrived(reply.body.error().code) || reply.error == "internal_error" ||
         reply.error == "fatal_error" || reply.error == "request_timeout" ||
         (reply.error.empty() && reply.body.error().code == Code::kUnavailable);
}

}  // namespace

Result<> ChannelDesk::create(engine::Tx& tx, ChannelRow row, const Incident& incident) {
  if (!identity_) {
    return call(tx, row, "auth.test", {},
                [](ChannelDesk& desk, engine::Tx& later, ChannelRow now,
                   const notify::SlackReply& reply) -> Result<> {
                  if (!reply.body) {
                    if (notify::may_pass(reply.body.error().code)) {
                      return desk.try_again(later, std::move(now), reply);
                    }
                    return desk.give_up(later, std::move(now), reply.body.error().message);
                  }
                  desk.identity_ = Identity{codec::text_at(*reply.body, "user_id"),
                                            codec::text_at(*reply.body, "url")};
                  return desk.set_timer(later, now, Duration(0));
                });
  }
  row.name = channel_name(options_.prefix, incident, row.suffix);
  // It was asked for, and its answer never came.
  if (row.asked) return look_for(tx, row, "");
  if (!is_open(incident.state)) {
    return give_up(tx, std::move(row), "the incident was over before the channel was there");
  }
  return ask_for(tx, std::move(row));
}

// The row says that it is asked for before it is.
Result<> ChannelDesk::ask_for(engine::Tx& tx, ChannelRow row) {
  if (!row.asked) row.asked = tx.now();
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  return call(
      tx, row, "conversations.create",
      {{"name", row.name}, {"is_private", options_.is_private ? "true" : "false"}},
      [](ChannelDesk& desk, engine::Tx& later, ChannelRow now, const notify::SlackReply& reply) {
        return desk.on_created(later, std::move(now), reply);
      });
}

Result<> ChannelDesk::on_created(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply) {
  if (row.state != RowState::kWanted) return {};
  if (reply.body) {
    const std::string id = codec::text_at(*reply.body, "channel.id");
    if (id.empty()) return give_up(tx, std::move(row), "slack answered no channel");
    // Slack may have made something else of the name.
    const std::string name = codec::text_at(*reply.body, "channel.name");
    if (!name.empty()) row.name = name;
    return opened(tx, std::move(row), id);
  }
  if (reply.error == "name_taken") {
    // By us, if an earlier try of this name may have worked: one that was under way when it was
    // looked for. Once more is enough to tell.
    const bool may_be_ours = row.tries > 0 && row.tries <= 3;
    if (!may_be_ours) return next_name(tx, std::move(row));
    return try_again(tx, std::move(row), reply);
  }
  const Code code = reply.body.error().code;
  if (!notify::may_pass(code)) return give_up(tx, std::move(row), reply.body.error().message);
  if (!may_be_there(reply) && row.tries == 0) row.asked.reset();
  return try_again(tx, std::move(row), reply);
}

// Private channels are only told to their members, which the app is of its own.
Result<> ChannelDesk::look_for(engine::Tx& tx, const ChannelRow& row, const std::string& cursor) {
  Form form{{"types", options_.is_private ? "public_channel,private_channel" : "public_channel"},
            {"exclude_archived", "false"},
            {"limit", "1000"}};
  if (!cursor.empty()) form.emplace_back("cursor", cursor);
  return call(
      tx, row, "conversations.list", std::move(form),
      [](ChannelDesk& desk, engine::Tx& later, ChannelRow now, const notify::SlackReply& reply) {
        return desk.on_looked(later, std::move(now), reply);
      });
}

Result<> ChannelDesk::on_looked(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply) {
  if (row.state != RowState::kWanted || !row.asked || !identity_) return {};
  if (!reply.body) {
    if (notify::may_pass(reply.body.error().code)) return try_again(tx, std::move(row), reply);
    return give_up(tx, std::move(row), reply.body.error().message);
  }
  const codec::JsonArray* channels = codec::find_array(*reply.body, "channels");
  if (channels == nullptr) return give_up(tx, std::move(row), "slack answered no channels");
  for (const codec::Json& one : *channels) {
    const auto* channel = one.if_object();
    if (channel == nullptr || codec::text_at(*channel, "name") != row.name) continue;
    const int64_t since =
        std::chrono::floor<seconds>(*row.asked - kClockTolerance).time_since_epoch().count();
    const bool is_ours = codec::text_at(*channel, "creator") == identity_->user &&
                         seconds_at(*channel, "created") >= since;
    return is_ours ? opened(tx, std::move(row), codec::text_at(*channel, "id"))
                   : next_name(tx, std::move(row));
  }
  const std::string cursor = codec::text_at(*reply.body, "response_metadata.next_cursor");
  if (!cursor.empty()) return look_for(tx, row, cursor);
  // Not made, or not yet: then the next try is told that the name is taken, and it is looked for
  // again.
  row.tries = std::max(row.tries, 1);
  return ask_for(tx, std::move(row));
}

Result<> ChannelDesk::next_name(engine::Tx& tx, ChannelRow row) {
  if (row.suffix >= kMostNames) {
    return give_up(tx, row, fmt::format("the name {} and all like it are taken", row.name));
  }
  row.suffix += 1;
  row.asked.reset();
  row.tries = 0;
  row.problem.clear();
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  return set_timer(tx, row, Duration(0));
}

Result<> ChannelDesk::opened(engine::Tx& tx, ChannelRow row, const std::string& channel) {
  ASSIGN_OR_RETURN(const auto incident, read_incident(tx.sql(), row.incident));
  if (!incident) return {};
  row.state = RowState::kOpen;
  row.channel = channel;
  row.url = identity_ && !identity_->url.empty()
                ? fmt::format("{}archives/{}", identity_->url, channel)
                : fmt::format("https://slack.com/app_redirect?channel={}", channel);
  row.tries = 0;
  row.problem.clear();
  RETURN_IF_ERROR(tell_first(tx, row, *incident));
  if (!is_open(incident->state) && options_.archive_after) {
    row.archive_at = tx.now() + *options_.archive_after;
  }
  RETURN_IF_ERROR(put_channel(tx.sql(), row));
  RETURN_IF_ERROR(append(tx, row.incident, "incident.channel_opened",
                         store::system_actor("incident"),
                         {{"name", row.name}, {"channel", channel}, {"url", row.url}}));
  return set_timer(tx, row, Duration(0));
}

}  // namespace tocsin::incident
