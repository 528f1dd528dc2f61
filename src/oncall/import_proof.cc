#include "oncall/import_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace tocsin::oncall {
namespace {

constexpr size_t kMostDifferences = 20;

const ImportedPerson* person_of(const calendar::IcalEvent& event,
                                const std::vector<ImportedPerson>& people) {
  const std::string summary = to_lower(event.summary);
  // The longest name that the summary holds: "Ada" must not stand for "Ada Lovelace".
  const ImportedPerson* best = nullptr;
  for (const ImportedPerson& person : people) {
    const std::string mail = to_lower(person.mail);
    if (!mail.empty() && std::ranges::any_of(event.attendees, [&](const std::string& attendee) {
          return to_lower(attendee) == mail;
        })) {
      return &person;
    }
    for (const std::string& word : {to_lower(person.name), mail}) {
      if (word.empty() || summary.find(word) == std::string::npos) continue;
      if (best == nullptr || person.name.size() > best->name.size()) best = &person;
    }
  }
  return best;
}

std::string shown(const std::set<std::string>& names) {
  return names.empty() ? "nobody" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

ImportProof prove(const Schedule& schedule, const std::vector<ImportedPerson>& people,
                  const calendar::IcalCalendar& source, Time begin) {
  ImportProof proof;
  struct Piece {
    Time begin, end;
    std::string person;
  };
  std::vector<Piece> pieces;
  std::set<std::string> strangers;
  for (const auto& event : source.events) {
    if (const ImportedPerson* person = person_of(event, people)) {
      pieces.push_back({event.begin, event.end, person->person.value()});
    } else {
      strangers.insert(event.summary);
    }
  }
  proof.strangers.assign(strangers.begin(), strangers.end());
  const Time end = begin + kProveAhead;
  const std::vector<Turn> all = turns(schedule, begin, end);
  size_t turn = 0;
  for (Time hour = begin; hour < end; hour += hours(1)) {
    const Time at = hour + minutes(30);
    std::set<std::string> there, here;
    for (const Piece& piece : pieces) {
      if (piece.begin <= at && at < piece.end) there.insert(piece.person);
    }
    while (turn < all.size() && all[turn].end <= at) ++turn;
    if (turn < all.size()) {
      for (const auto& person : all[turn].people) here.insert(person.value());
    }
    ++proof.hours;
    if (there == here) {
      ++proof.same;
      continue;
    }
    if (!proof.differences.empty()) {
      auto& last = proof.differences.back();
      if (last.end == hour && last.there == shown(there) && last.here == shown(here)) {
        last.end += hours(1);
        continue;
      }
    }
    if (proof.differences.size() < kMostDifferences) {
      proof.differences.push_back({hour, hour + hours(1), shown(there), shown(here)});
    }
  }
  return proof;
}

}  // namespace tocsin::oncall
