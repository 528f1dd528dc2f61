#include "oncall/schedule_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

#include "oncall/schedule_json.h"
#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using testing::civil;
using ::testing::ElementsAre;
using testing::lines;
using testing::participants;
using testing::person;
using testing::weekly;
using testing::zone;

ScheduleSpec spec_of(std::vector<Layer> layers, const std::string& anchored = "") {
  ScheduleSpec spec;
  for (const Layer& layer : layers) spec.anchored[layer.name] = layer.name == anchored;
  spec.schedule = testing::schedule_of(std::move(layers));
  return spec;
}

Layer with(Layer layer, std::initializer_list<std::string_view> people) {
  layer.rotation.participants = participants(people);
  return layer;
}

// A schedule in use, and the document that it has now.
class InUse {
 public:
  explicit InUse(ScheduleSpec spec) : spec_(std::move(spec)) {
    schedule = spec_.schedule;
    schedule.versions = {first_version(spec_)};
  }
  void edit(ScheduleSpec spec, std::string_view berlin) {
    edit_at(std::move(spec), zone("Europe/Berlin").to_time(civil(berlin)));
  }
  void edit_at(ScheduleSpec spec, Time now) {
    schedule.versions = next_versions(schedule, spec_, spec, now);
    spec_ = std::move(spec);
  }
  std::vector<std::string> calendar(std::string_view begin, std::string_view end) const {
    return lines(schedule, begin, end);
  }

  Schedule schedule;

 private:
  ScheduleSpec spec_;
};

TEST(FirstVersion, BeginsAtTheEarliestHandOffOfItsLayers) {
  Layer later = weekly("later");
  later.rotation.start = civil("2026-03-02 09:00");
  EXPECT_EQ(first_version(spec_of({later, weekly()})).from,
            zone("Europe/Berlin").to_time(civil("2026-01-05 09:00")));
}

TEST(EditedList, KeepsWhoIsOnCallUntilTheEndOfTheTurn) {
  InUse used(spec_of({weekly()}));
  // The week of grace; somebody new stands in front of her.
  used.edit(spec_of({with(weekly(), {"ada", "edsger", "grace", "alan"})}), "2026-01-14 12:00");
  EXPECT_THAT(used.calendar("2026-01-12 09:00", "2026-02-09 09:00"),
              ElementsAre("01-12 09:00 grace", "01-19 09:00 alan", "01-26 09:00 ada",
                          "02-02 09:00 edsger"));
  EXPECT_EQ(used.schedule.versions.size(), 2u);
}

TEST(EditedList, HandsOffNowOnlyFromWhoWasRemoved) {
  InUse used(spec_of({weekly()}));
  used.edit(spec_of({with(weekly(), {"ada", "alan"})}), "2026-01-14 12:00");
  EXPECT_THAT(
      used.calendar("2026-01-12 09:00", "2026-02-02 09:00"),
      ElementsAre("01-12 09:00 grace", "01-14 12:00 alan", "01-19 09:00 ada", "01-26 09:00 alan"));
}

TEST(EditedList, FollowsTheDocumentThatSaysWhoBegins) {
  InUse used(spec_of({weekly()}));
  Layer asked = with(weekly(), {"ada", "grace", "alan"});
  asked.rotation.first = 2;
  used.edit(spec_of({asked}, "primary"), "2026-01-14 12:00");
  EXPECT_THAT(used.calendar("2026-01-12 09:00", "2026-01-26 09:00"),
              ElementsAre("01-12 09:00 grace", "01-14 12:00 ada", "01-19 09:00 grace"));
}

TEST(EditedList, OfThoseWhoAreOnCallTogetherTheRestStays) {
  InUse used(spec_of({with(weekly(), {"ada grace", "alan"})}));
  used.edit(spec_of({with(weekly(), {"alan", "ada"})}), "2026-01-06 12:00");
  EXPECT_THAT(used.calendar("2026-01-05 09:00", "2026-01-26 09:00"),
              ElementsAre("01-05 09:00 ada+grace", "01-06 12:00 ada", "01-12 09:00 alan",
                          "01-19 09:00 ada"));
}

