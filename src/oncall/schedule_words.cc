#include "oncall/schedule_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "oncall/rotation.h"

namespace tocsin::oncall {
namespace {

using catalog::PersonId;

constexpr std::array kDayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                  "Friday", "Saturday", "Sunday"};

std::string_view day_name(const calendar::CivilSecond& civil) {
  return kDayNames[static_cast<size_t>(cctz::get_weekday(calendar::CivilDay(civil)))];
}

std::string clock_words(const calendar::CivilSecond& civil) {
  return fmt::format("{:02}:{:02}", civil.hour(), civil.minute());
}

std::string civil_words(const calendar::CivilSecond& civil) {
  return fmt::format("{} {}", day_name(civil).substr(0, 3), calendar::to_text(civil).substr(0, 16));
}

std::string rhythm_words(const Rotation& rotation) {
  const auto& start = rotation.start;
  const std::string at = clock_words(start);
  const int count = rotation.count;
  switch (rotation.unit) {
    case Rotation::Unit::kHour:
      return fmt::format("every {}, counted from {}",
                         count == 1 ? "hour" : fmt::format("{} hours", count), civil_words(start));
    case Rotation::Unit::kDay:
      return count == 1 ? fmt::format("each day at {}", at)
                        : fmt::format("every {} days at {}", count, at);
    case Rotation::Unit::kWeek:
      return count == 1 ? fmt::format("each {} at {}", day_name(start), at)
                        : fmt::format("every {} weeks on {} at {}", count, day_name(start), at);
    case Rotation::Unit::kMonth:
      return fmt::format("{} on day {}{} at {}",
                         count == 1 ? "each month" : fmt::format("every {} months", count),
                         start.day(), start.day() > 28 ? " (or the month's last)" : "", at);
    case Rotation::Unit::kRule: break;
  }
  return fmt::format("by the rule {}", rotation.rule ? rotation.rule->rule() : "");
}

// "; note" where somebody wrote one.
std::string note_words(std::string_view note) {
  return note.empty() ? "" : fmt::format(": {}", note);
}

// The sentences for one turn, each with a capital and without its full stop.
class Explainer {
 public:
  Explainer(const Schedule& schedule, const Turn& turn) : schedule_(schedule), turn_(turn) {}

  std::string text() {
    say("{} {} on call from {} to {} ({})", people_words(turn_.people),
        turn_.people.size() > 1 ? "are" : "is", at(turn_.begin), at(turn_.end),
        schedule_.zone.name());
    for (const Why& why : turn_.why) {
      switch (why.kind) {
        case Why::Kind::kLayer: say_layer(why); break;
        case Why::Kind::kOverride: say_override(why); break;
        case Why::Kind::kPlan: say_plan(why); break;
        case Why::Kind::kAbsence: say_absence(why); break;
        case Why::Kind::kNobody: say_nobody(); break;
      }
    }
    if (!turn_.shadows.empty()) say("{} shadowing", be(turn_.shadows));
    return std::move(text_);
  }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    std::string sentence = fmt::format(format, std::forward<Args>(args)...);
    if (sentence.starts_with("nobody")) sentence.front() = 'N';
    if (!text_.empty()) text_ += ' ';
    text_ += sentence;
    if (!sentence.ends_with('.')) text_ += '.';
  }
  std::string at(Time time) const { return moment_words(schedule_.zone, time); }
  static std::string be(const std::vector<PersonId>& people) {
    return fmt::format("{} {}", people_words(people), people.size() > 1 ? "are" : "is");
  }

  const Layer* layer(const std::string& name) const {
    const auto next = std::ranges::upper_bound(schedule_.versions, turn_.begin, {}, &Version::from);
    if (next == schedule_.versions.begin()) return nullptr;
    const auto& layers = std::prev(next)->layers;
    const auto found = std::ranges::find(layers, name, &Layer::name);
    return found == layers.end() ? nullptr : &*found;
  }
  template <class Thing>
  static const Thing* find(const std::vector<Thing>& things, const std::string& id) {
    const auto found = std::ranges::find(things, id, &Thing::id);
    return found == things.end() ? nullptr : &*found;
  }

  void say_layer(const Why& why) {
    const Layer* found = layer(why.layer);
    if (found == nullptr) return;
    const auto whole = rotation_turn_at(found->rotation, found->zone, turn_.begin);
    if (!whole || whole->n != why.turn) return;
    const size_t whose = participant_of(found->rotation, whole->n);
    const std::string end = whole->end == Time::max() ? "on" : fmt::format("to {}", at(whole->end));
    say("{} '{}' hands off {}; from {} {} it is the turn of {}",
        is_joining(why) ? "In addition, layer" : "Layer", found->name, hand_off_words(*found),
        at(whole->begin), end, people_words(found->rotation.participants[whose].people));
  }

  // Another layer before it counts, too.
  bool is_joining(const Why& why) const {
    const auto first = std::ranges::find(turn_.why, Why::Kind::kLayer, &Why::kind);
    return &*first != &why;
  }

  void say_override(const Why& why) {
    const Override* one = find(schedule_.overrides, why.id);
    if (one == nullptr) return;
    std::string what;
    switch (one->kind) {
      case Override::Kind::kAdd: what = fmt::format("adds {}", one->person.value()); break;
      case Override::Kind::kRemove: what = fmt::format("takes {} off", one->person.value()); break;
      case Override::Kind::kReplace:
        what = fmt::format("puts {} in the place of {}", one->person.value(),
                           people_words(why.instead_of));
        break;
    }
    say("An override{} {} from {} to {}{}", by(one->by), what, at(one->begin), at(one->end),
        note_words(one->note));
  }

  void say_plan(const Why& why) {
    const FixedPlan* plan = find(schedule_.plans, why.id);
    if (plan == nullptr) return;
    say("A fixed plan{} stands in the place of the layers from {} to {}{}{}", by(plan->by),
        at(plan->begin), at(plan->end), turn_.people.empty() ? ", and has no shift here" : "",
        note_words(plan->note));
  }

  void say_absence(const Why& why) {
    const Absence* absence = find(schedule_.absences, why.id);
    if (absence == nullptr) return;
    say("{} away from {} to {}{}", be(why.instead_of), at(absence->begin), at(absence->end),
        note_words(absence->note));
  }

  void say_nobody() {
    const bool is_early =
        schedule_.versions.empty() || turn_.begin < schedule_.versions.front().from;
    if (is_early) {
      say("The schedule has not begun");
    } else {
      say("No layer has anybody then");
    }
  }

  static std::string by(const std::string& actor) {
    return actor.empty() ? "" : fmt::format(" by {}", actor);
  }

  const Schedule& schedule_;
  const Turn& turn_;
  std::string text_;
};

}  // namespace

std::string hand_off_words(const Layer& layer) {
  return fmt::format("{} ({})", rhythm_words(layer.rotation), layer.zone.name());
}

std::string moment_words(const calendar::Zone& zone, Time time) {
  return civil_words(zone.to_civil(time));
}

std::string people_words(const std::vector<PersonId>& people) {
  if (people.empty()) return "nobody";
  std::string text = people.front().value();
  for (size_t i = 1; i < people.size(); ++i) {
    text += i + 1 == people.size() ? " and " : ", ";
    text += people[i].value();
  }
  return text;
}

std::string explain(const Schedule& schedule, const Turn& turn) {
  return Explainer(schedule, turn).text();
}

}  // namespace tocsin::oncall
