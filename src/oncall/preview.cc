#include "oncall/preview.h"

#include <algorithm>

#include "oncall/call_plan.h"

namespace tocsin::oncall {
namespace {

class Player {
 public:
  Player(const Policy& policy, const std::vector<catalog::PersonId>& members,
         const catalog::Catalog& catalog, const OnCall* on_call,
         std::map<std::string, catalog::PersonId> last_of, std::string_view severity)
      : policy_(policy), members_(members), last_of_(std::move(last_of)), severity_(severity) {
    around_ = std::make_unique<Surroundings>(
        Surroundings{catalog, on_call,
                     [this](const std::string& team, const std::vector<catalog::PersonId>& people) {
                       return last_of_[team] = next_in_round(people, last_of_[team]);
                     }});
  }

  Preview play(Time at) {
    Preview shown;
    const Time start = at;
    Place place;
    Preview::Round round;
    bool is_anybody_rung = false;
    while (!policy_.steps.empty()) {
      const Step& step = policy_.steps[static_cast<size_t>(place.step)];
      Preview::Step played = play_step(step, at);
      is_anybody_rung |= !played.people.empty();
      const bool was_quiet = played.people.empty() && played.channels.empty();
      const bool is_skipped = !played.skipped.empty();
      round.steps.push_back(std::move(played));
      const Next next = next_after(policy_, place, true);
      if (next.place.round != place.round) {
        if (!is_anybody_rung) round.steps.push_back(fallback_of_round(at));
        shown.rounds.push_back(std::move(round));
        round = {};
        is_anybody_rung = false;
        at += next.wait;
      } else if (!was_quiet || (is_skipped && is_anybody_rung)) {
        at += next.wait;
      }
      place = next.place;
      if (place.round > std::min(policy_.repeat, Preview::kMostRounds - 1)) break;
    }
    bring_in(shown, start);
    return shown;
  }

 private:
  Preview::Step play_step(const Step& step, Time at) {
    Preview::Step played{at, step.after, {}, {}, why_not_played(step.when, severity_, at)};
    if (!played.skipped.empty()) return played;
    const Resolved resolved = resolve(step.targets, *around_, at);
    played.channels = resolved.channels;
    played.people = shown(resolved.people);
    if (played.people.empty() && resolved.people.empty() && !resolved.nobody.empty()) {
      played.people = fallback(at);
    }
    if (played.people.empty() && played.channels.empty()) played.skipped = "it reaches nobody";
    return played;
  }

  std::vector<Preview::Person> fallback(Time at) {
    auto people = shown(resolve(policy_.fallback, *around_, at).people);
    if (people.empty()) {
      std::vector<Found> found;
      for (const auto& id : members_) found.push_back({id, "as a member of the team"});
      people = shown(found);
    } else {
      for (auto& person : people) person.found.via = "as fallback";
    }
    return people;
  }

  Preview::Step fallback_of_round(Time at) {
    Preview::Step step{at, Duration(0), fallback(at), {}, {}};
    if (step.people.empty()) step.skipped = "nobody can be rung";
    return step;
  }

  void bring_in(Preview& shown_steps, Time start) {
    if (!policy_.bring_in || !is_for(*policy_.bring_in, severity_)) return;
    const Time at = start + policy_.bring_in->after;
    std::vector<Target> targets = policy_.bring_in->targets;
    std::vector<catalog::PersonId> rung;
    if (targets.empty()) {
      for (const Step& step : policy_.steps) {
        targets.insert(targets.end(), step.targets.begin(), step.targets.end());
      }
      for (const auto& round : shown_steps.rounds) {
        for (const auto& step : round.steps) {
          if (step.at >= at) continue;
          for (const auto& person : step.people) rung.push_back(person.found.person);
        }
      }
    }
    auto found = resolve(targets, *around_, at).people;
    std::erase_if(found,
                  [&](const Found& f) { return std::ranges::find(rung, f.person) != rung.end(); });
    shown_steps.bring_in = Preview::More{at, shown(found)};
  }

  // Those whom something reaches.
  std::vector<Preview::Person> shown(const std::vector<Found>& people) const {
    std::vector<Preview::Person> out;
    for (const Found& found : people) {
      const catalog::Person* person = around_->catalog.person(found.person);
      if (person == nullptr || person->contacts.empty()) continue;
      Preview::Person shown_person{found, {}};
      for (const CallPlan::Way& way : plan_call(*person).ways) {
        shown_person.ways.push_back({way.contact.name, way.after});
      }
      if (!shown_person.ways.front().after) shown_person.ways.front().after = Duration(0);
      out.push_back(std::move(shown_person));
    }
    return out;
  }

  const Policy& policy_;
  const std::vector<catalog::PersonId>& members_;
  std::map<std::string, catalog::PersonId> last_of_;
  const std::string_view severity_;
  std::unique_ptr<Surroundings> around_;
};

}  // namespace

Preview preview(const Policy& policy, const std::vector<catalog::PersonId>& members,
                const catalog::Catalog& catalog, const OnCall* on_call,
                std::map<std::string, catalog::PersonId> last_of, std::string_view severity,
                Time at) {
  return Player(policy, members, catalog, on_call, std::move(last_of), severity).play(at);
}

}  // namespace tocsin::oncall
