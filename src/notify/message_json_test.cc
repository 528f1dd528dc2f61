#include "notify/message_json.h"

#include <gtest/gtest.h>

namespace tocsin::notify {
namespace {

Message full() {
  return {.is_page = true,
          .title = "SEV-1 checkout: customers cannot pay",
          .impact = "412 payments failed",
          .since = from_millis(1'795'383'420'123),
          .likely = "the pool is empty",
          .first_step = "restart \"it\"\n",
          .runbook = "https://r",
          .answer_url = "https://a",
          .incident_id = "inc_1",
          .alert_id = "alr_1",
          .service = "checkout",
          .severity = "SEV-1",
          .links = {{"Board", "https://b"}, {"Log", "https://l"}}};
}

TEST(MessageJson, ComesBackAsItWas) {
  const Message m = full();
  const auto back = read_message(codec::to_text(to_json(m)));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(codec::to_text(to_json(*back)), codec::to_text(to_json(m)));
  EXPECT_EQ(back->title, m.title);
  EXPECT_EQ(back->first_step, m.first_step);
  EXPECT_EQ(back->since, m.since);
  ASSERT_EQ(back->links.size(), 2u);
  EXPECT_EQ(back->links[1].url, "https://l");
}

TEST(MessageJson, KeepsWhatIsNotUrgentUntilWhenAndAboutWhat) {
  Message m = full();
  EXPECT_TRUE(read_message(codec::to_text(to_json(m)))->is_urgent);
  m.is_urgent = false;
  m.until = m.since + hours(3);
  m.about = "swp_1";
  const auto back = read_message(codec::to_text(to_json(m)));
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->is_urgent);
  EXPECT_EQ(back->until, m.until);
  EXPECT_EQ(back->about, "swp_1");
}

TEST(MessageJson, SaysThatItIsOfSeveralIncidents) {
  Message m = full();
  EXPECT_FALSE(read_message(codec::to_text(to_json(m)))->is_bundle);
  m.is_bundle = true;
  EXPECT_TRUE(read_message(codec::to_text(to_json(m)))->is_bundle);
}

TEST(MessageJson, IsValidUtf8WhateverItHolds) {
  Message m = full();
  m.impact = "bro\xffken";
  const auto back = read_message(codec::to_text(to_json(m)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->impact, "bro\xef\xbf\xbdken");
}

TEST(MessageJson, ADamagedRowIsDataLoss) {
  for (const char* text :
       {"", "[]", "{}", "{\"is_page\":1}", "{\"is_page\":true,\"since\":\"x\"}"}) {
    const auto back = read_message(text);
    ASSERT_FALSE(back) << text;
    EXPECT_EQ(back.error().code, Code::kDataLoss) << text;
  }
}

}  // namespace
}  // namespace tocsin::notify
