#include "oncall/schedule.h"

#include <algorithm>

#include "oncall/layer_course.h"

namespace tocsin::oncall {
namespace {

using catalog::PersonId;
using People = std::vector<PersonId>;

bool has(const People& people, const PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

void add_once(People& people, const PersonId& person) {
  if (!has(people, person)) people.push_back(person);
}

template <class Span>
bool holds(const Span& span, Time time) {
  return span.begin <= time && time < span.end;
}

template <class Span>
bool touches(const Span& span, Time begin, Time end) {
  return span.begin < end && begin < span.end && span.begin < span.end;
}

// One schedule through [begin, end). Everything that may matter there is picked out once; at() then
// says who is on call at a moment, and changes() names all moments at which that may change.
class Course {
 public:
  Course(const Schedule& schedule, Time begin, Time end) : begin_(begin), end_(end) {
    for (size_t i = 0; i < schedule.versions.size(); ++i) {
      const Version& version = schedule.versions[i];
      const Time from = std::max(begin, version.from);
      const Time until =
          i + 1 < schedule.versions.size() ? std::min(end, schedule.versions[i + 1].from) : end;
      if (from >= until) continue;
      Piece piece{from, until, {}};
      for (const Layer& layer : version.layers) {
        piece.layers.emplace_back(schedule, layer, from, until);
      }
      pieces_.push_back(std::move(piece));
    }
    for (const FixedPlan& plan : schedule.plans) {
      if (touches(plan, begin, end)) plans_.push_back(&plan);
    }
    for (const Override& one : schedule.overrides) {
      if (touches(one, begin, end)) overrides_.push_back(&one);
    }
  }

  // Sorted, each once, `begin` the first.
  std::vector<Time> changes() const {
    std::vector<Time> changes = {begin_};
    const auto add = [&](const auto& span) {
      for (const Time time : {span.begin, span.end}) {
        if (time > begin_ && time < end_) changes.push_back(time);
      }
    };
    for (const Piece& piece : pieces_) {
      add(piece);
      for (const LayerCourse& layer : piece.layers) layer.add_changes(changes);
    }
    for (const FixedPlan* plan : plans_) {
      add(*plan);
      for (const FixedPlan::Shift& shift : plan->shifts) add(shift);
    }
    for (const Override* one : overrides_) add(*one);
    std::ranges::sort(changes);
    const auto repeated = std::ranges::unique(changes);
    changes.erase(repeated.begin(), repeated.end());
    return changes;
  }

  // People, shadows and reasons; the caller knows from when until when.
  Turn at(Time time) const {
    Turn turn;
    if (!follow_plan(time, turn)) follow_layers(time, turn);
    for (const Override* one : overrides_) {
      if (holds(*one, time)) apply(*one, turn);
    }
    std::erase_if(turn.shadows, [&](const PersonId& person) { return has(turn.people, person); });
    const auto is_nobody = [](const Why& why) { return why.kind == Why::Kind::kNobody; };
    if (!turn.people.empty()) std::erase_if(turn.why, is_nobody);
    return turn;
  }

 private:
  struct Piece {  // of one version
    Time begin, end;
    std::vector<LayerCourse> layers;
  };

  bool follow_plan(Time time, Turn& turn) const {
    const auto last = std::ranges::find_if(plans_.rbegin(), plans_.rend(),
                                           [&](const FixedPlan* p) { return holds(*p, time); });
    if (last == plans_.rend()) return false;
    for (const FixedPlan::Shift& shift : (*last)->shifts) {
      if (!holds(shift, time)) continue;
      for (const PersonId& person : shift.people) add_once(turn.people, person);
    }
    turn.why = {{.kind = Why::Kind::kPlan, .id = (*last)->id}};
    return true;
  }

  void follow_layers(Time time, Turn& turn) const {
    const auto piece =
        std::ranges::find_if(pieces_, [&](const Piece& one) { return holds(one, time); });
    std::vector<Why> away;  // of layers that have nobody for that reason
    if (piece != pieces_.end()) {
      for (const LayerCourse& course : piece->layers) {
        const LayerPeople found = course.at(time);
        if (course.layer().is_shadow) {
          for (const PersonId& person : found.people) add_once(turn.shadows, person);
        } else if (found.people.empty()) {
          away.insert(away.end(), found.absences.begin(), found.absences.end());
        } else {
          stand_above(course.layer(), found, turn);
        }
      }
    }
    if (!turn.people.empty()) return;
    turn.why = {{.kind = Why::Kind::kNobody}};
    turn.why.insert(turn.why.end(), away.begin(), away.end());
  }

  // Those before it count beside a layer that joins them, and not at all below any other. Who
  // stands in two layers is on call once, for the reasons of both.
  static void stand_above(const Layer& layer, const LayerPeople& found, Turn& turn) {
    if (!layer.joins) {
      turn.people.clear();
      turn.why.clear();
    }
    for (const PersonId& person : found.people) add_once(turn.people, person);
    turn.why.insert(turn.why.end(), found.absences.begin(), found.absences.end());
    turn.why.push_back({.kind = Why::Kind::kLayer, .layer = layer.name, .turn = found.turn});
  }

  // An override that changes nothing is no reason.
  static void apply(const Override& one, Turn& turn) {
    Why why{.kind = Why::Kind::kOverride, .id = one.id};
    switch (one.kind) {
      case Override::Kind::kAdd:
        if (has(turn.people, one.person)) return;
        turn.people.push_back(one.person);
        break;
      case Override::Kind::kRemove:
        if (std::erase(turn.people, one.person) == 0) return;
        why.instead_of = {one.person};
        break;
      case Override::Kind::kReplace:
        if (!replace(one, turn.people, why.instead_of)) return;
        break;
    }
    turn.why.insert(turn.why.begin(), std::move(why));
  }

  static bool replace(const Override& one, People& people, People& instead_of) {
    if (!one.replaces.empty()) {
      if (one.replaces == one.person || !has(people, one.replaces)) return false;
      instead_of = {one.replaces};
      if (has(people, one.person)) {
        std::erase(people, one.replaces);
      } else {
        std::ranges::replace(people, one.replaces, one.person);
      }
      return true;
    }
    if (people == People{one.person}) return false;
    instead_of = std::exchange(people, {one.person});
    std::erase(instead_of, one.person);
    return true;
  }

  Time begin_, end_;
  std::vector<Piece> pieces_;
  std::vector<const FixedPlan*> plans_;
  std::vector<const Override*> overrides_;
};

bool is_same(const Turn& a, const Turn& b) {
  return a.people == b.people && a.shadows == b.shadows && a.why == b.why;
}

}  // namespace

std::vector<Turn> turns(const Schedule& schedule, Time begin, Time end) {
  std::vector<Turn> out;
  if (begin >= end) return out;
  const Course course(schedule, begin, end);
  for (const Time time : course.changes()) {
    Turn turn = course.at(time);
    if (!out.empty() && is_same(out.back(), turn)) continue;
    if (!out.empty()) out.back().end = time;
    turn.begin = time;
    turn.end = end;
    out.push_back(std::move(turn));
  }
  return out;
}

Turn turn_at(const Schedule& schedule, Time at) {
  // Most turns are short: the whole horizon is looked at only for those that are not.
  for (const Duration reach : {Duration(days(2)), Duration(days(16)), kTurnHorizon}) {
    const Time begin = at - reach, end = at + reach;
    std::vector<Turn> around = turns(schedule, begin, end);
    const auto next = std::ranges::upper_bound(around, at, {}, &Turn::begin);
    Turn& turn = *std::prev(next);
    if (reach == kTurnHorizon || (turn.begin > begin && turn.end < end)) return std::move(turn);
  }
  bug("the last reach is the horizon");
}

}  // namespace tocsin::oncall
