#include "calendar/recurrence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <span>

#include "base/text.h"
#include "codec/fields.h"

namespace tocsin::calendar {
namespace {

constexpr size_t kLongestRule = 500;
constexpr int kMostCount = 100'000;
constexpr int kMostInterval = 1000;
constexpr size_t kMostValues = 60;     // of one part
constexpr size_t kMostTimesADay = 96;  // each quarter of an hour
const CivilDay kEndOfCalendar(3000, 1, 1);

constexpr std::array<std::string_view, 4> kFrequencies = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
constexpr std::array<std::string_view, 7> kDays = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct NumberPart {
  std::string_view name;
  int least, most;
  bool may_be_negative;  // counted from the end; then 0 is none
};
constexpr std::array kNumberParts = {
    NumberPart{"BYMONTH", 1, 12, false},   NumberPart{"BYWEEKNO", 1, 53, true},
    NumberPart{"BYYEARDAY", 1, 366, true}, NumberPart{"BYMONTHDAY", 1, 31, true},
    NumberPart{"BYHOUR", 0, 23, false},    NumberPart{"BYMINUTE", 0, 59, false},
    NumberPart{"BYSETPOS", 1, 366, true}};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> wrong(std::string_view part, std::string_view value, std::string_view fix) {
  return fail(Code::kInvalidArgument,
              fmt::format("rule: {}={} is wrong; {}", part, codec::shown(value), fix));
}

Result<int> whole_number(std::string_view part, std::string_view text, int least, int most) {
  const auto value = number(text);
  if (value && *value >= least && *value <= most) return *value;
  return wrong(part, text, fmt::format("use a number from {} to {}", least, most));
}

Result<> check_numbers(const NumberPart& part, std::string_view text) {
  const auto values = split(text, ',');
  if (values.size() > kMostValues) {
    return wrong(part.name, text, fmt::format("use at most {} numbers", kMostValues));
  }
  for (const std::string_view one : values) {
    const auto value = number(one);
    const bool is_from_end = value && part.may_be_negative && *value < 0;
    if (!value || *value > part.most || *value < (is_from_end ? -part.most : part.least)) {
      return wrong(part.name, one,
                   fmt::format("use {} to {}{}", part.least, part.most,
                               part.may_be_negative ? ", or with - from the end" : ""));
    }
  }
  return {};
}

// [+-n]DD, comma, ...
Result<> check_days(std::string_view text, bool may_count) {
  const auto values = split(text, ',');
  if (values.size() > kMostValues) {
    return wrong("BYDAY", text, fmt::format("use at most {} days", kMostValues));
  }
  for (const std::string_view one : values) {
    const std::string_view day = one.size() < 2 ? one : one.substr(one.size() - 2);
    if (!is_one_of(kDays, day)) {
      return wrong("BYDAY", one, "use days such as MO,TU or 1MO, -1FR");
    }
    if (one.size() == 2) continue;
    const auto count = number(one.substr(0, one.size() - 2));
    if (!count || *count == 0 || *count > 53 || *count < -53) {
      return wrong("BYDAY", one, "the number in front is 1 to 53, or with - from the end");
    }
    if (!may_count) {
      return wrong("BYDAY", one,
                   "a number in front needs FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO");
    }
  }
  return {};
}

// The digits of "20261231T235959"; nothing for another shape or a date that no calendar has.
std::optional<CivilSecond> compact_civil(std::string_view text) {
  const bool has_clock = text.size() == 15;
  if (text.size() != 8 && !(has_clock && text[8] == 'T')) return std::nullopt;
  const auto two = [&](size_t at) { return text.substr(at, 2); };
  std::string spelled = fmt::format("{}-{}-{}", text.substr(0, 4), two(4), two(6));
  if (has_clock) spelled += fmt::format(" {}:{}:{}", two(9), two(11), two(13));
  const auto civil = parse_civil(spelled);
  return civil ? std::optional(*civil) : std::nullopt;
}

int days_in(const CivilDay& begin, const CivilDay& end) { return static_cast<int>(end - begin); }

// Counted from 1, or from the end as -1, -2, ...
bool is_place(const std::vector<int>& wanted, int place, int length) {
  return std::ranges::any_of(wanted,
                             [&](int one) { return one == place || one == place - length - 1; });
}

int weekday_of(const CivilDay& day) { return static_cast<int>(cctz::get_weekday(day)); }

}  // namespace

// The parts of a rule by their names, checked one by one.
struct Recurrence::Parser {
  std::map<std::string, std::string, std::less<>> parts;

