#include "receiver/integration.h"

#include "receiver/providers.h"

namespace tocsin::receiver {
namespace {

// Settings of some kinds have no timeout of their own.
template <class Settings>
Duration timeout_of(const Settings& settings) {
  if constexpr (requires { settings.timeout; }) {
    return settings.timeout;
  } else {
    return Duration(0);
  }
}

template <class Settings, class Make>
void add(std::string_view kind, const std::vector<Settings>& all, const Tools& tools,
         const Make& make, std::vector<std::unique_ptr<Integration>>& out) {
  for (int index = 0; const Settings& settings : all) {
    HttpSetup setup{.kind = kind,
                    .index = index++,
                    .send_resolved = settings.send_resolved,
                    .http = settings.http,
                    .timeout = timeout_of(settings)};
    out.push_back(make_http_integration(std::move(setup), make(settings, tools.templates), tools));
  }
}

}  // namespace

std::string_view name_of(Reason reason) {
  switch (reason) {
    case Reason::kFirst: return "first notification";
    case Reason::kNewAlerts: return "new alerts added";
    case Reason::kSomeResolved: return "some alerts resolved";
    case Reason::kAllResolved: return "all alerts resolved";
    case Reason::kRepeat: return "repeat interval elapsed";
    case Reason::kFlapping: return "flapping";
  }
  bug("unknown reason");
}

std::vector<std::unique_ptr<Integration>> make_integrations(const routing::Receiver& receiver,
                                                            const Tools& tools) {
  std::vector<std::unique_ptr<Integration>> out;
  add("webhook", receiver.webhook, tools, make_webhook, out);
  for (int index = 0; const routing::EmailSettings& settings : receiver.email) {
    out.push_back(make_email(settings, index++, tools));
  }
  const auto pagerduty = [](const auto& settings, const Templates& templates) {
    return make_pagerduty(settings, templates);
  };
  const auto pushover = [](const auto& settings, const Templates& templates) {
    return make_pushover(settings, templates);
  };
  add("pagerduty", receiver.pagerduty, tools, pagerduty, out);
  add("opsgenie", receiver.opsgenie, tools, make_opsgenie, out);
  add("slack", receiver.slack, tools, make_slack, out);
  add("pushover", receiver.pushover, tools, pushover, out);
  add("telegram", receiver.telegram, tools, make_telegram, out);
  add("discord", receiver.discord, tools, make_discord, out);
  add("msteamsv2", receiver.msteamsv2, tools, make_msteamsv2, out);
  add("mattermost", receiver.mattermost, tools, make_mattermost, out);
  return out;
}

}  // namespace tocsin::receiver
