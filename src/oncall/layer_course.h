#pragma once

#include <optional>
#include <vector>

#include "oncall/rotation.h"

namespace tocsin::oncall {

// Who stands in a layer at one moment.
struct LayerPeople {
  std::vector<catalog::PersonId> people;  // empty: nobody
  int64_t turn = 0;
  // For each person whose turn it is and who is away; also when nobody could take it over.
  std::vector<Why> absences;
};

// One layer through [begin, end): its turns, hours, days off and the absences of its people, all
// found beforehand. Refers to the schedule and the layer. Owned by one thread.
class LayerCourse {
 public:
  LayerCourse(const Schedule& schedule, const Layer& layer, Time begin, Time end);

  // All moments within (begin, end) at which at() may become another; in no order.
  void add_changes(std::vector<Time>& changes) const;
  LayerPeople at(Time time) const;
  const Layer& layer() const { return *layer_; }

 private:
  bool is_off(Time time) const;
  // The absence that keeps the person away, or nullptr.
  const Absence* away(const catalog::PersonId& person, Time time) const;
  std::vector<catalog::PersonId> present(const Participant& participant, Time time) const;
  // Whether an override hands the person's turns to somebody: then their absence has nobody stand
  // in for them, whichever of both was known first.
  bool is_handed_on(const catalog::PersonId& person, Time time) const;

  const Layer* layer_;
  Time begin_, end_;
  std::vector<RotationTurn> turns_;
  std::vector<const DayCalendar*> off_;
  std::vector<const Absence*> absences_;    // of its people, that touch the window
  std::vector<const Override*> overrides_;  // that replace or remove one person, the same
};

}  // namespace tocsin::oncall
