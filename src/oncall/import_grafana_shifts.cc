#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "calendar/zone.h"
#include "oncall/import_grafana.h"
#include "oncall/import_layers.h"
#include "oncall/import_reading.h"

// Shifts and schedules of Grafana OnCall, as its public API v1 gives them
// (https://grafana.com/docs/oncall/latest/oncall-api-reference/on_call_shifts/). What they mean is
// in grafana/oncall, engine/apps/schedules/models/custom_on_call_shift.py: each group of
// `rolling_users` is an event of iCalendar that begins one turn after the group before it and comes
// again every `interval` times the number of groups. So within one turn there is one event, or with
// `by_day` one on each of the days; its `start` is a time on the wall of the shift's zone.
namespace tocsin::oncall {
namespace {

using calendar::CivilSecond;
using calendar::WeeklyHours;
using codec::Node;

constexpr int64_t kDay = 86'400, kWeek = 7 * kDay;
constexpr int64_t kShortestMonth = 28 * kDay;
constexpr std::array<std::string_view, 7> kDays = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

int day_of(std::string_view name) {  // Monday 0; -1: none
  const auto* found = std::ranges::find(kDays, name);
  return found == kDays.end() ? -1 : static_cast<int>(found - kDays.begin());
}

int weekday(const CivilSecond& civil) {
  return static_cast<int>(cctz::get_weekday(calendar::CivilDay(civil)));
}

int minute_of_day(const CivilSecond& civil) { return civil.hour() * 60 + civil.minute(); }

// One shift that comes again. read() makes a layer of it or says why it cannot.
class RecurringShift {
 public:
  RecurringShift(const Node& node, const CivilSecond& start, std::vector<std::string>& notes)
      : node_(node), start_(start), notes_(notes), name_(text_at(node, "name")) {}

  std::optional<SourceLayer> read() {
    layer_.name = name_;
    read_people();
    if (layer_.people.empty()) return refuse("nobody takes part in it");
    frequency_ = text_at(node_, "frequency");
    interval_ = integer_at(node_, "interval").value_or(1);
    length_ = integer_at(node_, "duration").value_or(0);
    if (interval_ < 1 || interval_ > 1000 || length_ < 60) {
      return refuse("its interval or duration could not be read");
    }
    if (!items_at(node_, "by_month").empty() || !items_at(node_, "by_monthday").empty()) {
      return refuse("only some months or days of the month are covered");
    }
    if (!read_days()) return refuse("its by_day could not be read");
    layer_.hand_off = start_;
    if (frequency_ == "hourly") return hourly();
    if (frequency_ == "daily") return is_by_day_ ? daily_by_day() : daily();
    if (frequency_ == "weekly") return is_by_day_ ? weekly_by_day() : weekly();
    if (frequency_ == "monthly") return monthly();
    return refuse(fmt::format("its frequency '{}' is not known", frequency_));
  }

 private:
  std::optional<SourceLayer> refuse(std::string_view why) {
    notes_.push_back(fmt::format("shift '{}' was left out: {}", name_, why));
    return std::nullopt;
  }

  void read_people() {
    if (text_at(node_, "type") == "recurrent_event") {
      add_turn(items_at(node_, "users"));
      return;
    }
    for (const Node* group : items_at(node_, "rolling_users")) {
      std::vector<const Node*> users;
      for (const Node& user : group->items) users.push_back(&user);
      add_turn(users);
    }
    const int64_t first = integer_at(node_, "start_rotation_from_user_index").value_or(0);
    if (first > 0 && first < static_cast<int64_t>(layer_.people.size())) {
      std::ranges::rotate(layer_.people, layer_.people.begin() + first);
    }
  }
  void add_turn(const std::vector<const Node*>& users) {
    std::vector<std::string> ids;
    for (const Node* user : users) {
      if (!user->scalar.empty()) ids.push_back(user->scalar);
    }
    if (!ids.empty()) layer_.people.push_back(std::move(ids));
  }

  bool read_days() {
    for (const Node* item : items_at(node_, "by_day")) {
      const int day = day_of(item->scalar);
      if (day < 0) return false;
      days_[static_cast<size_t>(day)] = true;
      is_by_day_ = true;
    }
    const int week_start = day_of(text_at(node_, "week_start"));
    week_start_ = week_start < 0 ? 6 : week_start;  // "Default: SU"
    return true;
  }

  // Where a turn is longer than the time to the next one, two groups are on call there for a while.
  void cut_to(int64_t turn) {
    if (length_ <= turn) return;
    length_ = turn;
    if (layer_.people.size() == 1) return;  // the same people, so nothing changes
    notes_.push_back(
        fmt::format("shifts of '{}' overlap there; here each ends where the next begins", name_));
  }