  bool has(std::string_view part) const { return parts.contains(part); }
  std::string get(std::string_view part) const {
    const auto found = parts.find(part);
    return found == parts.end() ? "" : found->second;
  }

  Result<> read(std::string_view rule) {
    for (const std::string_view text : split(rule, ';')) {
      const size_t equals = text.find('=');
      if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
        return invalid(
            fmt::format("rule: '{}' is no part of a rule; write it as "
                        "FREQ=WEEKLY;BYDAY=SA,SU",
                        codec::shown(text)));
      }
      RETURN_IF_ERROR(check_name(text.substr(0, equals)));
      const bool is_new = parts.emplace(text.substr(0, equals), text.substr(equals + 1)).second;
      if (!is_new) {
        return invalid(fmt::format("rule: {} stands there twice", text.substr(0, equals)));
      }
    }
    return {};
  }

  static Result<> check_name(std::string_view name) {
    static const std::vector<std::string> known = {
        "FREQ",      "INTERVAL",   "COUNT", "UNTIL",  "WKST",     "BYMONTH", "BYWEEKNO",
        "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS"};
    if (std::ranges::find(known, name) != known.end()) return {};
    if (name == "BYSECOND" || name == "RSCALE" || name == "SKIP") {
      return invalid(fmt::format("rule: {} is not supported; leave it out", name));
    }
    return invalid(fmt::format("rule: part '{}' is not known{}", codec::shown(name),
                               codec::did_you_mean(name, known)));
  }

  Result<> check() const {
    const std::string frequency = get("FREQ");
    if (frequency.empty()) {
      return invalid("rule: FREQ is missing; begin with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY");
    }
    if (!is_one_of(kFrequencies, frequency)) {
      return wrong("FREQ", frequency, "use DAILY, WEEKLY, MONTHLY or YEARLY");
    }
    if (has("WKST") && !is_one_of(kDays, get("WKST"))) {
      return wrong("WKST", get("WKST"), "use a day such as MO");
    }
    for (const NumberPart& part : kNumberParts) {
      if (has(part.name)) RETURN_IF_ERROR(check_numbers(part, get(part.name)));
    }
    const bool may_count = frequency == "MONTHLY" || (frequency == "YEARLY" && !has("BYWEEKNO"));
    if (has("BYDAY")) RETURN_IF_ERROR(check_days(get("BYDAY"), may_count));
    return check_together(frequency);
  }

  // RFC 5545, 3.3.10: what may not stand beside what.
  Result<> check_together(const std::string& frequency) const {
    for (const char* part : {"BYWEEKNO", "BYYEARDAY"}) {
      if (has(part) && frequency != "YEARLY") {
        return invalid(fmt::format("rule: {} needs FREQ=YEARLY", part));
      }
    }
    if (has("BYWEEKNO") && !has("BYDAY")) {
      return invalid("rule: BYWEEKNO needs BYDAY, which says the days of those weeks");
    }
    if (has("BYMONTHDAY") && frequency == "WEEKLY") {
      return invalid("rule: BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY");
    }
    const bool picks = std::ranges::any_of(parts, [](const auto& part) {
      return part.first.starts_with("BY") && part.first != "BYSETPOS";
    });
    if (has("BYSETPOS") && !picks) {
      return invalid("rule: BYSETPOS needs another part to choose from, such as BYDAY");
    }
    if (has("COUNT") && has("UNTIL")) {
      return invalid("rule: COUNT and UNTIL exclude each other; leave one out");
    }
    return {};
  }

  std::vector<int> numbers(std::string_view part) const {
    std::vector<int> out;
    if (!has(part)) return out;
    const std::string text = get(part);
    for (const std::string_view one : split(text, ',')) out.push_back(*number(one));
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
  }

  static int place(std::span<const std::string_view> words, std::string_view word) {
    return static_cast<int>(std::ranges::find(words, word) - words.begin());
  }

  Result<> read_days(Recurrence& out) const {
    out.unit_ = static_cast<Unit>(place(kFrequencies, get("FREQ")));
    if (has("WKST")) out.week_start_ = place(kDays, get("WKST"));
    if (has("INTERVAL")) {
      ASSIGN_OR_RETURN(out.interval_, whole_number("INTERVAL", get("INTERVAL"), 1, kMostInterval));
    }
    out.months_ = numbers("BYMONTH");
    out.weeks_ = numbers("BYWEEKNO");
    out.year_days_ = numbers("BYYEARDAY");
    out.month_days_ = numbers("BYMONTHDAY");
    out.hours_ = numbers("BYHOUR");
    out.minutes_ = numbers("BYMINUTE");
    out.positions_ = numbers("BYSETPOS");
    if (out.hours_.size() * out.minutes_.size() > kMostTimesADay) {
      return invalid(fmt::format(
          "rule: BYHOUR and BYMINUTE make more than {} times a day; use fewer", kMostTimesADay));
    }
    if (!has("BYDAY")) return {};
    const std::string text = get("BYDAY");
    for (const std::string_view one : split(text, ',')) {
      const size_t digits = one.size() - 2;
      out.weekdays_.push_back(
          {digits == 0 ? 0 : *number(one.substr(0, digits)), place(kDays, one.substr(digits))});
    }
    return {};
  }

