#include "oncall/import_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "catalog/address.h"

namespace tocsin::oncall {

using calendar::WeeklyHours;
using codec::Node;

const Node* at(const Node& node, std::string_view path) {
  const Node* here = &node;
  while (here != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    here = here->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return here;
}

std::string text_at(const Node& node, std::string_view path) {
  const Node* value = at(node, path);
  return value != nullptr && value->kind == Node::Kind::kScalar ? value->scalar : std::string();
}

std::optional<int64_t> integer_at(const Node& node, std::string_view path) {
  const std::string text = text_at(node, path);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<const Node*> items_at(const Node& node, std::string_view path) {
  std::vector<const Node*> items;
  if (const Node* list = at(node, path)) {
    for (const Node& item : list->items) items.push_back(&item);
  }
  return items;
}

Result<std::vector<const Node*>> objects(const ExportFiles& files, std::string_view stem,
                                         std::string_view key) {
  std::vector<const Node*> found;
  const std::string one(key.ends_with("ies") ? std::string(key.substr(0, key.size() - 3)) + "y"
                                             : std::string(key.substr(0, key.size() - 1)));
  for (const auto& [name, node] : files) {
    if (name != stem && !name.starts_with(fmt::format("{}-", stem))) continue;
    const Node* list = &node;
    for (const std::string_view under : {key, std::string_view("data")}) {
      if (const Node* inner = node.find(under)) list = inner;
    }
    if (const Node* single = node.find(one)) list = single;
    if (list->kind == Node::Kind::kMapping && list->find("id") != nullptr) {
      found.push_back(list);
    } else if (list->kind == Node::Kind::kSequence) {
      for (const Node& item : list->items) found.push_back(&item);
    } else {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}.json has no list under '{}'; it must hold the answer of the "
                              "API as it came",
                              name, key));
    }
  }
  return found;
}

std::string phone_number(std::string_view country, std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (c >= '0' && c <= '9') digits += c;
  }
  // The zero that is dialled before a number within its country.
  if (!country.empty() && digits.starts_with('0')) digits.erase(0, 1);
  std::string whole = "+";
  for (const char c : country) {
    if (c >= '0' && c <= '9') whole += c;
  }
  whole += digits;
  return catalog::wrong_with_phone(whole).empty() ? whole : std::string();
}

bool is_over(std::string_view end, Time now, std::string_view what,
             std::vector<std::string>& notes) {
  const auto at = parse_rfc3339(end);
  if (!at) return false;
  if (*at <= now) return true;
  notes.push_back(fmt::format("{} ends there at {}; here it goes on until you remove it", what,
                              to_rfc3339(*at)));
  return false;
}

void add_hours(std::vector<WeeklyHours::Piece>& pieces, int day, int minute, int length) {
  constexpr int kDays = 7;
  while (length > 0) {
    const int today = std::min(length, WeeklyHours::kMinutesOfDay - minute);
    WeeklyHours::Piece piece;
    piece.from = minute;
    piece.until = minute + today;
    // The same hours of another day already stand there: one piece for both.
    const auto same = std::ranges::find_if(pieces, [&](const WeeklyHours::Piece& other) {
      return other.from == piece.from && other.until == piece.until;
    });
    WeeklyHours::Piece& target = same != pieces.end() ? *same : pieces.emplace_back(piece);
    target.days[static_cast<size_t>(day)] = true;
    length -= today;
    minute = 0;
    day = (day + 1) % kDays;
  }
}

SourceTarget take_turns(Source& source, std::string_view step, const std::string& policy,
                        std::vector<std::string> people) {
  SourceTeam team{.id = fmt::format("round robin {}", step),
                  .name = policy + " round robin",
                  .members = std::move(people)};
  team.notes.push_back(
      fmt::format("made for a step of '{}' that rings one after the other", policy));
  source.teams.push_back(team);
  return {SourceTarget::Kind::kRoundRobin, team.id};
}

}  // namespace tocsin::oncall