TEST(EditedList, KeepsATurnThatTheNewListGivesToNobody) {
  // Both stay in the list, each alone: together until their turn is over.
  InUse used(spec_of({with(weekly(), {"ada grace", "alan"})}));
  used.edit(spec_of({with(weekly(), {"ada", "grace", "alan"})}), "2026-01-06 12:00");
  EXPECT_THAT(used.calendar("2026-01-05 09:00", "2026-02-02 09:00"),
              ElementsAre("01-05 09:00 ada+grace", "01-12 09:00 alan", "01-19 09:00 ada",
                          "01-26 09:00 grace"));
}

TEST(EditedList, KnowsWhichTurnOfSomebodyWhoHasTwo) {
  InUse used(spec_of({with(weekly(), {"ada", "grace", "ada", "alan"})}));
  // The second turn of ada, before that of alan.
  used.edit(spec_of({with(weekly(), {"edsger", "ada", "grace", "ada", "alan"})}),
            "2026-01-21 12:00");
  EXPECT_THAT(used.calendar("2026-01-19 09:00", "2026-02-09 09:00"),
              ElementsAre("01-19 09:00 ada", "01-26 09:00 alan", "02-02 09:00 edsger"));
}

TEST(EditedHandOff, EndsTheTurnAtTheNewHourWhenThatIsNear) {
  InUse used(spec_of({weekly()}));
  Layer later = weekly();
  later.rotation.start = civil("2026-01-05 10:00");
  used.edit(spec_of({later}), "2026-01-14 12:00");
  EXPECT_THAT(used.calendar("2026-01-12 09:00", "2026-02-02 09:00"),
              ElementsAre("01-12 09:00 grace", "01-19 10:00 alan", "01-26 10:00 ada"));
}

TEST(EditedHandOff, GivesTheRestOfALongerTurnToWhoFollows) {
  InUse used(spec_of({weekly()}));
  Layer longer = weekly();
  longer.rotation.count = 2;
  // The turn of ada ends in the middle of one of two weeks.
  used.edit(spec_of({longer}), "2026-01-07 12:00");
  EXPECT_THAT(
      used.calendar("2026-01-05 09:00", "2026-02-16 09:00"),
      ElementsAre("01-05 09:00 ada", "01-12 09:00 grace", "01-19 09:00 alan", "02-02 09:00 ada"));
}

TEST(EditedHandOff, ReachesBackFromAnAnchorThatIsToCome) {
  InUse used(spec_of({weekly()}));
  Layer wednesdays = weekly();
  wednesdays.rotation.start = civil("2027-01-06 09:00");
  used.edit(spec_of({wednesdays}), "2026-01-14 12:00");
  EXPECT_THAT(used.calendar("2026-01-12 09:00", "2026-02-04 09:00"),
              ElementsAre("01-12 09:00 grace", "01-21 09:00 alan", "01-28 09:00 ada"));
}

TEST(EditedLayer, LeavesTheOthersAsTheyAre) {
  Layer hours = with(weekly("hours"), {"edsger", "barbara"});
  hours.rotation.unit = Rotation::Unit::kDay;
  InUse used(spec_of({weekly(), hours}));
  Layer longer = hours;
  longer.rotation.count = 2;
  used.edit(spec_of({weekly(), longer}), "2026-01-06 12:00");
  used.edit(spec_of({with(weekly(), {"ada", "barbara", "grace", "alan"}), longer}),
            "2026-01-06 13:00");
  // barbara has the second day; her turn ends with it. (It shows that its reason changed.)
  EXPECT_THAT(used.calendar("2026-01-05 09:00", "2026-01-11 09:00"),
              ElementsAre("01-05 09:00 edsger", "01-06 09:00 barbara", "01-06 12:00 barbara",
                          "01-07 09:00 edsger", "01-09 09:00 barbara"));
  used.edit(spec_of({with(weekly(), {"ada", "barbara", "grace", "alan"})}), "2026-01-08 12:00");
  EXPECT_THAT(used.calendar("2026-01-08 12:00", "2026-01-26 09:00"),
              ElementsAre("01-08 12:00 ada", "01-12 09:00 barbara", "01-19 09:00 grace"));
}

