#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "evening.h"

// The database refuses for a while, from each commit of a short story on in turn: it is full, it
// cannot be written, or it is not there at all. Whoever is told that something is done finds it
// done; ringing goes on when the database is back, and nothing comes twice without a mark.

namespace tocsin::simulation {
namespace {

using Kind = oncall::Target::Kind;
constexpr auto kMail = catalog::Contact::Kind::kMail;
constexpr auto kWebhook = catalog::Contact::Kind::kWebhook;
constexpr Duration kTriesAgainAfter = std::chrono::seconds(5);

enum class Refusal { kFull, kReadOnly, kGone };

struct Outage {
  Refusal refusal = Refusal::kFull;
  int from_commit = 0;  // 0: none
  Duration lasts = std::chrono::seconds(45);
  bool dies_in_it = false;  // and another one stands up, which can read
};

struct Story {
  const char* name;
  std::function<void(Evening&)> play;
};

Plan two_people() {
  oncall::Policy policy;
  policy.steps = {{Duration(0), {{Kind::kPerson, "p0"}, {Kind::kChannel, "ops"}}, {}},
                  {minutes(5), {{Kind::kPerson, "p1"}}, {}}};
  policy.bring_in.reset();
  policy.channels = {
      {"ops",
       {.kind = catalog::Contact::Kind::kTeams, .name = "ops", .address = "ops@rooms.test"}}};
  return plan_for({person_with("p0", {kMail, kWebhook}), person_with("p1", {kMail})}, 1,
                  std::move(policy));
}

// As somebody does who sees that it did not work.
void acknowledge(Evening& evening, const std::string& person) {
  for (int tries = 0; tries < 40; ++tries) {
    const auto open = evening.open_incidents();
    if (!open.empty() && evening.acknowledge(open.front(), person)) return;
    evening.advance(kTriesAgainAfter);
  }
  evening.checks().note(person + " cannot acknowledge");
}

void wait_for_page(Evening& evening, const std::string& person) {
  for (int i = 0; i < 120; ++i) {
    for (const auto& arrival : evening.house().provider.arrivals()) {
      if (arrival.delivery.person.value() == person) return;
    }
    evening.advance(kTriesAgainAfter);
  }
  evening.checks().note(person + " is not rung");
}

std::vector<Story> stories() {
  return {{"IsAcknowledged",
           [](Evening& evening) {
             evening.say(0, true);
             wait_for_page(evening, "p0");
             acknowledge(evening, "p0");
             evening.advance(minutes(7));
           }},
          {"GoesToTheNextStep",
           [](Evening& evening) {
             evening.say(0, true);
             wait_for_page(evening, "p1");
             acknowledge(evening, "p1");
             evening.advance(minutes(2));
           }},
          {"IsNotDelivered",
           [](Evening& evening) {
             evening.house().provider.set_mood(kMail, Mood::kLies);
             evening.say(0, true);
             wait_for_page(evening, "p0");
             evening.house().provider.heal();
             acknowledge(evening, "p0");
           }},
          {"IsCalmWhileItLasts", [](Evening& evening) {
             evening.say(0, true);
             wait_for_page(evening, "p0");
             evening.say(0, false);
             evening.advance(minutes(3));
           }}};
}

// The errors that src/store gives (docs/store.md).
std::optional<Error> refused(Refusal refusal, std::string_view sql) {
  const bool writes = sql.starts_with("INSERT") || sql.starts_with("UPDATE") ||
                      sql.starts_with("DELETE") || sql == "COMMIT";
  switch (refusal) {
    case Refusal::kFull:
      if (writes) return Error{Code::kResourceExhausted, "database or disk is full"};
      return std::nullopt;
    case Refusal::kReadOnly:
      if (writes) return Error{Code::kFailedPrecondition, "attempt to write a readonly database"};
      return std::nullopt;
    case Refusal::kGone: return Error{Code::kUnavailable, "could not connect to server"};
  }
  return std::nullopt;
}

struct Lived {
  Report report;
  bool was_refused = false;
};

Lived live(const Story& story, const Outage& outage) {
  Evening evening(1, two_people());
  evening.advance(seconds(1));
  House& house = evening.house();
  Lived lived;
  int commits = 0;
  Duration until = -hours(1);
  house.fault = [&](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") ++commits;
    const Duration now = house.t.clock().monotonic();
    if (commits == outage.from_commit && !lived.was_refused) {
      lived.was_refused = true;
      until = now + outage.lasts;
      if (outage.dies_in_it) house.agenda.at(now + seconds(20), [&] { house.crash(); });
    }
    if (now >= until || sql.starts_with("ROLLBACK")) return std::nullopt;
    evening.judge().had_trouble();
    return refused(outage.refusal, sql);
  };
  if (outage.from_commit == 0) house.fault = nullptr;
  story.play(evening);
  evening.judge().mended();
  if (evening.is_well()) evening.rest();
  house.fault = nullptr;
  lived.report = evening.finish();
  return lived;
}

class DatabaseOutage : public ::testing::TestWithParam<std::tuple<size_t, int, bool>> {};
std::string title(const ::testing::TestParamInfo<std::tuple<size_t, int, bool>>& info) {
  const auto [number, refusal, dies] = info.param;
  constexpr const char* kNames[] = {"WhileItIsFull", "WhileItIsReadOnly", "WhileItIsGone"};
  return fmt::format("{}{}{}", stories()[number].name, kNames[refusal],
                     dies ? "AndTheProcessDies" : "");
}

INSTANTIATE_TEST_SUITE_P(Stories, DatabaseOutage,
                         ::testing::Combine(::testing::Range<size_t>(0, stories().size()),
                                            ::testing::Range(0, 3), ::testing::Bool()),
                         title);

TEST_P(DatabaseOutage, LosesNothingThatWasAnswered) {
  const auto [number, refusal, dies] = GetParam();
  const Story story = stories()[number];
  const Lived whole = live(story, {});
  ASSERT_TRUE(whole.report.findings.empty()) << whole.report.findings.front();
  Outage outage{.refusal = static_cast<Refusal>(refusal), .dies_in_it = dies};
  for (outage.from_commit = 1;; ++outage.from_commit) {
    const Lived lived = live(story, outage);
    if (!lived.was_refused) break;
    if (lived.report.findings.empty()) continue;
    std::string text = fmt::format("refused from commit {} on\n", outage.from_commit);
    for (const auto& line : lived.report.story) text += "  " + line + "\n";
    for (const auto& finding : lived.report.findings) text += "  BROKEN: " + finding + "\n";
    FAIL() << text;
  }
  EXPECT_GT(outage.from_commit, 4);
}

}  // namespace
}  // namespace tocsin::simulation
