#include "oncall/schedule_change.h"

#include <algorithm>
#include <set>

#include "oncall/rotation.h"
#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

using People = std::vector<catalog::PersonId>;

constexpr Duration kInstant{1};
constexpr Duration kLongestTurn = days(400);  // as far as anybody looks
constexpr size_t kMostVersions = 200;

// A layer over time: each step holds until the next one.
struct Step {
  Time from;
  Layer layer;
};

// The schedule of this layer alone, as if it were never off.
Schedule bare(const Layer& layer) {
  Schedule out;
  out.zone = layer.zone;
  out.versions.push_back({Time(), {layer}});
  Layer& only = out.versions.back().layers.front();
  only.is_shadow = false;
  only.hours = calendar::WeeklyHours::always();
  only.off.clear();
  return out;
}

std::optional<RotationTurn> turn_of(const Layer& layer, Time at) {
  return rotation_turn_at(layer.rotation, layer.zone, at);
}

size_t wrapped(int64_t index, size_t size) {
  const auto count = static_cast<int64_t>(size);
  return static_cast<size_t>(((index % count) + count) % count);
}

bool has(const People& people, const catalog::PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

bool is_same(const People& a, const People& b) {
  return std::set(a.begin(), a.end()) == std::set(b.begin(), b.end());
}

bool is_any_in(const People& some, const People& all) {
  return std::ranges::any_of(some, [&](const auto& person) { return has(all, person); });
}

People staying(const People& people, const Rotation& rotation) {
  People out;
  for (const auto& person : people) {
    const bool is_there = std::ranges::any_of(
        rotation.participants, [&](const Participant& one) { return has(one.people, person); });
    if (is_there) out.push_back(person);
  }
  return out;
}

// Where `people` stand in the new list. Somebody who is there more than once stands where most of
// those who came behind them in the old list still do.
std::optional<size_t> place_of(const People& people, const Rotation& list, const Rotation& old,
                               size_t old_place) {
  std::optional<size_t> best;
  size_t best_alike = 0;
  for (size_t i = 0; i < list.participants.size(); ++i) {
    if (!is_same(list.participants[i].people, people)) continue;
    size_t alike = 1;
    const size_t most = std::min(old.participants.size(), list.participants.size());
    while (alike < most &&
           is_same(list.participants[(i + alike) % list.participants.size()].people,
                   old.participants[(old_place + alike) % old.participants.size()].people)) {
      ++alike;
    }
    if (alike > best_alike) best = i;
    best_alike = std::max(best_alike, alike);
  }
  return best;
}

// Who takes over from somebody who has no place in the new list: the first of those who came behind
// them that has one.
size_t follower(const People& stay, const Rotation& list, const Rotation& old, size_t old_place) {
  const size_t count = old.participants.size();
  for (size_t i = 1; i < count; ++i) {
    const size_t place = (old_place + i) % count;
    if (const auto found = place_of(old.participants[place].people, list, old, place))
      return *found;
  }
  for (size_t i = 1; i < count; ++i) {
    const People& people = old.participants[(old_place + i) % count].people;
    for (size_t k = 0; k < list.participants.size(); ++k) {
      const People& here = list.participants[k].people;
      if (is_any_in(here, people) && !is_same(here, stay)) return k;
    }
  }
  for (size_t k = 0; k < list.participants.size(); ++k) {
    if (is_any_in(list.participants[k].people, stay)) return (k + 1) % list.participants.size();
  }
  return 0;
}

// The same hand-offs, begun early enough that one of them is past. Not for rules, which have no
// occurrence before their start.
void reach_back(Layer& layer, Time now) {
  Rotation& rotation = layer.rotation;
  const calendar::CivilSecond civil = layer.zone.to_civil(now);
  if (rotation.start <= civil) return;
  const int64_t count = rotation.count;
  switch (rotation.unit) {
    case Rotation::Unit::kHour: {
      const int64_t turns_back = (rotation.start - civil) / (3600 * count) + 1;
      rotation.start -= turns_back * 3600 * count;
      return;
    }
    case Rotation::Unit::kDay:
    case Rotation::Unit::kWeek: {
      const int64_t length = (rotation.unit == Rotation::Unit::kWeek ? 7 : 1) * count;
      const int64_t between = calendar::CivilDay(rotation.start) - calendar::CivilDay(civil);
      rotation.start -= (between / length + 1) * length * 86'400;
      return;
    }
    case Rotation::Unit::kMonth: {
      // By years that have the same days (a leap day comes every fourth).
      const calendar::CivilSecond& s = rotation.start;
      const int64_t step = 4 * count;
      const int64_t years = ((s.year() - civil.year()) / step + 1) * step;
      rotation.start = calendar::CivilSecond(s.year() - years, s.month(), s.day(), s.hour(),
                                             s.minute(), s.second());
      return;
    }
    case Rotation::Unit::kRule: return;
  }
}

// Until the next step `now_on` has the turn; who stands in for them is the order of `behind`.
Layer held(const Layer& layer, const People& now_on, std::vector<Participant> behind, Time now,
           Time until) {
  Layer out = layer;
  Rotation& rotation = out.rotation;
  rotation.rule.reset();
  rotation.unit = Rotation::Unit::kDay;
  rotation.start = layer.zone.to_civil(now);
  rotation.count = static_cast<int>((until - now) / days(1)) + 2;
  rotation.first = 0;
  rotation.participants = {Participant{now_on}};
  for (Participant& one : behind) {
    if (!is_same(one.people, now_on)) rotation.participants.push_back(std::move(one));
  }
  return out;
}

std::vector<Participant> in_order_from(const Rotation& rotation, size_t place) {
  std::vector<Participant> out;
  for (size_t i = 0; i < rotation.participants.size(); ++i) {
    out.push_back(rotation.participants[(place + i) % rotation.participants.size()]);
  }
  return out;
}

People on_now(const Layer& layer, const std::vector<Absence>& absences, Time now) {
  Schedule schedule = bare(layer);
  schedule.absences = absences;
  return turn_at(schedule, now).people;
}

// Where the turn that should end at `planned` ends by the hand-offs of `grid`.
Time nearest_end(const Layer& grid, Time planned) {
  const auto last = turn_of(grid, planned - kInstant);
  if (!last || last->end == planned || last->end == Time::max()) return planned;
  const auto next = turn_of(grid, last->end);
  const Duration length = next ? next->end - last->end : days(1);
  return last->end - planned < length / 2 ? last->end : planned;
}

class Keeping {
 public:
  Keeping(const Step& old, std::optional<Time> old_until, const Layer& layer,
          const std::vector<Absence>& absences, Time now)
      : old_(old.layer), until_(old_until), new_(layer), absences_(absences), now_(now) {}

  std::vector<Step> steps() {
    const auto turn = turn_of(old_, now_);
    const Rotation& old = old_.rotation;
    if (!turn || old.participants.empty() || new_.rotation.participants.empty()) {
      return {{now_, new_}};
    }
    reach_back(new_, now_);
    size_t place = participant_of(old, turn->n);
    People stay = staying(old.participants[place].people, new_.rotation);
    if (stay.empty()) {
      // Whoever stands in for who is gone has it already.
      stay = staying(on_now(old_, absences_, now_), new_.rotation);
      if (!stay.empty()) place = place_in_old(stay, place);
    }
    const auto new_place = place_of(stay, new_.rotation, old, place);
    const size_t next = new_place && !stay.empty()
                            ? (*new_place + 1) % new_.rotation.participants.size()
                            : follower(stay, new_.rotation, old, place);
    if (stay.empty()) return hand_off_now(next);
    const Time planned = std::min({until_.value_or(turn->end), turn->end, now_ + kLongestTurn});
    return keep(stay, next, planned);
  }

 private:
  size_t place_in_old(const People& people, size_t from) const {
    const auto& all = old_.rotation.participants;
    for (size_t i = 1; i < all.size(); ++i) {
      const size_t place = (from + i) % all.size();
      if (is_any_in(people, all[place].people)) return place;
    }
    return from;
  }

  // Whoever is next takes what is left of the turn.
  std::vector<Step> hand_off_now(size_t next) {
    const auto running = turn_of(new_, now_);
    if (!running) {
      return {{now_, held(new_, new_.rotation.participants[next].people,
                          in_order_from(new_.rotation, next + 1), now_, start())},
              {start(), begun_by(next + 1, 0)}};
    }
    return {{now_, begun_by(next, running->n)}};
  }

  std::vector<Step> keep(const People& stay, size_t next, Time planned) {
    const auto running = turn_of(new_, now_);
    const Time end = running ? nearest_end(new_, planned) : std::max(planned, start());
    const auto after = turn_of(new_, end);
    Layer then = begun_by(next, after ? after->n : 0);
    // Mostly the hand-offs are as before, and one list says it all.
    if (running && running->end == end &&
        is_same(then.rotation.participants[participant_of(then.rotation, running->n)].people,
                stay) &&
        is_as_before(then)) {
      return {{now_, std::move(then)}};
    }
    Layer hold = held(new_, stay, in_order_from(new_.rotation, next), now_, end);
    if (!is_as_before(hold)) hold = held(new_, stay, stand_in_first(next), now_, end);
    return {{now_, std::move(hold)}, {end, std::move(then)}};
  }

  // Somebody stands in for who is away; they stay, too.
  std::vector<Participant> stand_in_first(size_t next) const {
    std::vector<Participant> out = in_order_from(new_.rotation, next);
    const People stands_in = staying(on_now(old_, absences_, now_), new_.rotation);
    if (!stands_in.empty()) {
      std::erase_if(out, [&](const Participant& one) { return is_same(one.people, stands_in); });
      out.insert(out.begin(), Participant{stands_in});
    }
    return out;
  }

  bool is_as_before(const Layer& layer) const {
    return is_same(on_now(layer, absences_, now_), on_now(old_, absences_, now_));
  }
  Time start() const { return new_.zone.to_time(new_.rotation.start); }
  // The new layer, anchored so that `place` has turn `n`.
  Layer begun_by(size_t place, int64_t n) const {
    Layer out = new_;
    out.rotation.first = wrapped(static_cast<int64_t>(place) - n, out.rotation.participants.size());
    return out;
  }

  const Layer& old_;
  const std::optional<Time> until_;
  Layer new_;
  const std::vector<Absence>& absences_;
  const Time now_;
};

const Layer* layer_named(const std::vector<Layer>& layers, std::string_view name) {
  const auto found =
      std::ranges::find_if(layers, [&](const Layer& layer) { return layer.name == name; });
  return found == layers.end() ? nullptr : &*found;
}

const std::vector<Layer>& layers_of(const ScheduleSpec& spec) {
  static const std::vector<Layer> kNone;
  return spec.schedule.versions.empty() ? kNone : spec.schedule.versions.front().layers;
}

bool is_anchored(const ScheduleSpec& spec, const std::string& layer) {
  const auto found = spec.anchored.find(layer);
  return found != spec.anchored.end() && found->second;
}

bool is_unchanged(const ScheduleSpec& before, const ScheduleSpec& after, const Layer& layer) {
  const Layer* old = layer_named(layers_of(before), layer.name);
  return old != nullptr && layer_text(*old) == layer_text(layer) &&
         is_anchored(before, layer.name) == is_anchored(after, layer.name);
}

// What is known of a layer from `now` on; nothing when there is none now.
std::vector<Step> known_steps(const Schedule& schedule, const std::string& name, Time now) {
  std::vector<Step> out;
  for (const Version& version : schedule.versions) {
    const Layer* layer = layer_named(version.layers, name);
    if (version.from <= now) out.clear();
    if (layer != nullptr) out.push_back({std::max(version.from, now), *layer});
  }
  if (!out.empty() && out.front().from > now) out.clear();
  return out;
}

// By which name the layer was known: where one is gone and one is new, it was renamed.
std::string known_as(const ScheduleSpec& before, const ScheduleSpec& after, const Layer& layer) {
  if (layer_named(layers_of(before), layer.name) != nullptr) return layer.name;
  std::vector<std::string> gone;
  for (const Layer& old : layers_of(before)) {
    if (layer_named(layers_of(after), old.name) == nullptr) gone.push_back(old.name);
  }
  const auto is_new = [&](const Layer& one) {
    return layer_named(layers_of(before), one.name) == nullptr;
  };
  const bool is_renamed = gone.size() == 1 && std::ranges::count_if(layers_of(after), is_new) == 1;
  return is_renamed ? gone.front() : layer.name;
}

std::vector<Step> steps_of(const Schedule& current, const ScheduleSpec& before,
                           const ScheduleSpec& after, const Layer& layer, Time now) {
  std::vector<Step> known = known_steps(current, known_as(before, after, layer), now);
  if (known.empty()) return {{now, layer}};
  if (is_unchanged(before, after, layer)) return known;
  if (is_anchored(after, layer.name)) return {{now, layer}};
  const auto until = known.size() > 1 ? std::optional(known[1].from) : std::nullopt;
  return Keeping(known.front(), until, layer, current.absences, now).steps();
}

}  // namespace

