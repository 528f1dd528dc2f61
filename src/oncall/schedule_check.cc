#include "oncall/schedule_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "oncall/schedule_words.h"

namespace tocsin::oncall {
namespace {

using catalog::PersonId;

// When the schedule is meant to have somebody: from its first version on, but not while it has no
// layers at all (it was ended). Sorted, not touching.
std::vector<Interval> in_use(const Schedule& schedule) {
  std::vector<Interval> spans;
  for (size_t i = 0; i < schedule.versions.size(); ++i) {
    const Version& version = schedule.versions[i];
    const Time end = i + 1 < schedule.versions.size() ? schedule.versions[i + 1].from : Time::max();
    if (version.layers.empty() || version.from >= end) continue;
    if (!spans.empty() && spans.back().end == version.from) {
      spans.back().end = end;
    } else {
      spans.push_back({version.from, end});
    }
  }
  return spans;
}

// Stretches without a break, of each person and of nobody (an empty id).
std::map<PersonId, std::vector<Interval>> stretches(const std::vector<Turn>& all) {
  std::map<PersonId, std::vector<Interval>> found;
  const auto add = [&](const PersonId& who, const Turn& turn) {
    auto& spans = found[who];
    if (!spans.empty() && spans.back().end == turn.begin) {
      spans.back().end = turn.end;
    } else {
      spans.push_back({turn.begin, turn.end});
    }
  };
  for (const Turn& turn : all) {
    if (turn.people.empty()) add(PersonId(), turn);
    for (const PersonId& person : turn.people) add(person, turn);
  }
  return found;
}

class Finder {
 public:
  Finder(const Schedule& schedule, const catalog::Catalog& catalog, Time begin, Time end,
         const IsReached& is_reached)
      : schedule_(schedule), catalog_(catalog), begin_(begin), end_(end), is_reached_(is_reached) {}

  std::vector<ScheduleFault> find() {
    // So far that a shift which is too long is seen to be so.
    const Duration reach = std::max(kTurnHorizon, schedule_.longest_shift + hours(1));
    for (auto& [person, spans] : stretches(turns(schedule_, begin_ - reach, end_ + reach))) {
      if (person.empty()) {
        find_gaps(spans);
      } else {
        std::erase_if(spans, [this](const Interval& span) { return !touches(span); });
        if (!spans.empty()) check_person(person, spans);
      }
    }
    std::ranges::sort(faults_, [](const ScheduleFault& a, const ScheduleFault& b) {
      return std::tie(a.begin, a.kind, a.person) < std::tie(b.begin, b.kind, b.person);
    });
    return std::move(faults_);
  }

 private:
  bool touches(const Interval& span) const { return span.begin < end_ && begin_ < span.end; }

  std::string from_to(const Interval& span) const {
    return fmt::format("from {} to {} ({})", moment_words(schedule_.zone, span.begin),
                       moment_words(schedule_.zone, span.end), schedule_.zone.name());
  }

  void find_gaps(const std::vector<Interval>& spans) {
    for (const Interval& gap : spans) {
      for (const Interval& use : in_use(schedule_)) {
        const Interval part{std::max(gap.begin, use.begin), std::min(gap.end, use.end)};
        if (part.begin >= part.end || !touches(part)) continue;
        faults_.push_back({ScheduleFault::Kind::kGap, part.begin, part.end, PersonId(),
                           fmt::format("Nobody is on call in {} {}; add an override, or a layer "
                                       "that covers this time",
                                       schedule_.name, from_to(part))});
      }
    }
  }

  void check_person(const PersonId& person, const std::vector<Interval>& spans) {
    const catalog::Person* known = catalog_.person(person);
    const Interval& first = spans.front();
    if (known == nullptr) {
      faults_.push_back({ScheduleFault::Kind::kUnknownPerson, first.begin, first.end, person,
                         fmt::format("{} is on call in {} {}, but is not in the catalog; put "
                                     "somebody else there, or declare the person",
                                     person.value(), schedule_.name, from_to(first))});
    } else if (known->contacts.empty()) {
      faults_.push_back({ScheduleFault::Kind::kUnreachable, first.begin, first.end, person,
                         fmt::format("{} is on call in {} {}, but nothing reaches them; add "
                                     "spec.contacts to the person",
                                     person.value(), schedule_.name, from_to(first))});
    } else if (is_reached_ && !is_reached_(*known)) {
      faults_.push_back({ScheduleFault::Kind::kUnverified, first.begin, first.end, person,
                         fmt::format("{} is on call in {} {}, but none of their contacts is "
                                     "verified; send a code: tocsin contact verify {} {}",
                                     person.value(), schedule_.name, from_to(first), person.value(),
                                     known->contacts.front().name)});
    }
    for (const Interval& span : spans) {
      if (span.end - span.begin <= schedule_.longest_shift) continue;
      faults_.push_back(
          {ScheduleFault::Kind::kLongShift, span.begin, span.end, person,
           fmt::format("{} is on call in {} without a break {}, which is more than {}; share the "
                       "time, or raise longest_shift",
                       person.value(), schedule_.name, from_to(span),
                       to_text(schedule_.longest_shift))});
    }
  }

  const Schedule& schedule_;
  const catalog::Catalog& catalog_;
  Time begin_, end_;
  const IsReached& is_reached_;
  std::vector<ScheduleFault> faults_;
};

}  // namespace

std::vector<ScheduleFault> find_faults(const Schedule& schedule, const catalog::Catalog& catalog,
                                       Time begin, Time end, const IsReached& is_reached) {
  if (begin >= end) return {};
  return Finder(schedule, catalog, begin, end, is_reached).find();
}

}  // namespace tocsin::oncall
