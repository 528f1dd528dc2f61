#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "incident/channel_store.h"
#include "incident/incident_watcher.h"
#include "notify/incident_channels.h"
#include "notify/outbox.h"
#include "notify/slack_turns.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// Opens a channel in Slack for an incident: by itself for the severities that tocsin.yaml names, or
// because somebody asked for it. It sets the topic, invites who was paged, posts the first message
// with buttons, tells who has it, another severity, another state and the end, and archives the
// channel where that is configured.
//
// Every intent is a row and every wait a timer of the engine (`incident.channel`). Names are unique
// in Slack, and the row says before a creation is asked for that it is: when the answer is lost
// (the process ends, the connection breaks) the name is looked for, and a channel that our app made
// since is taken over instead of a second one.
//
// Threading: use() from any thread; everything else in transactions of the engine. Answers of Slack
// come in from any thread; it must outlive the calls of `slack`.
class ChannelDesk final : public IncidentWatcher, public notify::DeliveryListener {
 public:
  struct Parts {
    engine::Engine& engine;
    notify::SlackApi& slack;
    notify::Outbox& outbox;
    oncall::Pager& pager;
    Log& log;
    std::string external_url;  // without a final slash
    bool has_app = false;      // notify.slack is set
    notify::IncidentChannels options;
  };
  // Before the engine starts.
  explicit ChannelDesk(Parts parts);

  // Whom the catalog knows by which id of Slack. Creations that an earlier run left go on.
  Result<> use(std::shared_ptr<const catalog::Catalog> catalog);

  // Somebody wants it; fine when it is there or on its way. kNotFound: no such incident;
  // kFailedPrecondition: the incident is over, or Slack is not set up.
  Result<> open(engine::Tx& tx, const std::string& incident, const store::Actor& by);

  Result<> on_news(engine::Tx& tx, const Incident& incident, IncidentNews news,
                   const store::Actor& by) override;

  Result<bool> is_still_wanted(engine::Tx&, const notify::Subject&) override { return true; }
  // The channel: the catalog knows no such person.
  Result<std::optional<notify::Addressee>> addressee(engine::Tx& tx,
                                                     const notify::Delivery& delivery) override;
  Result<> on_trouble(engine::Tx&, const notify::Delivery&, const Error&) override { return {}; }
  Result<> on_outcome(engine::Tx& tx, const notify::Delivery& delivery, notify::Outcome outcome,
                      const std::string& detail) override;

 private:
  // Who the app is in this workspace.
  struct Identity {
    std::string user;  // U...
    std::string url;   // https://acme.slack.com/
  };
  using Form = notify::SlackApi::Form;
  using Handle =
      std::function<Result<>(ChannelDesk&, engine::Tx&, ChannelRow, const notify::SlackReply&)>;

  std::shared_ptr<const catalog::Catalog> catalog() const;
  Result<> want(engine::Tx& tx, const Incident& incident, const store::Actor& by);
  Result<> on_timer(engine::Tx& tx, const std::string& id);

  // channel_creation.cc
  Result<> create(engine::Tx& tx, ChannelRow row, const Incident& incident);
  Result<> ask_for(engine::Tx& tx, ChannelRow row);
  Result<> on_created(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply);
  Result<> look_for(engine::Tx& tx, const ChannelRow& row, const std::string& cursor);
  Result<> on_looked(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply);
  Result<> next_name(engine::Tx& tx, ChannelRow row);
  Result<> opened(engine::Tx& tx, ChannelRow row, const std::string& channel);

  // channel_upkeep.cc
  Result<> keep_up(engine::Tx& tx, ChannelRow row, const Incident& incident);
  Result<> set_topic(engine::Tx& tx, const ChannelRow& row, std::string topic);
  Result<> archive(engine::Tx& tx, const ChannelRow& row);
  struct Guests {
    std::vector<std::string> people, ids;  // whom Slack knows by which id, in the same order
  };
  Result<Guests> guests(engine::Tx& tx, const ChannelRow& row);
  Result<> invite(engine::Tx& tx, const ChannelRow& row, const Guests& guests);
  Result<> tell_first(engine::Tx& tx, const ChannelRow& row, const Incident& incident);
  // `who`: empty when it came by itself.
  Result<> tell_news(engine::Tx& tx, const ChannelRow& row, const Incident& incident,
                     IncidentNews news, const std::string& who);
  Result<> tell(engine::Tx& tx, const ChannelRow& row, const Incident& incident,
                std::string_view subject, notify::Message message);

  // Hands a call over after the commit; its answer comes back to `handle` in a transaction.
  Result<> call(engine::Tx& tx, const ChannelRow& row, std::string method, Form form,
                Handle handle);
  // What may pass is tried again.
  Result<> try_again(engine::Tx& tx, ChannelRow row, const notify::SlackReply& reply);
  Result<> give_up(engine::Tx& tx, ChannelRow row, const std::string& why);
  Result<> set_timer(engine::Tx& tx, const ChannelRow& row, Duration wait);
  Result<> append(engine::Tx& tx, const std::string& incident, std::string kind,
                  const store::Actor& by, codec::JsonObject data);

  engine::Engine& engine_;
  notify::SlackTurns slack_;
  notify::Outbox& outbox_;
  oncall::Pager& pager_;
  Log& log_;
  const std::string external_url_;
  const bool has_app_;
  const notify::IncidentChannels options_;
  std::optional<Identity> identity_;  // on the writer's thread alone
  mutable std::mutex mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_ = std::make_shared<const catalog::Catalog>();
};

}  // namespace tocsin::incident
