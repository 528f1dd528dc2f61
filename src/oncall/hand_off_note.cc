#include "oncall/hand_off_note.h"

#include <fmt/format.h>

#include <algorithm>

#include "notify/mime.h"
#include "oncall/schedule_words.h"
#include "store/logbook.h"

namespace tocsin::oncall {
namespace {

constexpr size_t kNoticeBytes = 1500;

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string section(std::string_view title, const std::vector<std::string>& lines) {
  std::string out = fmt::format("{}:\n", title);
  if (lines.empty()) return out + "- none\n";
  for (const std::string& line : lines) out += fmt::format("- {}\n", line);
  return out;
}

}  // namespace

Result<> check_hand_off_text(std::string_view text) {
  const size_t characters = count_characters(text);
  if (characters <= kLongestHandOffNote) return {};
  return invalid(
      fmt::format("text has {} characters; at most {}, so shorten it or link to the rest",
                  characters, kLongestHandOffNote));
}

bool may_write_note(const Schedule& schedule, const catalog::Catalog& catalog,
                    const catalog::PersonId& person, Time now) {
  if (person.empty()) return false;
  const Turn turn = turn_at(schedule, now);
  if (std::ranges::find(turn.people, person) != turn.people.end()) return true;
  const catalog::Team* team = catalog.team(schedule.team);
  if (team == nullptr) return false;
  const auto steps = [&](const catalog::EscalationStep& step) { return step.person == person; };
  return std::ranges::find(team->members, person) != team->members.end() ||
         std::ranges::any_of(team->escalation, steps);
}

std::string draft_note(const Schedule& schedule, const TurnReport& report) {
  const auto at = [&](Time time) { return moment_words(schedule.zone, time); };
  std::string out = fmt::format("{} from {} to {} ({})\n\n", schedule.name, at(report.turn.begin),
                                at(report.turn.end), schedule.zone.name());
  out += section("Incidents", report.incidents) + "\n";
  out += section("Silences that still hold", report.silences) + "\n";
  out += section("Swaps that nobody has answered", report.swaps) + "\n";
  return out + "What you should know:\n- ";
}

std::string note_in_notice(const HandOffNote& note) {
  std::string text = note.text;
  if (text.size() > kNoticeBytes) {
    text = std::string(notify::utf8_prefix(text, kNoticeBytes)) +
           "...\n(the rest is on the page of the schedule)";
  }
  return fmt::format("{} left you a note:\n{}", store::name_of_actor(note.author), text);
}

}  // namespace tocsin::oncall
