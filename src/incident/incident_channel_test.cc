#include "incident/incident_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::incident {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Incident checkout() {
  Incident incident;
  incident.number = 12;
  incident.title = "checkout: customers cannot pay";
  incident.severity = 1;
  incident.service = catalog::ServiceId("checkout");
  incident.team = catalog::TeamId("shop");
  incident.impact = "412 payments have failed";
  return incident;
}

TEST(IncidentChannel, IsNamedByNumberAndService) {
  Incident incident = checkout();
  EXPECT_EQ(channel_name("inc", incident, 1), "inc-12-checkout");
  EXPECT_EQ(channel_name("inc", incident, 2), "inc-12-checkout-2");
  incident.service = catalog::ServiceId("Pay & Go!");
  EXPECT_EQ(channel_name("war-room", incident, 1), "war-room-12-pay-go");
  incident.service = {};
  EXPECT_EQ(channel_name("inc", incident, 1), "inc-12-shop");
  incident.service = catalog::ServiceId(std::string(200, 'x'));
  EXPECT_EQ(channel_name("inc", incident, 3).size(), 80U);
  EXPECT_THAT(channel_name("inc", incident, 3), EndsWith("x-3"));
  incident.service = catalog::ServiceId("\xc3\xa4\xc3\xb6");
  EXPECT_EQ(channel_name("inc", incident, 1), "inc-12");
}

TEST(IncidentChannel, TopicSaysWhatUsersLoseAndKeepsTheLink) {
  Incident incident = checkout();
  const std::string url = "https://tocsin.example.org/incidents/12";
  EXPECT_EQ(channel_topic(incident, url),
            "SEV-1 checkout: customers cannot pay: 412 payments have failed " + url);
  incident.impact = std::string(500, '<');
  const std::string topic = channel_topic(incident, url);
  EXPECT_LE(topic.size(), 250U);
  EXPECT_THAT(topic, StartsWith("SEV-1 checkout"));
  EXPECT_THAT(topic, EndsWith("&lt;... " + url)) << "no entity is cut in two";
}

}  // namespace
}  // namespace tocsin::incident
