#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <thread>

#include "evening.h"

// Short stories, each lived once as it is and then with a death of the process at each of its
// steps: before and after each commit, before and after each message reaches its provider. Whatever
// the step, the same people hear the same things by the same ways.

namespace tocsin::simulation {
namespace {

using Kind = oncall::Target::Kind;
using Moment = House::Moment;
using notify::Answer;
constexpr auto kMail = catalog::Contact::Kind::kMail;
constexpr auto kWebhook = catalog::Contact::Kind::kWebhook;

struct Story {
  const char* name;
  std::function<Plan()> plan;
  std::function<void(Evening&)> play;
};

oncall::Policy policy_of(std::vector<oncall::Step> steps) {
  oncall::Policy policy;
  policy.steps = std::move(steps);
  policy.bring_in.reset();
  policy.channels = {
      {"ops",
       {.kind = catalog::Contact::Kind::kTeams, .name = "ops", .address = "ops@rooms.test"}}};
  return policy;
}

Plan two_people(int services = 1) {
  return plan_for({person_with("p0", {kMail, kWebhook}), person_with("p1", {kMail})}, services,
                  policy_of({{Duration(0), {{Kind::kPerson, "p0"}, {Kind::kChannel, "ops"}}, {}},
                             {minutes(5), {{Kind::kPerson, "p1"}}, {}}}));
}

Plan three_people(oncall::Policy policy, int services = 1) {
  return plan_for(
      {person_with("p0", {kMail}), person_with("p1", {kMail}), person_with("p2", {kMail})},
      services, std::move(policy));
}

// To the last page that reached the person.
void answer(Evening& evening, const std::string& person, Answer what) {
  const auto& all = evening.house().provider.arrivals();
  const auto last = std::find_if(all.rbegin(), all.rend(), [&](const Arrival& arrival) {
    return arrival.delivery.subject.kind == "page" && arrival.delivery.person.value() == person;
  });
  if (last == all.rend()) return evening.checks().note(person + " has heard nothing to answer");
  const Arrival arrival = *last;
  const auto done = evening.answer(arrival, what, minutes(2));
  // Where the process dies after it has escalated and before it says so, the second try is refused:
  // the next people have been rung. That the same people hear of it shows that it counted once.
  const bool has_counted = !done && what == Answer::kEscalate &&
                           done.error().message.find("have been rung since") != std::string::npos;
  if (!done && !has_counted)
    evening.checks().note(person + " cannot answer: " + done.error().message);
}

void fire(Evening& evening, Duration then) {
  evening.say(0, true);
  evening.advance(then);
}

std::vector<Story> stories() {
  std::vector<Story> all;
  all.push_back({"OnePageThatIsAcknowledged", [] { return two_people(); },
                 [](Evening& evening) {
                   fire(evening, seconds(20));
                   answer(evening, "p0", Answer::kAcknowledge);
                   evening.advance(minutes(6));
                 }});
  all.push_back({"NobodyAnswersTheFirstStep", [] { return two_people(); },
                 [](Evening& evening) {
                   fire(evening, minutes(6));
                   answer(evening, "p1", Answer::kAcknowledge);
                 }});
  all.push_back({"TheFirstContactIsRefused", [] { return two_people(); },
                 [](Evening& evening) {
                   evening.house().provider.set_mood(kMail, Mood::kRejects);
                   fire(evening, seconds(20));
                   evening.house().provider.heal();
                   answer(evening, "p0", Answer::kAcknowledge);
                 }});
  all.push_back({"TheFirstMessageIsTakenAndNotDelivered", [] { return two_people(); },
                 [](Evening& evening) {
                   evening.house().provider.set_mood(kMail, Mood::kLies);
                   fire(evening, minutes(2));
                   evening.house().provider.heal();
                   answer(evening, "p0", Answer::kAcknowledge);
                 }});
  all.push_back({"ManyAtOnceAreBundled", [] { return two_people(6); },
                 [](Evening& evening) {
                   for (int i = 0; i < 6; ++i) evening.say(i, true);
                   for (int i = 0; i < 6; ++i) evening.say(i, true);
                   evening.advance(seconds(40));
                   for (const auto& id : evening.open_incidents()) {
                     (void)evening.acknowledge(id, "p0");
                   }
                 }});
  all.push_back({"MorePeopleAreBroughtIn",
                 [] {
                   auto policy = policy_of({{Duration(0), {{Kind::kPerson, "p0"}}, {}}});
                   policy.bring_in = oncall::BringIn{minutes(2), {}, {{Kind::kPerson, "p1"}}};
                   return three_people(std::move(policy));
                 },
                 [](Evening& evening) {
                   fire(evening, seconds(20));
                   answer(evening, "p0", Answer::kAcknowledge);
                   evening.advance(minutes(3));
                   answer(evening, "p1", Answer::kAcknowledge);
                 }});
  all.push_back({"TwoMustAnswer",
                 [] {
                   auto policy = policy_of({{Duration(0), {{Kind::kTeam, "t0"}}, {}}});
                   policy.acknowledgements = 2;
                   policy.repeat_after = minutes(2);
                   return three_people(std::move(policy));
                 },
                 [](Evening& evening) {
                   fire(evening, seconds(20));
                   answer(evening, "p0", Answer::kAcknowledge);
                   evening.advance(minutes(3));
                   answer(evening, "p1", Answer::kAcknowledge);
                   evening.advance(minutes(3));
                 }});
  all.push_back({"TheScheduleHandsOffBetweenTwoSteps",
                 [] {
                   Plan plan =
                       three_people(policy_of({{Duration(0), {{Kind::kSchedule, "first"}}, {}},
                                               {minutes(5), {{Kind::kSchedule, "first"}}, {}}}));
                   add_schedule(plan, "first", {"p0", "p1", "p2"});
                   return plan;
                 },
                 [](Evening& evening) {
                   evening.advance(minutes(57));
                   fire(evening, minutes(6));
                 }});
  all.push_back({"EachOfATeamInTurn",
                 [] {
                   auto policy = policy_of({{Duration(0), {{Kind::kRoundRobin, "t0"}}, {}},
                                            {minutes(1), {{Kind::kRoundRobin, "t0"}}, {}}});
                   policy.repeat_after = minutes(1);
                   return three_people(std::move(policy), 2);
                 },
                 [](Evening& evening) {
                   fire(evening, seconds(30));
                   evening.say(1, true);
                   evening.advance(minutes(3));
                 }});
  all.push_back({"SnoozedAndEscalated", [] { return two_people(); },
                 [](Evening& evening) {
                   fire(evening, seconds(20));
                   answer(evening, "p0", Answer::kSnooze);
                   evening.advance(minutes(3));
                   answer(evening, "p0", Answer::kEscalate);
                   evening.advance(seconds(20));
                   answer(evening, "p1", Answer::kAcknowledge);
                 }});
  return all;
}

struct Lived {
  Report report;
  Names heard;
};

// Where the process dies: at the n-th of its commits or of the messages that it hands over.
struct Death {
  int n = 0;  // 0: it does not
  bool is_at_try = false;
  Moment moment = Moment::kBefore;

