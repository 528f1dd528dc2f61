#include "oncall/import_layers.h"

#include <bitset>

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;

constexpr int kMinutesOfWeek = 7 * WeeklyHours::kMinutesOfDay;
using Week = std::bitset<kMinutesOfWeek>;

Week week_of(const WeeklyHours& hours) {
  Week week;
  for (const WeeklyHours::Piece& piece : hours.pieces()) {
    const int length = piece.until > piece.from
                           ? piece.until - piece.from
                           : piece.until - piece.from + WeeklyHours::kMinutesOfDay;
    for (size_t day = 0; day < piece.days.size(); ++day) {
      if (!piece.days[day]) continue;
      const int begin = static_cast<int>(day) * WeeklyHours::kMinutesOfDay + piece.from;
      for (int minute = begin; minute < begin + length; ++minute) {
        week.set(static_cast<size_t>(minute % kMinutesOfWeek));
      }
    }
  }
  return week;
}

struct Piece {
  SourceLayer layer;
  std::string zone;
  Week week;
};

// On clocks that differ anything may meet.
bool meet(const Piece& a, const Piece& b) { return a.zone != b.zone || (a.week & b.week).any(); }

bool any_meet(const std::vector<Piece>& pieces) {
  for (size_t i = 0; i < pieces.size(); ++i) {
    for (size_t k = i + 1; k < pieces.size(); ++k) {
      if (meet(pieces[i], pieces[k])) return true;
    }
  }
  return false;
}

void add_level(std::vector<Piece> pieces, std::vector<SourceLayer>& out) {
  const auto add = [&](const Piece& piece, bool joins) {
    out.push_back(piece.layer);
    out.back().joins = joins;
  };
  if (!any_meet(pieces)) {
    for (const Piece& piece : pieces) add(piece, false);
    return;
  }
  // One that always has somebody wins over all below, and the others need only join it.
  std::ranges::stable_partition(pieces, [](const Piece& piece) { return piece.week.all(); });
  if (!out.empty() && !pieces.front().week.all()) {
    for (size_t i = pieces.size() - 1; i > 0; --i) add(pieces[i], false);
  }
  for (size_t i = 0; i < pieces.size(); ++i) add(pieces[i], i > 0);
}

}  // namespace

std::vector<SourceLayer> stacked(std::vector<LeveledLayer> layers,
                                 const std::string& schedule_zone) {
  std::map<int64_t, std::vector<Piece>> levels;
  for (LeveledLayer& one : layers) {
    const std::string zone = one.layer.zone.empty() ? schedule_zone : one.layer.zone;
    const Week week = week_of(one.layer.hours);
    levels[one.level].push_back({std::move(one.layer), zone, week});
  }
  std::vector<SourceLayer> out;
  for (auto& [level, pieces] : levels) add_level(std::move(pieces), out);
  return out;
}

}  // namespace tocsin::oncall
