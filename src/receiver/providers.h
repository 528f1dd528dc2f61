#pragma once

#include <memory>

#include "receiver/http_integration.h"
#include "receiver/integration.h"
#include "routing/receivers.h"

// The kinds of integration, each in the file of its name.
namespace tocsin::receiver {

using Templates = std::shared_ptr<const gotemplate::TemplateSet>;

inline constexpr std::string_view kPagerdutyV1Url =
    "https://events.pagerduty.com/generic/2010-04-15/create_event.json";
inline constexpr std::string_view kPushoverUrl = "https://api.pushover.net/1/messages.json";

std::shared_ptr<HttpProvider> make_webhook(const routing::WebhookSettings& settings,
                                           Templates templates);
std::shared_ptr<HttpProvider> make_slack(const routing::SlackSettings& settings,
                                         Templates templates);
std::shared_ptr<HttpProvider> make_pagerduty(const routing::PagerdutySettings& settings,
                                             Templates templates,
                                             std::string v1_url = std::string(kPagerdutyV1Url));
std::shared_ptr<HttpProvider> make_opsgenie(const routing::OpsgenieSettings& settings,
                                            Templates templates);
std::shared_ptr<HttpProvider> make_msteamsv2(const routing::MsTeamsV2Settings& settings,
                                             Templates templates);
std::shared_ptr<HttpProvider> make_telegram(const routing::TelegramSettings& settings,
                                            Templates templates);
std::shared_ptr<HttpProvider> make_discord(const routing::DiscordSettings& settings,
                                           Templates templates);
std::shared_ptr<HttpProvider> make_pushover(const routing::PushoverSettings& settings,
                                            Templates templates,
                                            std::string url = std::string(kPushoverUrl));
std::shared_ptr<HttpProvider> make_mattermost(const routing::MattermostSettings& settings,
                                              Templates templates);

std::unique_ptr<Integration> make_email(const routing::EmailSettings& settings, int index,
                                        const Tools& tools);

}  // namespace tocsin::receiver