  std::string to_text() const {
    return fmt::format("dies {} {} {}", moment == Moment::kBefore ? "before" : "after",
                       is_at_try ? "try" : "commit", n);
  }
};

Lived live(const Story& story, const Death& death) {
  Evening evening(1, story.plan());
  evening.advance(seconds(1));
  if (death.n > 0 && death.is_at_try) evening.house().crash_at_try(death.n, death.moment);
  if (death.n > 0 && !death.is_at_try) evening.house().crash_at_commit(death.n, death.moment);
  story.play(evening);
  evening.judge().mended();
  if (evening.is_well()) evening.rest();
  Lived lived{evening.finish(), {}};
  for (const auto& arrival : evening.house().provider.arrivals()) {
    const auto& d = arrival.delivery;
    lived.heard.insert(
        fmt::format("{} {} {}", d.subject.kind, d.person.value(), d.contact.address));
  }
  return lived;
}

class CrashSweep : public ::testing::TestWithParam<size_t> {};
std::string title(const ::testing::TestParamInfo<size_t>& story) {
  return stories()[story.param].name;
}
INSTANTIATE_TEST_SUITE_P(Stories, CrashSweep, ::testing::Range<size_t>(0, stories().size()), title);

// All deaths of one kind; what was broken by the first of them that broke anything.
struct Swept {
  int deaths = 0;
  std::string broken;
};

Swept sweep(const Story& story, const Lived& whole, Death death) {
  Swept swept;
  for (death.n = 1;; ++death.n) {
    const Lived lived = live(story, death);
    if (lived.report.crashes == 0) return swept;  // there are no more steps
    ++swept.deaths;
    if (lived.report.findings.empty() && lived.heard == whole.heard) continue;
    swept.broken = death.to_text() + "\n";
    for (const auto& line : lived.report.story) swept.broken += "  " + line + "\n";
    for (const auto& finding : lived.report.findings) {
      swept.broken += "  BROKEN: " + finding + "\n";
    }
    swept.broken += "heard: " + ::testing::PrintToString(lived.heard) +
                    "\nand without a death: " + ::testing::PrintToString(whole.heard);
    return swept;
  }
}

TEST_P(CrashSweep, TheSamePeopleHearTheSameWhateverStepTheProcessDiesAt) {
  const Story story = stories()[GetParam()];
  const Lived whole = live(story, {});
  ASSERT_TRUE(whole.report.findings.empty()) << whole.report.findings.front();
  ASSERT_EQ(whole.report.crashes, 0);
  std::array<Swept, 4> all;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < all.size(); ++i) {
      const Death death{.is_at_try = i / 2 == 1,
                        .moment = i % 2 == 0 ? Moment::kBefore : Moment::kAfter};
      threads.emplace_back([&, i, death] { all[i] = sweep(story, whole, death); });
    }
  }
  int deaths = 0;
  for (const Swept& swept : all) {
    deaths += swept.deaths;
    EXPECT_TRUE(swept.broken.empty()) << swept.broken;
  }
  EXPECT_GT(deaths, 20);
  fmt::print("{}: {} deaths\n", story.name, deaths);
}

}  // namespace
}  // namespace tocsin::simulation
