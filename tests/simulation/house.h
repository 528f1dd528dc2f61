#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "alert/alert_desk.h"
#include "engine/testing.h"
#include "incident/incident_desk.h"
#include "oncall/pager.h"
#include "provider.h"

namespace tocsin::simulation {

// What is declared: it survives a crash, as files do.
struct Declared {
  std::shared_ptr<const catalog::Catalog> catalog;
  std::vector<slo::Objective> objectives;
  std::vector<oncall::Policy> policies{};
};

// Everything from a tier that fires to a message, in one process and in virtual time; it can die at
// any commit and stands up again over the same database.
class House {
 public:
  House(uint64_t seed, Declared declared);
  ~House();

  void use(Declared declared);
  void say(const slo::TierChange& change);
  // Runs with the next commits.
  void submit(engine::Command command, engine::Engine::Done done = [](Result<>) {});
  // Everything that is due within `by`, in order, and then rest.
  void advance(Duration by);
  void crash();
  // The process dies at the n-th commit from now: before it is durable, or after it and before
  // anything that follows from it.
  enum class Moment { kBefore, kAfter };
  void crash_at_commit(int n, Moment moment);
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
  std::unique_ptr<oncall::Pager> pager;
  std::unique_ptr<incident::IncidentDesk> incidents;
  std::unique_ptr<alert::AlertDesk> alerts;
  int crashes = 0;
  int commits = 0;

 private:
  struct Crash : std::runtime_error {
    Crash() : std::runtime_error("the process died, as the simulation wished") {}
  };
  // Without signatures: a link is made outside of transactions, and none is answered here.
  struct PlainLinks final : notify::AnswerLinks {
    std::string url_for(std::string_view page, Time) const override;
    Result<std::string> page_of(std::string_view token, Time) const override;
  };

  void open();
  void close();
  bool step();  // false: nothing was done
  void settle();

  Declared declared_;
  bool is_starting_ = false;  // the start itself is not what is tried here
  PlainLinks links_;
  std::optional<int> commits_left_;
  Moment moment_ = Moment::kBefore;
};

}  // namespace tocsin::simulation
