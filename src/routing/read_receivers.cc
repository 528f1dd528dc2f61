#include <fmt/format.h>

#include <set>

#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

template <class Settings>
using Reader = Settings (*)(codec::Fields&, const Global&, Reading&);

// The list <kind>_configs of a receiver.
template <class Settings>
void read_kind(codec::Fields& receiver, std::string_view kind, Reader<Settings> read,
               std::vector<Settings>& into, const Global& global, Reading& reading) {
  for (codec::Fields& f : receiver.children(fmt::format("{}_configs", kind))) {
    into.push_back(read(f, global, reading));
    f.finish();
  }
}

template <class Settings>
void read_undelivered(codec::Fields& receiver, std::string_view kind, Reader<Settings> read,
                      std::vector<Settings>& into, const Global& global, Reading& reading) {
  read_kind(receiver, kind, read, into, global, reading);
  if (into.empty()) return;
  reading.warn(
      receiver, fmt::format("{}_configs", kind),
      fmt::format("{} is read and checked, but not delivered: nobody is told by it", kind));
}

Receiver read_receiver(codec::Fields& f, const Global& global, Reading& reading) {
  Receiver r;
  r.name = f.text("name");
  // The name is a label, too, unless `labels` sets one of that name.
  const Labels own = read_labels(f, "labels");
  std::vector<LabelPair> pairs = {{"name", r.name}};
  for (const LabelPair& pair : own) pairs.push_back(pair);
  r.labels = Labels::from(std::move(pairs));

  read_kind(f, "webhook", read_webhook, r.webhook, global, reading);
  read_kind(f, "email", read_email, r.email, global, reading);
  read_kind(f, "slack", read_slack, r.slack, global, reading);
  read_kind(f, "pagerduty", read_pagerduty, r.pagerduty, global, reading);
  read_kind(f, "opsgenie", read_opsgenie, r.opsgenie, global, reading);
  read_kind(f, "msteamsv2", read_msteamsv2, r.msteamsv2, global, reading);
  read_kind(f, "telegram", read_telegram, r.telegram, global, reading);
  read_kind(f, "discord", read_discord, r.discord, global, reading);
  read_kind(f, "pushover", read_pushover, r.pushover, global, reading);
  read_kind(f, "mattermost", read_mattermost, r.mattermost, global, reading);
  read_undelivered(f, "victorops", read_victorops, r.victorops, global, reading);
  read_undelivered(f, "webex", read_webex, r.webex, global, reading);
  read_undelivered(f, "sns", read_sns, r.sns, global, reading);
  read_undelivered(f, "rocketchat", read_rocketchat, r.rocketchat, global, reading);
  read_undelivered(f, "jira", read_jira, r.jira, global, reading);
  read_undelivered(f, "incidentio", read_incidentio, r.incidentio, global, reading);
  read_undelivered(f, "wechat", read_wechat, r.wechat, global, reading);
  read_undelivered(f, "msteams", read_msteams, r.msteams, global, reading);
  f.finish();
  return r;
}

}  // namespace

std::vector<Receiver> read_receivers(codec::Fields& top, const Global& global, Reading& reading) {
  std::vector<Receiver> receivers;
  std::set<std::string> names;
  for (codec::Fields& f : top.children("receivers")) {
    Receiver receiver = read_receiver(f, global, reading);
    if (!receiver.name.empty() && !names.insert(receiver.name).second) {
      f.problem("name", fmt::format("'{}' is not unique; another receiver has this name",
                                    codec::shown(receiver.name)));
    }
    receivers.push_back(std::move(receiver));
  }
  return receivers;
}

}  // namespace tocsin::routing