  // The event of each turn that is shorter than the turn can be told as hours of the week only
  // where a turn is a day or a week.
  std::optional<SourceLayer> partly() {
    return refuse("it covers a part of each turn, and turns are neither a day nor a week");
  }

  void put_hours(const std::array<bool, 7>& days) {
    std::vector<WeeklyHours::Piece> pieces;
    for (size_t day = 0; day < days.size(); ++day) {
      if (!days[day]) continue;
      add_hours(pieces, static_cast<int>(day), minute_of_day(start_),
                static_cast<int>(length_ / 60));
    }
    layer_.hours = WeeklyHours(std::move(pieces));
    const bool is_always = std::ranges::all_of(days, [](bool day) { return day; });
    if (is_always && length_ >= kDay) layer_.hours = WeeklyHours::always();
  }

  std::optional<SourceLayer> hourly() {
    layer_.turn = hours(interval_);
    cut_to(interval_ * 3600);
    if (length_ < interval_ * 3600) return partly();
    if (is_by_day_) {
      WeeklyHours::Piece piece;
      piece.days = days_;
      layer_.hours = WeeklyHours({piece});
    }
    return std::move(layer_);
  }

  std::optional<SourceLayer> daily() {
    layer_.turn = days(interval_);
    cut_to(interval_ * kDay);
    if (length_ == interval_ * kDay) return std::move(layer_);
    if (interval_ > 1) return partly();
    put_hours({true, true, true, true, true, true, true});
    return std::move(layer_);
  }

  // Groups take `interval` of the selected days one behind the other.
  std::optional<SourceLayer> daily_by_day() {
    cut_to(kDay);
    put_hours(days_);
    move_to_selected_day();
    std::string names;
    for (size_t day = 0; day < days_.size(); ++day) {
      if (days_[day]) names += fmt::format("{}{}", names.empty() ? "" : ",", kDays[day]);
    }
    layer_.rule = "FREQ=WEEKLY;BYDAY=" + names;
    constexpr size_t kMostTurns = 200;  // of a layer
    if (layer_.people.size() * static_cast<size_t>(interval_) > kMostTurns) {
      return refuse("it has too many turns");
    }
    std::vector<std::vector<std::string>> each;
    for (const auto& turn : layer_.people) {
      for (int64_t i = 0; i < interval_; ++i) each.push_back(turn);
    }
    layer_.people = std::move(each);
    return std::move(layer_);
  }

  std::optional<SourceLayer> weekly() {
    layer_.turn = days(7) * interval_;
    cut_to(interval_ * kWeek);
    if (length_ == interval_ * kWeek) return std::move(layer_);
    if (interval_ > 1) return partly();
    std::array<bool, 7> day{};
    day[static_cast<size_t>(weekday(start_))] = true;
    put_hours(day);
    return std::move(layer_);
  }

  std::optional<SourceLayer> weekly_by_day() {
    if (interval_ > 1) return partly();
    move_to_selected_day();
    const int first = first_day();
    // Behind the last of the days, the next group begins at the first of the next week.
    int last = first;
    for (int i = 0; i < 7; ++i) {
      const int day = (week_start_ + i) % 7;
      if (days_[static_cast<size_t>(day)]) last = day;
    }
    const int64_t between = (7 - (last - first + 7) % 7) * kDay;
    cut_to(layer_.people.size() > 1 ? between : kWeek);
    put_hours(days_);
    layer_.turn = days(7);
    const int64_t since_first = (weekday(start_) - first + 7) % 7;
    layer_.hand_off = start_ - since_first * kDay;
    return std::move(layer_);
  }

  std::optional<SourceLayer> monthly() {
    if (is_by_day_ || length_ < interval_ * kShortestMonth) return partly();
    layer_.months = static_cast<int>(interval_);
    notes_.push_back(fmt::format(
        "shifts of '{}' have the same length in each month; here each ends where the next begins",
        name_));
    return std::move(layer_);
  }

  // The first of the selected days in a week that begins at week_start.
  int first_day() const {
    for (int i = 0; i < 7; ++i) {
      const int day = (week_start_ + i) % 7;
      if (days_[static_cast<size_t>(day)]) return day;
    }
    return week_start_;
  }

  // A start on another day counts from the first selected day of the week behind it.
  void move_to_selected_day() {
    if (days_[static_cast<size_t>(weekday(start_))]) return;
    start_ += ((first_day() - weekday(start_) + 7) % 7) * kDay;
    layer_.hand_off = start_;
  }