Version first_version(const ScheduleSpec& spec) {
  Version out;
  out.layers = layers_of(spec);
  std::optional<Time> from;
  for (const Layer& layer : out.layers) {
    const Time start = layer.zone.to_time(layer.rotation.start);
    from = from ? std::min(*from, start) : start;
  }
  if (from) out.from = *from;
  return out;
}

std::vector<Version> next_versions(const Schedule& current, const ScheduleSpec& before,
                                   const ScheduleSpec& after, Time now) {
  if (current.versions.empty() || current.versions.front().from > now)
    return {first_version(after)};
  const auto& layers = layers_of(after);
  const auto& old = layers_of(before);
  const bool is_same_order = std::ranges::equal(
      layers, old, [](const Layer& a, const Layer& b) { return a.name == b.name; });
  if (is_same_order && std::ranges::all_of(layers, [&](const Layer& layer) {
        return is_unchanged(before, after, layer);
      })) {
    return current.versions;
  }
  std::vector<Version> out;
  for (const Version& version : current.versions) {
    if (version.from < now) out.push_back(version);
  }
  std::vector<std::vector<Step>> steps;
  std::set<Time> changes{now};
  for (const Layer& layer : layers) {
    steps.push_back(steps_of(current, before, after, layer, now));
    for (const Step& step : steps.back()) changes.insert(step.from);
  }
  for (const Time from : changes) {
    Version version{from, {}};
    for (const auto& layer : steps) {
      const auto later = std::ranges::find_if(layer, [&](const Step& s) { return s.from > from; });
      version.layers.push_back(std::prev(later)->layer);
    }
    out.push_back(std::move(version));
  }
  if (out.size() > kMostVersions) out.erase(out.begin(), out.end() - kMostVersions);
  return out;
}

}  // namespace tocsin::oncall