TEST(EditedLayer, ThatIsRenamedGoesOn) {
  InUse used(spec_of({weekly()}));
  used.edit(spec_of({weekly("standby")}), "2026-01-14 12:00");
  EXPECT_EQ(used.calendar("2026-01-14 12:00", "2026-01-26 09:00"),
            (std::vector<std::string>{"01-14 12:00 grace", "01-19 09:00 alan"}));
  Layer other = with(weekly("other"), {"edsger"});
  used.edit(spec_of({weekly("standby"), other}), "2026-01-15 12:00");
  EXPECT_EQ(used.calendar("2026-01-15 12:00", "2026-01-19 09:00"),
            std::vector<std::string>{"01-15 12:00 edsger"});
}

TEST(EditedLayer, MayBeginToJoin) {
  Layer second = with(weekly("second"), {"linus", "edsger"});
  InUse used(spec_of({weekly(), second}));
  second.joins = true;
  used.edit(spec_of({weekly(), second}), "2026-01-14 12:00");
  EXPECT_THAT(
      used.calendar("2026-01-12 09:00", "2026-01-26 09:00"),
      ElementsAre("01-12 09:00 edsger", "01-14 12:00 grace+edsger", "01-19 09:00 alan+linus"));
}

TEST(EditedLayer, OfWhichNothingChangedIsNoNewVersion) {
  InUse used(spec_of({weekly()}));
  used.edit(spec_of({weekly()}), "2026-01-14 12:00");
  EXPECT_EQ(used.schedule.versions.size(), 1u);
}

TEST(Stored, IsReadBackAsItWas) {
  Layer layer = with(weekly(), {"ada", "grace alan"});
  layer.off = {"holidays-de"};
  layer.hours =
      calendar::WeeklyHours({{{true, true, false, false, false, false, true}, 540, 1020}});
  Layer ruled = weekly("ruled");
  ruled.is_shadow = true;
  layer.joins = true;
  ruled.rotation.unit = Rotation::Unit::kRule;
  ruled.rotation.rule =
      calendar::Recurrence::parse("FREQ=WEEKLY;BYDAY=MO,FR", ruled.rotation.start, ruled.zone)
          .value();
  const ScheduleSpec spec = spec_of({layer, ruled}, "ruled");
  const auto read = read_spec(spec_text(spec), spec.schedule.id);
  ASSERT_TRUE(read);
  EXPECT_EQ(spec_text(*read), spec_text(spec));
  EXPECT_TRUE(read->anchored.at("ruled"));
  const auto versions = read_versions(versions_text(spec.schedule.versions));
  ASSERT_TRUE(versions);
  EXPECT_EQ(versions_text(*versions), versions_text(spec.schedule.versions));
  EXPECT_TRUE(versions->front().layers[0].joins);
  EXPECT_FALSE(versions->front().layers[1].joins);
  EXPECT_EQ(read_versions("{\"versions\":[{\"from\":0,\"layers\":[{}]}]}").error().code,
            Code::kDataLoss);
  EXPECT_EQ(read_versions("[").error().code, Code::kDataLoss);
}

TEST(Stored, BeforeLayersCouldJoinJoinsNone) {
  std::string text = versions_text(spec_of({weekly()}).schedule.versions);
  const std::string field = R"(,"joins":false)";
  ASSERT_NE(text.find(field), std::string::npos);
  text.erase(text.find(field), field.size());
  const auto versions = read_versions(text);
  ASSERT_TRUE(versions);
  EXPECT_EQ(versions_text(*versions), versions_text(spec_of({weekly()}).schedule.versions));
}

