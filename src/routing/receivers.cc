#include "routing/receivers.h"

namespace tocsin::routing {

size_t Receiver::integrations() const {
  return webhook.size() + email.size() + slack.size() + pagerduty.size() + opsgenie.size() +
         msteamsv2.size() + telegram.size() + discord.size() + pushover.size() + mattermost.size();
}

size_t Receiver::undelivered_integrations() const {
  return victorops.size() + webex.size() + sns.size() + rocketchat.size() + jira.size() +
         incidentio.size() + wechat.size() + msteams.size();
}

}  // namespace tocsin::routing
