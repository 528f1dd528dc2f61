#include "slo/onset.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "slo/enough.h"

namespace tocsin::slo {
namespace {

using Slot = WindowTable::Slot;

constexpr double kLeastLikelihood = 7;
constexpr Duration kLongestScrape = seconds(60);
// How far before the foot so far its next part is looked for, two pieces at least.
constexpr Duration kLongestCalm = seconds(60);

// A slot with events, and the time that its events speak for: back to the one before.
struct Piece {
  Time start, end;
  Counts counts;
};

std::vector<Piece> pieces_of(std::span<const Slot> slots) {
  std::vector<Piece> pieces;
  for (const Slot& slot : slots) {
    if (slot.counts.total <= 0) continue;
    Time start = slot.start;
    if (!pieces.empty()) start = std::max(pieces.back().end, slot.end - kLongestScrape);
    pieces.push_back({std::min(start, slot.start), slot.end, slot.counts});
  }
  return pieces;
}

double times_log(double count, double ratio) { return count > 0 ? count * std::log(ratio) : 0; }

// Log-likelihood ratio of "its own ratio" against `normal`; 0 unless its own is higher.
double likelihood(const Counts& counts, double normal) {
  const double own = counts.ratio();
  if (own <= normal) return 0;
  return times_log(counts.bad, own / normal) +
         times_log(counts.total - counts.bad, (1 - own) / (1 - normal));
}

std::optional<size_t> likeliest_step(std::span<const Piece> pieces, double normal) {
  std::optional<size_t> best;
  double most = kLeastLikelihood;
  Counts since;
  for (size_t k = pieces.size(); k-- > 0;) {
    since += pieces[k].counts;
    const double value = likelihood(since, normal);
    if (value >= most) {
      most = value;
      best = k;
    }
  }
  return best;
}

// Pieces are judged together with those between them and the foot, not one by one: of the pieces
// before every onset some hold the one failure that is always there, and at little traffic a single
// one is above normal.
size_t foot_of_ramp(std::span<const Piece> pieces, size_t step, double normal) {
  constexpr double kRounding = 1e-6;
  size_t foot = step;
  Counts before;  // of the pieces from k to the foot
  for (size_t k = step; k-- > 0;) {
    const bool is_far = foot - k > 2 && pieces[foot].start - pieces[k].start > kLongestCalm;
    if (is_far) break;
    before += pieces[k].counts;
    if (before.bad <= 0) continue;
    if (poisson_tail(before.bad - kRounding, before.total * normal) > kChance) continue;
    foot = k;
    before = {};
  }
  return foot;
}

Time within_first(std::span<const Piece> pieces, size_t first) {
  const Piece& piece = pieces[first];
  if (first + 1 >= pieces.size()) return piece.start;
  const double after = pieces[first + 1].counts.ratio();
  const double share = after > 0 ? std::min(1.0, piece.counts.ratio() / after) : 1.0;
  return piece.end - from_seconds(to_seconds(piece.end - piece.start) * share);
}

}  // namespace

std::optional<Time> find_onset(std::span<const Slot> slots, double normal) {
  const double floor = std::clamp(normal, 1e-6, 0.5);
  const auto pieces = pieces_of(slots);
  const auto step = likeliest_step(pieces, floor);
  if (!step) return std::nullopt;
  return within_first(pieces, foot_of_ramp(pieces, *step, floor));
}

double normal_ratio(const WindowTable& table, uint32_t column, Duration lookback, double target) {
  const double least = (1 - target) / 5;
  const Time edge = table.now() - lookback;
  const Counts near = table.between(column, edge - 3 * lookback, edge);
  const Counts far = table.between(column, table.now() - days(30), edge);
  if (far.total <= 0) return least;
  const double seen = near.total > 0 ? std::min(near.ratio(), far.ratio()) : far.ratio();
  return std::max(seen, least);
}

}  // namespace tocsin::slo