  const Node& node_;
  CivilSecond start_;
  std::vector<std::string>& notes_;
  std::string name_, frequency_;
  int64_t interval_ = 1, length_ = 0;  // the latter in seconds
  std::array<bool, 7> days_{};
  bool is_by_day_ = false;
  int week_start_ = 6;
  SourceLayer layer_;
};

// Reads the shifts of one schedule.
class ScheduleReader {
 public:
  ScheduleReader(const GrafanaShifts& known, bool is_web, Time now, SourceSchedule& schedule)
      : known_(known), is_web_(is_web), now_(now), schedule_(schedule) {}

  std::vector<SourceLayer> layers(const std::vector<const Node*>& ids) {
    for (const Node* id : ids) {
      const auto found = known_.shifts.find(id->scalar);
      if (found == known_.shifts.end()) {
        schedule_.notes.push_back(fmt::format("shift {} is not in the export", id->scalar));
      } else {
        read_shift(*found->second);
      }
    }
    return stacked(std::move(layers_), schedule_.zone);
  }

 private:
  void read_shift(const Node& node) {
    const std::string name = text_at(node, "name");
    const auto start = calendar::parse_civil(text_at(node, "start"));
    // Shifts that were made on the web page are in UTC unless they say otherwise
    // (OnCallScheduleWeb asks them for their calendar without a zone).
    std::string zone_name = text_at(node, "time_zone");
    if (zone_name.empty()) zone_name = is_web_ ? "UTC" : schedule_.zone;
    const auto zone = calendar::Zone::find(zone_name);
    if (!start || !zone) {
      schedule_.notes.push_back(
          fmt::format("shift '{}' was left out: its start or zone could not be read", name));
      return;
    }
    const std::string type = text_at(node, "type");
    if (type == "single_event" || type == "override") {
      note_single(node, *zone, *start);
      return;
    }
    if (type != "rolling_users" && type != "recurrent_event") {
      schedule_.notes.push_back(
          fmt::format("shift '{}' was left out: its type '{}' is not known", name, type));
      return;
    }
    const std::string what = fmt::format("shift '{}'", name);
    const std::string until = text_at(node, "until");
    if (!until.empty() && is_over(until + "Z", now_, what, schedule_.notes)) return;
    auto layer = RecurringShift(node, *start, schedule_.notes).read();
    if (!layer) return;
    const auto begins = calendar::parse_civil(text_at(node, "rotation_start"));
    if (begins && zone->to_time(*begins) > now_) {
      schedule_.notes.push_back(fmt::format("{} begins there at {}; here it is in force at once",
                                            what, to_rfc3339(zone->to_time(*begins))));
    }
    layer->zone = zone_name;
    layers_.push_back({integer_at(node, "level").value_or(0), *std::move(layer)});
  }

  void note_single(const Node& node, const calendar::Zone& zone, const CivilSecond& start) {
    const int64_t length =
        std::clamp<int64_t>(integer_at(node, "duration").value_or(0), 0, 366 * kDay);
    const Time begin = zone.to_time(start), end = zone.to_time(start + length);
    if (end <= now_) return;
    std::vector<std::string> names;
    for (const Node* user : items_at(node, "users")) {
      const auto name = known_.names.find(user->scalar);
      names.push_back(name == known_.names.end() ? user->scalar : name->second);
    }
    if (names.empty()) names.emplace_back("people whom the API does not name");
    schedule_.notes.push_back(
        fmt::format("{} of {} from {} to {}: enter it with `tocsin schedule override`",
                    text_at(node, "type") == "override" ? "override" : "single shift",
                    fmt::join(names, ", "), to_rfc3339(begin), to_rfc3339(end)));
  }

  const GrafanaShifts& known_;
  bool is_web_;
  Time now_;
  SourceSchedule& schedule_;
  std::vector<LeveledLayer> layers_;
};

}  // namespace

SourceSchedule read_grafana_schedule(const Node& node, const GrafanaShifts& known, Time now) {
  SourceSchedule schedule;
  schedule.id = text_at(node, "id");
  schedule.name = text_at(node, "name");
  schedule.team = text_at(node, "team_id");
  schedule.zone = text_at(node, "time_zone");
  if (schedule.zone.empty()) schedule.zone = "UTC";
  const std::string type = text_at(node, "type");
  if (type == "ical") {
    schedule.notes.emplace_back(
        "its shifts are events of a calendar elsewhere: write them as layers, or as fixed plans");
    return schedule;
  }
  if (!text_at(node, "ical_url_overrides").empty()) {
    schedule.notes.emplace_back("its calendar of overrides was left out");
  }
  schedule.layers =
      ScheduleReader(known, type == "web", now, schedule).layers(items_at(node, "shifts"));
  return schedule;
}

}  // namespace tocsin::oncall
