#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "judge.h"
#include "notify/answers.h"
#include "run.h"

namespace tocsin::simulation {

// What is declared for an evening on call: one team t0 with its policy, its people and services,
// and a plain twin of each schedule.
struct Plan {
  Declared declared;
  std::map<std::string, PlainSchedule> schedules;
};

// A person with these contacts, in their order.
catalog::Person person_with(const std::string& id,
                            const std::vector<catalog::Contact::Kind>& kinds);
// People p0, p1 ...; services s0, s1 ... with an objective each; the policy is t0's.
Plan plan_for(const std::vector<catalog::Person>& people, int services, oncall::Policy policy);
// Hourly turns of these people, beside its plain twin. By the policy's steps it is called `name`.
void add_schedule(Plan& plan, const std::string& name, const std::vector<std::string>& people);

// One evening on call, played action by action, with a judge beside it. Whoever asks for something
// and hears no answer, since the process died, asks again.
class Evening {
 public:
  Evening(uint64_t seed, Plan plan);

  void advance(Duration by) { house_.advance(by), judge_.look(); }
  void say(int service, bool fires);
  bool fires(int service) const { return firing_.contains(service); }
  std::vector<std::string> open_incidents();
  Result<> acknowledge(const std::string& incident, const std::string& person);
  Result<> escalate(const std::string& incident, const std::string& person);
  Result<> snooze(const std::string& incident, const std::string& person, Duration how_long);
  Result<> resolve(const std::string& incident, const std::string& person);
  // By the channel of a message that arrived.
  Result<> answer(const Arrival& arrival, notify::Answer answer, Duration snooze);

  void take_pager(const std::string& schedule, const std::string& person);
  void add_override(const std::string& schedule, const std::string& person, Duration from,
                    Duration how_long, bool is_added);
  void swap(const std::string& schedule, const std::string& person, Duration from);
  void away(const std::string& person, Duration from, Duration how_long);
  // Files are read again.
  void edit(const std::function<void(Declared&)>& change);

  // Nothing is in the way any more: what must then happen soon is awaited.
  void mend();
  // Everything is calm; nothing is left.
  void rest();
  bool is_well() const { return checks_.findings().empty(); }
  void tell(std::string what);
  Report finish();

  House& house() { return house_; }
  Judge& judge() { return judge_; }
  Checks& checks() { return checks_; }
  const Plan& plan() const { return plan_; }

 private:
  void say_all();
  void tell_logbook();
  const oncall::Override* made(const std::string& schedule, const std::string& person, Time end);
  Result<> ask(const std::function<Result<>(engine::Tx&)>& command);
  Result<> ask_again(const std::function<Result<>()>& question);

  Plan plan_;
  PlainModel model_;
  House house_;
  Checks checks_;
  Judge judge_;
  Report report_;
  std::set<int> firing_;
  std::shared_ptr<const oncall::ScheduleBook::Schedules> schedules_;
};

}  // namespace tocsin::simulation
