#include "slo/silence.h"

#include <gtest/gtest.h>

namespace tocsin::slo {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);

Silence heard_every(Duration interval, int times, Time& now) {
  Silence silence;
  for (int i = 0; i < times; ++i) {
    now += interval;
    silence.heard(now, now);
  }
  return silence;
}

TEST(Silence, LastsFiveIntervalsAndAtLeastAMinute) {
  Time now = kStart;
  EXPECT_EQ(heard_every(seconds(5), 100, now).patience(), seconds(60));
  EXPECT_EQ(heard_every(seconds(15), 100, now).patience(), seconds(75));
  EXPECT_EQ(heard_every(seconds(60), 100, now).patience(), seconds(300));
}

TEST(Silence, SaysNothingOfWhatNeverSpoke) {
  EXPECT_FALSE(Silence().is_silent(kStart + days(300)));
  Time now = kStart;
  EXPECT_FALSE(heard_every(seconds(15), 9, now).is_silent(now + days(1)));
  EXPECT_TRUE(heard_every(seconds(15), 10, now).is_silent(now + days(1)));
}

TEST(Silence, BeginsExactlyWhenPatienceEnds) {
  Time now = kStart;
  const Silence silence = heard_every(seconds(15), 50, now);
  EXPECT_FALSE(silence.is_silent(now + seconds(75) - microseconds(1)));
  EXPECT_TRUE(silence.is_silent(now + seconds(75)));
  EXPECT_EQ(silence.deadline(), now + seconds(75));
}

TEST(Silence, OldSamplesAndRetriesAreNotASignOfLife) {
  Time now = kStart;
  Silence silence = heard_every(seconds(15), 50, now);
  silence.heard(now, now + seconds(70));
  silence.heard(now - seconds(15), now + seconds(70));
  EXPECT_TRUE(silence.is_silent(now + seconds(75)));
}

TEST(Silence, ManyInstancesScrapedTogetherDoNotShortenThePatience) {
  Silence silence;
  Time now = kStart;
  for (int scrape = 0; scrape < 50; ++scrape) {
    now += seconds(60);
    for (int instance = 0; instance < 200; ++instance)
      silence.heard(now + milliseconds(instance), now + milliseconds(instance));
  }
  EXPECT_GE(silence.patience(), seconds(240));
}

TEST(Silence, OneOutageOfTheMeasuringDoesNotBluntTheNextAlarmForLong) {
  Time now = kStart;
  Silence silence = heard_every(seconds(15), 100, now);
  now += hours(5);
  silence.heard(now, now);
  EXPECT_LE(silence.patience(), seconds(375));
  for (int i = 0; i < 200; ++i) {
    now += seconds(15);
    silence.heard(now, now);
  }
  EXPECT_EQ(silence.patience(), seconds(75));
}

TEST(Silence, IsCountedFromTheStartAfterARestart) {
  Time now = kStart;
  Silence silence = heard_every(seconds(15), 100, now);
  silence.begin(now + hours(1));
  EXPECT_FALSE(silence.is_silent(now + hours(1) + seconds(74)));
  EXPECT_TRUE(silence.is_silent(now + hours(1) + seconds(75)));
}

}  // namespace
}  // namespace tocsin::slo