  Result<> read_end(Recurrence& out) const {
    if (has("COUNT")) {
      ASSIGN_OR_RETURN(const int count, whole_number("COUNT", get("COUNT"), 1, kMostCount));
      out.count_ = static_cast<size_t>(count);
    }
    if (!has("UNTIL")) return {};
    std::string text = get("UNTIL");
    const bool is_utc = text.size() == 16 && text.ends_with('Z');
    if (is_utc) text.pop_back();
    const auto civil = compact_civil(text);
    if (!civil) {
      return wrong("UNTIL", get("UNTIL"), "write it as 20261231T120000Z, or 20261231 for a day");
    }
    if (is_utc) {
      out.until_time_ = Zone().to_time(*civil);
    } else {
      out.until_civil_ = text.size() == 8 ? CivilSecond(CivilDay(*civil) + 1) - 1 : *civil;
    }
    return {};
  }
};

Result<Recurrence> Recurrence::parse(std::string_view rule, const CivilSecond& start, Zone zone,
                                     std::vector<CivilSecond> exceptions) {
  if (rule.size() > kLongestRule) {
    return invalid(fmt::format("rule: longer than {} bytes; shorten it", kLongestRule));
  }
  if (exceptions.size() > kMostExceptions) {
    return invalid(
        fmt::format("more than {} dates are left out; end the rule with UNTIL and make "
                    "a new one",
                    kMostExceptions));
  }
  Recurrence out;
  for (const char c : trim(rule)) {
    out.rule_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (out.rule_.starts_with("RRULE:")) out.rule_.erase(0, 6);
  Parser parser;
  RETURN_IF_ERROR(parser.read(out.rule_));
  RETURN_IF_ERROR(parser.check());
  out.start_ = start;
  out.zone_ = std::move(zone);
  RETURN_IF_ERROR(parser.read_days(out));
  RETURN_IF_ERROR(parser.read_end(out));
  out.set_defaults();
  std::ranges::sort(exceptions);
  out.exceptions_ = std::move(exceptions);
  if (!out.first_from(Time::min())) {
    return invalid(fmt::format("rule: no date from {} on fits '{}'; look at its parts and its end",
                               to_text(out.start_), out.rule_));
  }
  return out;
}

// What the rule leaves open is as the start has it.
void Recurrence::set_defaults() {
  if (hours_.empty()) hours_ = {start_.hour()};
  if (minutes_.empty()) minutes_ = {start_.minute()};
  if (!weeks_.empty() || !year_days_.empty() || !month_days_.empty() || !weekdays_.empty()) return;
  if (unit_ == Unit::kWeek) weekdays_ = {{0, weekday_of(CivilDay(start_))}};
  if (unit_ == Unit::kMonth || unit_ == Unit::kYear) month_days_ = {start_.day()};
  if (unit_ == Unit::kYear && months_.empty()) months_ = {start_.month()};
}

// --- days

CivilDay Recurrence::week_of(const CivilDay& day) const {
  return day - (weekday_of(day) - week_start_ + 7) % 7;
}

bool Recurrence::fits(const CivilDay& day) const {
  if (!months_.empty() && std::ranges::find(months_, day.month()) == months_.end()) return false;
  const cctz::civil_month month(day);
  if (!month_days_.empty() &&
      !is_place(month_days_, day.day(), days_in(CivilDay(month), CivilDay(month + 1)))) {
    return false;
  }
  const cctz::civil_year year(day);
  if (!year_days_.empty() && !is_place(year_days_, days_in(CivilDay(year), day) + 1,
                                       days_in(CivilDay(year), CivilDay(year + 1)))) {
    return false;
  }
  return (weeks_.empty() || fits_week(day)) && (weekdays_.empty() || fits_weekday(day));
}

bool Recurrence::fits_weekday(const CivilDay& day) const {
  // Within the month, or within the year where no month is named.
  const bool in_year = unit_ == Unit::kYear && months_.empty();
  const cctz::civil_month month(day);
  const cctz::civil_year year(day);
  const CivilDay begin = in_year ? CivilDay(year) : CivilDay(month);
  const CivilDay end = in_year ? CivilDay(year + 1) : CivilDay(month + 1);
  return std::ranges::any_of(weekdays_, [&](const Weekday& wanted) {
    if (wanted.day != weekday_of(day)) return false;
    if (wanted.ordinal == 0) return true;
    const int place =
        wanted.ordinal > 0 ? days_in(begin, day) / 7 + 1 : -((days_in(day, end) - 1) / 7 + 1);
    return place == wanted.ordinal;
  });
}

// Week 1 is the first one that has at least four days in the year (RFC 5545, BYWEEKNO).
bool Recurrence::fits_week(const CivilDay& day) const {
  const auto first_week = [&](cctz::civil_year year) {
    return week_of(CivilDay(year) + 3);  // the week with January 4
  };
  const CivilDay week = week_of(day);
  const cctz::civil_year year(week + 3);  // the one that has most of it
  const int place = days_in(first_week(year), week) / 7 + 1;
  return is_place(weeks_, place, days_in(first_week(year), first_week(year + 1)) / 7);
}

// --- periods

std::pair<CivilDay, CivilDay> Recurrence::period(int64_t n) const {
  const CivilDay first(start_);
  n *= interval_;
  switch (unit_) {
    case Unit::kDay: return {first + n, first + n + 1};
    case Unit::kWeek: return {week_of(first) + 7 * n, week_of(first) + 7 * n + 7};
    case Unit::kMonth: {
      const cctz::civil_month month = cctz::civil_month(first) + n;
      return {CivilDay(month), CivilDay(month + 1)};
    }
    case Unit::kYear: {
      const cctz::civil_year year = cctz::civil_year(first) + n;
      return {CivilDay(year), CivilDay(year + 1)};
    }
  }
  bug("unknown unit of a recurrence");
}

int64_t Recurrence::period_before(const CivilDay& day) const {
  const CivilDay first(start_);
  int64_t units = 0;
  switch (unit_) {
    case Unit::kDay: units = day - first; break;
    case Unit::kWeek: units = (day - week_of(first)) / 7; break;
    case Unit::kMonth: units = cctz::civil_month(day) - cctz::civil_month(first); break;
    case Unit::kYear: units = cctz::civil_year(day) - cctz::civil_year(first); break;
  }
  return std::max<int64_t>(units / interval_ - 1, 0);
}

std::vector<CivilSecond> Recurrence::occurrences_in(int64_t n) const {
  std::vector<CivilSecond> all;
  const auto [begin, end] = period(n);
  for (CivilDay day = begin; day < end; ++day) {
    if (!fits(day)) continue;
    for (const int hour : hours_) {
      for (const int minute : minutes_) {
        all.emplace_back(day.year(), day.month(), day.day(), hour, minute, start_.second());
      }
    }
  }
  if (!positions_.empty()) {
    std::vector<CivilSecond> chosen;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto place = static_cast<int>(i) + 1;
      if (is_place(positions_, place, static_cast<int>(all.size()))) chosen.push_back(all[i]);
    }
    all = std::move(chosen);
  }
  std::erase_if(all, [this](const CivilSecond& at) { return at < start_; });
  return all;
}

