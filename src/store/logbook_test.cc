#include "store/logbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace tocsin::store {
namespace {

using ::testing::ElementsAre;
using ::testing::ValuesIn;

LogbookEntry entry(std::string kind, std::string incident, Time happened) {
  return {.happened = happened,
          .actor = {"user", "ada"},
          .kind = std::move(kind),
          .subject_kind = "page",
          .subject_id = "pag_1",
          .incident_id = std::move(incident),
          .data = {{"by", "link"}, {"tries", 2}}};
}

std::vector<int64_t> seqs(const std::vector<LogbookRecord>& records) {
  std::vector<int64_t> seqs;
  for (const auto& record : records) seqs.push_back(record.seq);
  return seqs;
}

class LogbookTest : public testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (!IsSkipped()) session_ = connect_migrated();
  }
  std::unique_ptr<Session> session_;
};
INSTANTIATE_TEST_SUITE_P(Backends, LogbookTest, ValuesIn(testing::backends()),
                         testing::backend_name);

TEST(Actor, IsCalledByNameAndByKindWhereItIsNoPerson) {
  EXPECT_EQ(name_of_actor("user:ada"), "ada");
  EXPECT_EQ(name_of_actor("link:ada"), "ada");
  EXPECT_EQ(name_of_actor("token:ci"), "token ci");
  EXPECT_EQ(name_of_actor("token:a:b"), "token a:b");
  EXPECT_EQ(name_of_actor("ada"), "ada");
  EXPECT_EQ(name_of_actor(""), "");
}

TEST_P(LogbookTest, ReadsBackWhatWasAppended) {
  EXPECT_EQ(last_logbook_seq(*session_), 0);
  const Time happened = from_micros(1'000'000), recorded = from_micros(2'500'000);
  ASSERT_TRUE(
      append_logbook(*session_, 1, recorded, entry("page.acknowledged", "inc_1", happened)));
  const auto records = read_logbook(*session_, 0, 10);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 1u);
  const LogbookRecord& record = records->front();
  EXPECT_EQ(record.recorded, recorded);
  EXPECT_EQ(record.entry.happened, happened);
  EXPECT_EQ(record.entry.actor, (Actor{"user", "ada"}));
  EXPECT_EQ(codec::to_text(to_json(record)),
            R"({"seq":1,"happened_at":"1970-01-01T00:00:01.000Z",)"
            R"("recorded_at":"1970-01-01T00:00:02.500Z","actor":"user:ada",)"
            R"("kind":"page.acknowledged","subject_kind":"page","subject_id":"pag_1",)"
            R"("incident":"inc_1","data":{"by":"link","tries":2}})");
}

TEST_P(LogbookTest, ReadsOnFromASequenceNumber) {
  for (int64_t seq = 1; seq <= 5; ++seq) {
    ASSERT_TRUE(append_logbook(*session_, seq, Time(), entry("a.b", "", Time())));
  }
  EXPECT_THAT(seqs(read_logbook(*session_, 0, 2).value()), ElementsAre(1, 2));
  EXPECT_THAT(seqs(read_logbook(*session_, 2, 100).value()), ElementsAre(3, 4, 5));
  EXPECT_THAT(seqs(read_logbook(*session_, 5, 100).value()), ElementsAre());
  EXPECT_EQ(last_logbook_seq(*session_), 5);
}

TEST_P(LogbookTest, TheNewestTimeIsThatOfTheHighestNumber) {
  EXPECT_EQ(last_logbook_time(*session_).value(), std::nullopt);
  const auto at = [](int s) { return Time(seconds(s)); };
  ASSERT_TRUE(append_logbook(*session_, 1, at(9000), entry("a", "", at(1))));
  EXPECT_EQ(last_logbook_time(*session_).value(), at(9000));
  ASSERT_TRUE(append_logbook(*session_, 2, at(20), entry("clock.jumped", "", at(20))));
  EXPECT_EQ(last_logbook_time(*session_).value(), at(20)) << "the clock was set back in between";
}

TEST_P(LogbookTest, TheTimelineOfAnIncidentIsInOrderOfHappening) {
  const auto at = [](int s) { return Time(seconds(s)); };
  ASSERT_TRUE(append_logbook(*session_, 1, at(9), entry("a", "inc_1", at(5))));
  ASSERT_TRUE(append_logbook(*session_, 2, at(9), entry("b", "inc_2", at(1))));
  ASSERT_TRUE(append_logbook(*session_, 3, at(9), entry("c", "inc_1", at(2))));
  ASSERT_TRUE(append_logbook(*session_, 4, at(9), entry("d", "inc_1", at(5))));
  EXPECT_THAT(seqs(read_incident_logbook(*session_, "inc_1", 10).value()), ElementsAre(3, 1, 4));
  EXPECT_THAT(seqs(read_incident_logbook(*session_, "inc_1", 2).value()), ElementsAre(3, 1));
  EXPECT_THAT(seqs(read_incident_logbook(*session_, "inc_1", 2, 3).value()), ElementsAre(1, 4));
  EXPECT_THAT(seqs(read_incident_logbook(*session_, "inc_1", 2, 1).value()), ElementsAre(4));
  EXPECT_THAT(seqs(read_incident_logbook(*session_, "inc_1", 2, 4).value()), ElementsAre());
  for (const int64_t foreign : {2, 9}) {
    EXPECT_EQ(read_incident_logbook(*session_, "inc_1", 2, foreign).error().code,
              Code::kInvalidArgument);
  }
}

TEST_P(LogbookTest, AnEntryWithoutActorOrSubjectIsRefused) {
  LogbookEntry nobody = entry("a.b", "", Time());
  nobody.actor.name.clear();
  EXPECT_EQ(append_logbook(*session_, 1, Time(), nobody).error().code, Code::kInternal);
  LogbookEntry nothing = entry("a.b", "", Time());
  nothing.subject_id.clear();
  EXPECT_EQ(append_logbook(*session_, 1, Time(), nothing).error().code, Code::kInternal);
}

TEST_P(LogbookTest, DamagedDataIsReportedWithItsNumber) {
  ASSERT_TRUE(append_logbook(*session_, 1, Time(), entry("a.b", "", Time())));
  ASSERT_TRUE(session_->exec("UPDATE logbook SET data = 'x'"));
  const auto records = read_logbook(*session_, 0, 10);
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, Code::kDataLoss);
  EXPECT_THAT(records.error().message, ::testing::HasSubstr("entry 1"));
}

TEST_P(LogbookTest, SeveralLinesHaveTheNextNumbers) {
  const Actor actor{"system", "test"};
  std::vector<LogbookLine> lines(40, {from_micros(1), "thing.done", "thing", "1", "", "{}"});
  lines[7].incident_id = "inc_1";
  lines[7].data = R"({"labels":"x"})";
  ASSERT_TRUE(append_logbook(*session_, 5, from_micros(2), actor, lines));
  const auto records = read_logbook(*session_, 0, 100);
  ASSERT_EQ(records->size(), 40u);
  EXPECT_EQ(records->front().seq, 5);
  EXPECT_EQ(records->back().seq, 44);
  EXPECT_EQ(records->at(7).entry.data.at("labels"), "x");
  EXPECT_EQ(records->at(7).entry.actor, actor);
  EXPECT_THAT(seqs(*read_incident_logbook(*session_, "inc_1", 10)), ElementsAre(12));
  lines[39].subject_id = {};
  EXPECT_EQ(append_logbook(*session_, 45, from_micros(2), actor, lines).error().code,
            Code::kInternal);
  EXPECT_EQ(last_logbook_seq(*session_), 44);
}

}  // namespace
}  // namespace tocsin::store