// Random lists, hand-offs and edits of both at random moments, with people who are away.
class RandomEdits {
 public:
  explicit RandomEdits(uint64_t seed) : random_(seed) {}

  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  Layer layer() {
    Layer out = weekly();
    out.zone = zone(below(2) == 0 ? "Europe/Berlin" : "America/New_York");
    vary_hand_off(out);
    vary_list(out);
    return out;
  }
  void vary_hand_off(Layer& out) {
    constexpr std::array kUnits = {Rotation::Unit::kHour, Rotation::Unit::kDay,
                                   Rotation::Unit::kWeek, Rotation::Unit::kMonth};
    out.rotation.unit = kUnits[below(kUnits.size())];
    out.rotation.count = static_cast<int>(1 + below(3));
    if (out.rotation.unit == Rotation::Unit::kHour) out.rotation.count += 5;
    out.rotation.start = civil("2026-01-01 00:00") + static_cast<int64_t>(below(40 * 24)) * 3600;
    if (below(6) == 0) {
      out.rotation.unit = Rotation::Unit::kRule;
      out.rotation.count = 1;
      out.rotation.rule =
          calendar::Recurrence::parse("FREQ=WEEKLY;BYDAY=MO,TH", out.rotation.start, out.zone)
              .value();
    } else {
      out.rotation.rule.reset();
    }
  }
  void vary_list(Layer& out) {
    out.rotation.participants.clear();
    const size_t size = 1 + below(5);
    for (size_t i = 0; i < size; ++i) {
      Participant one;
      std::set<std::string> people;
      for (size_t k = 1 + below(4) / 3; k > 0; --k) people.insert(kPeople[below(kPeople.size())]);
      for (const auto& name : people) one.people.push_back(person(name));
      out.rotation.participants.push_back(std::move(one));
    }
  }
  std::vector<Absence> absences() {
    std::vector<Absence> out;
    for (size_t i = below(6); i > 0; --i) {
      const Time begin = moment();
      out.push_back({.id = fmt::format("abs_{}", i),
                     .person = person(kPeople[below(kPeople.size())]),
                     .begin = begin,
                     .end = begin + hours(1 + below(24 * 20)),
                     .note = ""});
    }
    return out;
  }
  Time moment() { return testing::utc("2026-02-12T00:00:00Z") + minutes(below(120 * 24 * 60)); }

 private:
  static constexpr std::array kPeople = {"ada", "grace", "alan", "edsger", "barbara"};
  std::mt19937_64 random_;
};

std::set<catalog::PersonId> on_call(const Schedule& schedule, Time at) {
  const Turn turn = turn_at(schedule, at);
  return {turn.people.begin(), turn.people.end()};
}

std::set<catalog::PersonId> people_of(const Layer& layer) {
  std::set<catalog::PersonId> out;
  for (const Participant& one : layer.rotation.participants) {
    out.insert(one.people.begin(), one.people.end());
  }
  return out;
}

TEST(EditedListProperty, NeverChangesWhoIsOnCallUnlessTheyAreGone) {
  int kept = 0, ended_as_planned = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomEdits random(seed);
    Layer layer = random.layer();
    InUse used(spec_of({layer}));
    used.schedule.absences = random.absences();
    std::vector<Time> moments;
    for (int i = 0; i < 4; ++i) moments.push_back(random.moment());
    std::ranges::sort(moments);
    for (const Time now : moments) {
      const bool is_of_list_alone = random.below(3) > 0;
      if (!is_of_list_alone) random.vary_hand_off(layer);
      if (random.below(4) > 0) random.vary_list(layer);
      const auto before = on_call(used.schedule, now);
      const Turn planned = turn_at(used.schedule, now);
      const auto past = turns(used.schedule, testing::utc("2026-01-01T00:00:00Z"), now);
      used.edit_at(spec_of({layer}), now);

      std::set<catalog::PersonId> stay;
      const auto listed = people_of(layer);
      std::ranges::set_intersection(before, listed, std::inserter(stay, stay.end()));
      const auto after = on_call(used.schedule, now);
      if (!stay.empty()) {
        EXPECT_EQ(after, stay) << "at " << to_rfc3339(now);
        ++kept;
        // To the end of the turn, where only the list was edited and nobody is gone.
        if (is_of_list_alone && stay == before && planned.end < now + days(60)) {
          EXPECT_EQ(on_call(used.schedule, planned.end - microseconds(1)), before)
              << "until " << to_rfc3339(planned.end);
          ++ended_as_planned;
        }
      } else {
        // Nobody only where everybody is away.
        const bool is_anybody_there = std::ranges::any_of(listed, [&](const auto& one) {
          return std::ranges::none_of(used.schedule.absences, [&](const Absence& away) {
            return away.person == one && away.begin <= now && now < away.end;
          });
        });
        EXPECT_EQ(after.empty(), !is_anybody_there) << "at " << to_rfc3339(now);
      }
      // What was is as it was.
      EXPECT_EQ(lines(turns(used.schedule, testing::utc("2026-01-01T00:00:00Z"), now), layer.zone),
                lines(past, layer.zone));
    }
  }
  EXPECT_GT(kept, 250);
  EXPECT_GT(ended_as_planned, 80);
}

}  // namespace
}  // namespace tocsin::oncall