bool Recurrence::is_over(const Occurrence& occurrence) const {
  return (until_civil_ && occurrence.civil > *until_civil_) ||
         (until_time_ && occurrence.time > *until_time_);
}

std::vector<Recurrence::Occurrence> Recurrence::next(Time from, size_t limit) const {
  std::vector<Occurrence> found;
  limit = std::min(limit, kMostAtOnce);
  if (limit == 0) return found;
  // With COUNT it has to be counted from the start.
  const bool may_jump = !count_ && from > zone_.to_time(start_);
  int64_t n = may_jump ? period_before(CivilDay(zone_.to_civil(from))) : 0;
  std::optional<Time> last;
  size_t counted = 0;
  for (; period(n).first < kEndOfCalendar; ++n) {
    for (const CivilSecond& civil : occurrences_in(n)) {
      const Occurrence occurrence{civil, zone_.to_time(civil)};
      if (is_over(occurrence) || (count_ && counted == *count_)) return found;
      ++counted;
      if (std::ranges::binary_search(exceptions_, civil)) continue;
      if (std::exchange(last, occurrence.time) == occurrence.time) continue;  // both were skipped
      if (occurrence.time < from) continue;
      found.push_back(occurrence);
      if (found.size() == limit) return found;
    }
  }
  return found;
}

std::optional<Recurrence::Occurrence> Recurrence::first_from(Time from) const {
  const auto found = next(from, 1);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace tocsin::calendar
