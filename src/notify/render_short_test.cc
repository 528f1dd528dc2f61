#include "notify/render_short.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "notify/channel_fixture.h"

namespace tocsin::notify {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::page_to;
using ::testing::StartsWith;

TEST(RenderSms, TellsWhatHowAndWhere) {
  EXPECT_EQ(render_sms(page_to({}), true),
            "SEV-1 checkout: customers cannot pay\n412 payments have failed\n"
            "Reply 4a acknowledge, 4e escalate, 4r resolve, 4s snooze\n"
            "https://tocsin.example.org/p/AbCd");
  EXPECT_THAT(render_sms(page_to({}), false), Not(HasSubstr("4a")));
}

TEST(RenderSms, SpeaksTheLanguageAndMarksARepetition) {
  Delivery page = page_to({});
  page.language = "de";
  page.maybe_duplicate = true;
  const std::string text = render_sms(page, true);
  EXPECT_THAT(text, StartsWith("[wiederholt] SEV-1"));
  EXPECT_THAT(text, HasSubstr("Antwort: 4a annehmen"));
  EXPECT_EQ(sms_size(text).most, 459U) << "the German letters are in the GSM alphabet";
}

TEST(RenderSms, CutsTheImpactBeforeTheTitleAndNeverTheWayToAnswer) {
  Delivery page = page_to({});
  page.message.impact = std::string(1000, 'x');
  std::string text = render_sms(page, true);
  EXPECT_LE(sms_size(text).used, 459U);
  EXPECT_GE(sms_size(text).used, 450U);
  EXPECT_THAT(text, StartsWith("SEV-1 checkout: customers cannot pay\nxxx"));
  EXPECT_THAT(text, EndsWith("4s snooze\nhttps://tocsin.example.org/p/AbCd"));

  page.message.title = std::string(1000, 'y');
  text = render_sms(page, true);
  EXPECT_LE(sms_size(text).used, 459U);
  EXPECT_THAT(text, EndsWith("...\nReply 4a acknowledge, 4e escalate, 4r resolve, 4s snooze\n"
                             "https://tocsin.example.org/p/AbCd"));
}

TEST(RenderSms, OtherAlphabetsHaveLessRoom) {
  Delivery page = page_to({});
  for (int i = 0; i < 200; ++i) page.message.impact += "\xe2\x82\xac\xf0\x9f\x94\xa5";
  const std::string text = render_sms(page, true);
  EXPECT_EQ(sms_size(text).most, 201U);
  EXPECT_LE(sms_size(text).used, 201U);
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(RenderSms, CountsAsTheNetworkDoes) {
  EXPECT_EQ(sms_size("abc").used, 3U);
  EXPECT_EQ(sms_size("a\xe2\x82\xac").used, 3U);     // the euro takes two
  EXPECT_EQ(sms_size("\xf0\x9f\x94\xa5").used, 2U);  // two units of UTF-16
  EXPECT_EQ(sms_size("\xd0\xb6").used, 1U);          // Cyrillic
  EXPECT_EQ(sms_size("\xc3\xbc\xc3\x9f\xc3\xa9").most, 459U);
}

TEST(RenderSpeech, NamesTheKeysOfAPage) {
  Delivery page = page_to({});
  page.maybe_duplicate = true;
  EXPECT_THAT(render_speech(page), HasSubstr("You may have had this call already."));
  EXPECT_THAT(render_speech(page), HasSubstr("412 payments have failed. Press 1 to acknowledge"));
  page.message.is_page = false;
  EXPECT_THAT(render_speech(page), Not(HasSubstr("Press")));
}

TEST(RenderBrief, IsCutBetweenCharacters) {
  Delivery page = page_to({});
  page.message.likely = "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4";
  for (size_t most = 30; most < 120; ++most) {
    const std::string text = render_brief(page, most);
    EXPECT_LE(text.size(), most);
    EXPECT_TRUE(is_valid_utf8(text)) << most;
  }
}

}  // namespace
}  // namespace tocsin::notify
