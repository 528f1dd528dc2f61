#include "catalog/hours.h"

namespace tocsin::catalog {
namespace {

using calendar::WeeklyHours;
using codec::Fields;

std::array<bool, 7> read_days(Fields& fields) {
  std::vector<std::string> words;
  const codec::Node* value = fields.node().find("days");
  if (value != nullptr && value->kind == codec::Node::Kind::kSequence) {
    words = fields.texts("days");
    if (value->items.empty()) fields.problem("days", "is empty; write at least one day, or daily");
  } else {
    words = {fields.text("days", "daily")};
  }
  std::array<bool, 7> days{};
  for (const std::string& word : words) {
    const auto some = calendar::parse_days(word);
    if (!some) {
      fields.problem("days", "'" + codec::shown(word) + "' " + some.error().message);
      continue;
    }
    for (size_t i = 0; i < days.size(); ++i) days[i] = days[i] || (*some)[i];
  }
  return days;
}

int read_clock(Fields& fields, std::string_view key, const char* fallback) {
  const std::string text = fields.text(key, fallback);
  const auto clock = calendar::parse_clock(text);
  if (!clock) fields.problem(key, "'" + codec::shown(text) + "' " + clock.error().message);
  return clock.value_or(0);
}

}  // namespace

WeeklyHours read_hours(Fields& fields, std::string_view key) {
  std::vector<WeeklyHours::Piece> pieces;
  for (Fields& child : fields.children(key)) {
    WeeklyHours::Piece piece;
    piece.days = read_days(child);
    piece.from = read_clock(child, "from", "00:00");
    piece.until = read_clock(child, "until", "24:00");
    if (piece.from == WeeklyHours::kMinutesOfDay) {
      child.problem("from", "must be before 24:00; the next day begins at 00:00");
    }
    if (piece.until == 0) child.problem("until", "00:00 is written 24:00");
    child.finish();
    pieces.push_back(piece);
  }
  return WeeklyHours(std::move(pieces));
}

calendar::Zone read_zone(Fields& fields, std::string_view key) {
  const std::string name = fields.text(key, "UTC");
  auto zone = calendar::Zone::find(name);
  if (zone) return *std::move(zone);
  fields.problem(key, zone.error().message);
  return {};
}

std::string read_language(codec::Fields& fields) {
  constexpr std::string_view kLanguages[] = {"en", "de"};
  return std::string(kLanguages[fields.choice("language", kLanguages, 0)]);
}

}  // namespace tocsin::catalog
