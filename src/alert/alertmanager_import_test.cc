#include "alert/alertmanager_import.h"

#include <gmock/gmock.h>

#include "alert/notification_store.h"
#include "alert/silence_store.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

class ImportTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
    KeptSilence kept;
    kept.silence.id = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001";
    kept.silence.matchers = {*routing::Matcher::make("a", routing::MatchOp::kEqual, "b")};
    kept.silence.starts = kept.silence.updated = t_->now() - hours(1);
    kept.silence.ends = t_->now() + hours(1);
    kept.expires = kept.silence.ends + hours(120);
    data_.silences = {kept};
    Told told;
    told.at = told.noted = t_->now() - minutes(5);
    told.imported = {3, 9};
    told.expires = t_->now() + hours(8);
    data_.told = {{key_, told}};
  }
  ImportReport import() {
    ImportReport report;
    const auto done = t_->run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(report, import_alertmanager(tx, data_, tx.now()));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return report;
  }

  const ToldKey key_{"{}:{}", "team", "webhook", 0};
  AlertmanagerData data_;
  std::optional<engine::testing::TestEngine> t_;
};
INSTANTIATE_TEST_SUITE_P(Backends, ImportTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(ImportTest, TakesOverOnceAndChangesNothingAgain) {
  ImportReport report = import();
  EXPECT_THAT(report.silences, SizeIs(1));
  EXPECT_EQ(report.silences[0].what, "new");
  EXPECT_EQ(report.told, 1u);
  EXPECT_EQ(all_silences(t_->reader())->front().matchers, data_.silences[0].silence.matchers);
  EXPECT_EQ(read_told(t_->reader(), key_)->told, data_.told[0].second);
  EXPECT_THAT(t_->kinds(), Contains("silence.imported"));
  const auto entries = t_->kinds().size();
  report = import();
  EXPECT_FALSE(report.has_changes());
  EXPECT_EQ(report.same_silences, 1u);
  EXPECT_EQ(report.same_told, 1u);
  EXPECT_THAT(t_->kinds(), SizeIs(entries));
}

TEST_P(ImportTest, WhatIsNewerHoldsOnEitherSide) {
  import();
  data_.silences[0].silence.updated += seconds(1);
  data_.silences[0].silence.comment = "longer";
  data_.told[0].second.noted -= seconds(1);
  const ImportReport report = import();
  ASSERT_THAT(report.silences, SizeIs(1));
  EXPECT_EQ(report.silences[0].what, "newer");
  EXPECT_EQ(report.same_told, 1u);
  EXPECT_EQ(all_silences(t_->reader())->front().comment, "longer");
}

TEST_P(ImportTest, WhatIsOverForTooLongIsLeftOutAndCounted) {
  data_.silences[0].expires = t_->now();
  data_.told[0].second.expires = t_->now();
  const ImportReport report = import();
  EXPECT_EQ(report.expired_silences, 1u);
  EXPECT_EQ(report.expired_told, 1u);
  EXPECT_FALSE(report.has_changes());
  EXPECT_THAT(*all_silences(t_->reader()), SizeIs(0));
}

}  // namespace
}  // namespace tocsin::alert
