#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "alert/alert_desk.h"
#include "alert/dispatch_testing.h"
#include "alert/problem_desk.h"
#include "engine/testing.h"
#include "incident/incident_desk.h"
#include "incident/page_answers.h"
#include "notify/answer_desk.h"
#include "oncall/auditor.h"
#include "oncall/pager.h"
#include "oncall/schedule_book.h"
#include "provider.h"

namespace tocsin::simulation {

// What is declared: it survives a crash, as files do.
struct Declared {
  std::shared_ptr<const catalog::Catalog> catalog;
  std::vector<slo::Objective> objectives;
  alert::PostedPolicy policy = alert::PostedPolicy::defaults();
  std::vector<oncall::Policy> policies{};
  std::vector<oncall::ScheduleSpec> schedules{};  // without any there is no book of them
  std::vector<catalog::Contact> operators{};
};

// Whether others post alerts. With kNone the rooms for them are joined as ever and stand still.
enum class Posts { kNone, kMany };

// The alertmanager.yml of every house: `root` hears of every alert, `pager` of those that ask for a
// page and pass the gate.
std::shared_ptr<const routing::AlertmanagerConfig> routing_of_the_house();

// Everything from a tier that fires, or an alert that is posted, to a message, in one process and
// in virtual time; it can die at any commit and stands up again over the same database.
class House {
 public:
  House(uint64_t seed, Declared declared, Posts posts = Posts::kNone);
  ~House();

  void use(Declared declared);
  void say(const slo::TierChange& change);
  // Runs with the next commits.
  void submit(engine::Command command, engine::Engine::Done done = [](Result<>) {});
  // Everything that is due within `by`, in order, and then rest.
  void advance(Duration by);
  void crash();
  // Somebody who waits for the answer; nothing when the process died before it came. Not within a
  // commit.
  std::optional<Result<>> ask(const std::function<Result<>()>& question);
  // The process dies at the n-th commit from now: before it is durable, or after it and before
  // anything that follows from it.
  enum class Moment { kBefore, kAfter };
  void crash_at_commit(int n, Moment moment);
  // The process dies while it hands the n-th message from now to its provider: before that has it,
  // or after it and before its answer is heard.
  void crash_at_try(int n, Moment moment);
  bool is_crash_armed() const { return commits_left_.has_value(); }

  Time now() const { return t.now(); }

  // After each commit and after each start; the place for invariants.
  std::function<void()> on_commit;
  // After each start, when slo would say again what it sees.
  std::function<void()> on_start;
  // An error for a statement, or nothing: a database that is busy or full.
  std::function<std::optional<Error>(std::string_view sql)> fault;

  engine::testing::TestEngine t;
  SeededRng rng;
  Agenda agenda;
  Provider provider{rng, t.clock(), agenda};
  std::unique_ptr<notify::Outbox> outbox;
  std::unique_ptr<oncall::ScheduleBook> book;
  std::unique_ptr<oncall::Pager> pager;
  std::unique_ptr<oncall::Auditor> auditor;  // where others post; the seeds without know of none
  std::unique_ptr<incident::IncidentDesk> incidents;
  std::unique_ptr<incident::PageAnswers> page_answers;
  std::unique_ptr<notify::AnswerDesk> answers;  // from channels
  std::unique_ptr<alert::AlertDesk> alerts;
  // As server/alerting.h joins them.
  std::unique_ptr<alert::PostedBook> posted;
  std::unique_ptr<alert::MarkBook> marks;
  std::unique_ptr<alert::SilenceBook> silences;
  std::unique_ptr<alert::NotificationLog> told;
  std::unique_ptr<alert::Dispatcher> dispatcher;
  std::unique_ptr<alert::ProblemDesk> problems;
  alert::testing::Provider receivers{t.clock()};  // of the groups; it outlives crashes
  int crashes = 0;
  int commits = 0;
  size_t operators() const { return declared_.operators.size(); }

 private:
  struct Crash : std::runtime_error {
    Crash() : std::runtime_error("the process died, as the simulation wished") {}
  };
  // Without signatures: a link is made outside of transactions, and none is answered here.
  struct PlainLinks final : notify::AnswerLinks {
    std::string url_for(std::string_view page, Time) const override;
    Result<std::string> page_of(std::string_view token, Time, std::string_view) const override;
    std::string named_by(std::string_view token) const override;
  };

  void open();
  void open_alerting();
  void close();
  bool survives(const std::function<void()>& what);
  void committed();
  bool step();  // false: nothing was done
  bool step_rooms();
  void settle();
  Duration rooms_due(Duration now);

  Declared declared_;
  const Posts posts_;
  bool has_died_ = false;     // at a provider
  bool is_starting_ = false;  // the start itself is not what is tried here
  PlainLinks links_;
  std::optional<int> commits_left_;
  Moment moment_ = Moment::kBefore;
  int durable_ = 0;  // commits, those of the rooms' own threads included
  std::optional<Time> dispatcher_due_;
  Duration problems_rest_until_{0};  // they could not be written
};

}  // namespace tocsin::simulation
