#include "oncall/ical_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/ical.h"
#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::participants;
using testing::schedule_of;
using ::testing::StartsWith;
using testing::utc;
using testing::weekly;
using testing::zone;

class IcalFeed : public ::testing::Test {
 protected:
  IcalFeed() {
    for (const char* name : {"ada", "grace", "alan"}) {
      const catalog::PersonId id{std::string(name)};
      catalog_.people[id] = catalog::Person{.id = id, .name = name};
    }
  }
  std::string text(const std::string& kind, const std::string& name, Time now) {
    IcalLink link;
    link.kind = kind;
    link.name = name;
    const auto feed = ical_feed(link, {{schedule_.id, schedule_}}, catalog_, now);
    EXPECT_TRUE(feed);
    return feed.value_or("");
  }
  // "2026-01-05T08:00Z 2026-01-12T08:00Z summary uid"
  std::vector<std::string> entries(const std::string& kind, const std::string& name, Time now) {
    const auto read = calendar::read_ical(text(kind, name, now), zone("UTC"),
                                          utc("2025-01-01T00:00:00Z"), utc("2030-01-01T00:00:00Z"));
    if (!read) return {read.error().message};
    EXPECT_THAT(read->notes, IsEmpty());
    std::vector<std::string> out;
    for (const auto& one : read->events) {
      out.push_back(to_rfc3339(one.begin).substr(0, 16) + "Z " + to_rfc3339(one.end).substr(0, 16) +
                    "Z " + one.summary + " " + one.uid);
    }
    return out;
  }
  Schedule schedule_ = schedule_of({weekly()});
  catalog::Catalog catalog_;
  const Time now_ = utc("2026-01-10T00:00:00Z");
};

TEST_F(IcalFeed, HasOneEntryForEachShift) {
  EXPECT_THAT(entries("schedule", "payments", now_),
              IsSupersetOf({"2026-01-05T08:00Z 2026-01-12T08:00Z Payments: ada "
                            "payments-ada-1767600000@tocsin",
                            "2026-01-12T08:00Z 2026-01-19T08:00Z Payments: grace "
                            "payments-grace-1768204800@tocsin",
                            "2026-01-19T08:00Z 2026-01-26T08:00Z Payments: alan "
                            "payments-alan-1768809600@tocsin"}));
  EXPECT_THAT(text("schedule", "payments", now_),
              HasSubstr("DESCRIPTION:ada is on call from Mon 2026-01-05"));
}

TEST_F(IcalFeed, OfOnePersonJoinsTurnsThatTouch) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "grace", "alan"});
  schedule_ = schedule_of({layer});
  EXPECT_THAT(entries("person", "grace", now_),
              IsSupersetOf({"2026-01-05T08:00Z 2026-01-19T08:00Z On call: Payments "
                            "payments-grace-1767600000@tocsin",
                            "2026-01-26T08:00Z 2026-02-09T08:00Z On call: Payments "
                            "payments-grace-1769414400@tocsin"}));
}

// Readers know an entry by its UID: what begins before the window is not cut at its edge, also
// where that lies in the second turn of the shift.
TEST_F(IcalFeed, AnEntryStaysWhileTheWindowMovesOverIt) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "grace", "alan"});
  schedule_ = schedule_of({layer});
  for (const char* edge :
       {"2026-01-06T00:00:00Z", "2026-01-13T00:00:00Z", "2026-01-18T23:00:00Z"}) {
    EXPECT_THAT(entries("person", "grace", utc(edge) + kFeedBack),
                Contains(StartsWith("2026-01-05T08:00Z 2026-01-19T08:00Z")))
        << edge;
  }
  EXPECT_THAT(entries("person", "grace", utc("2026-01-19T08:00:00Z") + kFeedBack),
              ::testing::Not(Contains(StartsWith("2026-01-05"))));
}

}  // namespace
}  // namespace tocsin::oncall
