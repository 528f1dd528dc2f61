#include "gotemplate/time_layout.h"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace tocsin::gotemplate {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

enum class Part {
  kNone,
  kLongMonth,
  kMonth,
  kNumMonth,
  kZeroMonth,
  kLongWeekday,
  kWeekday,
  kDay,
  kUnderDay,
  kZeroDay,
  kUnderYearDay,
  kZeroYearDay,
  kHour,
  kHour12,
  kZeroHour12,
  kMinute,
  kZeroMinute,
  kSecond,
  kZeroSecond,
  kLongYear,
  kYear,
  kPm,
  kLowerPm,
  kZone,
  kOffset,
  kFraction,
};

// One element of a layout with the plain text before it.
struct Chunk {
  std::string_view before;
  Part part = Part::kNone;
  std::string_view text;  // of the element
};

bool is_digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}
bool starts_lower(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

// Longer elements stand before their prefixes.
constexpr std::pair<std::string_view, Part> kElements[] = {
    {"January", Part::kLongMonth},
    {"Jan", Part::kMonth},
    {"Monday", Part::kLongWeekday},
    {"Mon", Part::kWeekday},
    {"MST", Part::kZone},
    {"002", Part::kZeroYearDay},
    {"01", Part::kZeroMonth},
    {"02", Part::kZeroDay},
    {"03", Part::kZeroHour12},
    {"04", Part::kZeroMinute},
    {"05", Part::kZeroSecond},
    {"06", Part::kYear},
    {"15", Part::kHour},
    {"1", Part::kNumMonth},
    {"2006", Part::kLongYear},
    {"2", Part::kDay},
    {"__2", Part::kUnderYearDay},
    {"_2", Part::kUnderDay},
    {"3", Part::kHour12},
    {"4", Part::kMinute},
    {"5", Part::kSecond},
    {"PM", Part::kPm},
    {"pm", Part::kLowerPm},
    {"-07:00:00", Part::kOffset},
    {"-070000", Part::kOffset},
    {"-07:00", Part::kOffset},
    {"-0700", Part::kOffset},
    {"-07", Part::kOffset},
    {"Z07:00:00", Part::kOffset},
    {"Z070000", Part::kOffset},
    {"Z07:00", Part::kOffset},
    {"Z0700", Part::kOffset},
    {"Z07", Part::kOffset},
};

// The length of a fraction such as .000 or ,999 at the start of `text`, 0 if it is none.
size_t fraction_size(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',')) return 0;
  const char digit = text[1];
  if (digit != '0' && digit != '9') return 0;
  size_t end = 1;
  while (end < text.size() && text[end] == digit) ++end;
  return is_digit(text, end) ? 0 : end;
}

// The first element of `layout`, which moves behind it.
Chunk next_chunk(std::string_view& layout) {
  const std::string_view all = layout;
  const auto found = [&](size_t at, Part part, size_t size) {
    layout = all.substr(at + size);
    return Chunk{all.substr(0, at), part, all.substr(at, size)};
  };
  for (size_t at = 0; at < all.size(); ++at) {
    const std::string_view rest = all.substr(at);
    if (const size_t size = fraction_size(rest)) return found(at, Part::kFraction, size);
    // An underscore before a year is itself.
    if (rest.starts_with("_2006")) return found(at + 1, Part::kLongYear, 4);
    for (const auto& [text, part] : kElements) {
      if (!rest.starts_with(text)) continue;
      const bool is_short_name = part == Part::kMonth || part == Part::kWeekday;
      if (is_short_name && starts_lower(rest.substr(3))) continue;  // "Janet"
      return found(at, part, text.size());
    }
  }
  layout = {};
  return {all, Part::kNone, {}};
}

std::string offset_text(seconds offset, std::string_view style) {
  if (style[0] == 'Z' && offset.count() == 0) return "Z";
  const int64_t total = std::abs(offset.count());
  const bool colons = style.find(':') != std::string_view::npos;
  std::string out = fmt::format("{}{:02}", offset.count() < 0 ? '-' : '+', total / 3600);
  if (style.size() > 3) out += fmt::format("{}{:02}", colons ? ":" : "", total / 60 % 60);
  if (style.size() > 6) out += fmt::format("{}{:02}", colons ? ":" : "", total % 60);
  return out;
}

std::string fraction_text(int micros, std::string_view style) {
  std::string digits = fmt::format("{:06}000", micros);
  digits.resize(std::min<size_t>(style.size() - 1, 9));
  if (style[1] == '9') {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return "";
  }
  return style[0] + digits;
}

std::string zone_text(const CivilMoment& civil) {
  if (!civil.abbreviation.empty()) return civil.abbreviation;
  const int64_t total = std::abs(civil.offset.count()) / 60;
  return fmt::format("{}{:02}{:02}", civil.offset.count() < 0 ? '-' : '+', total / 60, total % 60);
}

std::string year_text(int64_t year) {
  return year < 0 ? fmt::format("-{:04}", -year) : fmt::format("{:04}", year);
}

std::string part_text(const CivilMoment& civil, Part part, std::string_view style) {
  const int hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12;
  switch (part) {
    case Part::kNone: return "";
    case Part::kLongMonth: return std::string(month_name(civil.month));
    case Part::kMonth: return std::string(month_name(civil.month).substr(0, 3));
    case Part::kNumMonth: return std::to_string(civil.month);
    case Part::kZeroMonth: return fmt::format("{:02}", civil.month);
    case Part::kLongWeekday: return std::string(weekday_name(civil.weekday));
    case Part::kWeekday: return std::string(weekday_name(civil.weekday).substr(0, 3));
    case Part::kDay: return std::to_string(civil.day);
    case Part::kUnderDay: return fmt::format("{:2}", civil.day);
    case Part::kZeroDay: return fmt::format("{:02}", civil.day);
    case Part::kUnderYearDay: return fmt::format("{:3}", civil.year_day);
    case Part::kZeroYearDay: return fmt::format("{:03}", civil.year_day);
    case Part::kHour: return fmt::format("{:02}", civil.hour);
    case Part::kHour12: return std::to_string(hour12);
    case Part::kZeroHour12: return fmt::format("{:02}", hour12);
    case Part::kMinute: return std::to_string(civil.minute);
    case Part::kZeroMinute: return fmt::format("{:02}", civil.minute);
    case Part::kSecond: return std::to_string(civil.second);
    case Part::kZeroSecond: return fmt::format("{:02}", civil.second);
    case Part::kLongYear: return year_text(civil.year);
    case Part::kYear: return fmt::format("{:02}", std::abs(civil.year) % 100);
    case Part::kPm: return civil.hour >= 12 ? "PM" : "AM";
    case Part::kLowerPm: return civil.hour >= 12 ? "pm" : "am";
    case Part::kZone: return zone_text(civil);
    case Part::kOffset: return offset_text(civil.offset, style);
    case Part::kFraction: return fraction_text(civil.micros, style);
  }
  return "";
}

}  // namespace

std::string_view month_name(int month) { return kMonths[static_cast<size_t>(month + 11) % 12]; }
std::string_view weekday_name(int weekday) { return kWeekdays[static_cast<size_t>(weekday) % 7]; }

CivilMoment civil_of(const Moment& moment) {
  CivilMoment out;
  out.offset = moment.fixed ? *moment.fixed : moment.zone.offset(moment.at);
  out.abbreviation = moment.fixed ? moment.fixed_name : moment.zone.abbreviation(moment.at);
  const int64_t shifted = to_micros(moment.at) + out.offset.count() * 1'000'000;
  int64_t total = shifted / 1'000'000;
  out.micros = static_cast<int>(shifted % 1'000'000);
  if (out.micros < 0) {
    out.micros += 1'000'000;
    --total;
  }
  const calendar::CivilSecond civil = calendar::CivilSecond(1970, 1, 1) + total;
  out.year = civil.year();
  out.month = civil.month();
  out.day = civil.day();
  out.hour = civil.hour();
  out.minute = civil.minute();
  out.second = civil.second();
  const calendar::CivilDay day(civil);
  out.weekday = (static_cast<int>(cctz::get_weekday(day)) + 1) % 7;  // cctz starts on Monday
  out.year_day = cctz::get_yearday(day);
  return out;
}

std::string format_time(const Moment& moment, std::string_view layout) {
  const CivilMoment civil = civil_of(moment);
  std::string out;
  while (!layout.empty()) {
    const Chunk chunk = next_chunk(layout);
    out += chunk.before;
    out += part_text(civil, chunk.part, chunk.text);
  }
  return out;
}

std::string to_text(const Moment& moment) {
  return format_time(moment, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::string duration_text(int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  const bool negative = nanoseconds < 0;
  const uint64_t total =
      negative ? 0 - static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  // `value` in units of `unit` nanoseconds, without zeros at the end of the fraction.
  const auto fraction = [](uint64_t value, uint64_t unit, int digits) {
    std::string out = std::to_string(value / unit);
    std::string part = fmt::format("{:0{}}", value % unit, digits);
    while (!part.empty() && part.back() == '0') part.pop_back();
    return digits == 0 || part.empty() ? out : out + "." + part;
  };
  std::string out = negative ? "-" : "";
  if (total < 1'000) return out + std::to_string(total) + "ns";
  if (total < 1'000'000) return out + fraction(total, 1'000, 3) + "µs";
  if (total < 1'000'000'000) return out + fraction(total, 1'000'000, 6) + "ms";
  const uint64_t minutes = total / 60'000'000'000;
  if (minutes >= 60) out += fmt::format("{}h", minutes / 60);
  if (minutes > 0) out += fmt::format("{}m", minutes % 60);
  return out + fraction(total % 60'000'000'000, 1'000'000'000, 9) + "s";
}

int64_t nanoseconds_between(Time from, Time to) {
  const Wide exact = (static_cast<Wide>(to_micros(to)) - to_micros(from)) * 1000;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  return exact > kMost ? kMost : exact < kLeast ? kLeast : static_cast<int64_t>(exact);
}

namespace {

// Reads a text by a layout, as Go's time.Parse does.
class TimeReader {
 public:
  TimeReader(std::string_view layout, std::string_view text)
      : layout_(layout), whole_layout_(layout), whole_(text), rest_(text) {}

  Result<Moment> run() {
    while (true) {
      const Chunk chunk = next_chunk(layout_);
      if (!skip(chunk.before)) return refuse();
      if (chunk.part == Part::kNone) break;
      if (!read(chunk)) return refuse();
    }
    if (!rest_.empty()) return refuse();
    return assemble();
  }

 private:
  std::unexpected<Error> refuse() const {
    return invalid(fmt::format("'{}' is not a time in the layout '{}'", whole_, whole_layout_));
  }

  // White space in a layout matches any amount of it.
  bool skip(std::string_view plain) {
    const auto cut_space = [](std::string_view& text) {
      while (text.starts_with(' ')) text.remove_prefix(1);
    };
    while (!plain.empty()) {
      if (plain[0] == ' ') {
        if (!rest_.empty() && rest_[0] != ' ') return false;
        cut_space(plain);
        cut_space(rest_);
        continue;
      }
      if (rest_.empty() || rest_[0] != plain[0]) return false;
      plain.remove_prefix(1);
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool digits(size_t least, size_t most, int& number) {
    size_t size = 0;
    number = 0;
    while (size < most && is_digit(rest_, size)) number = number * 10 + (rest_[size++] - '0');
    rest_.remove_prefix(size);
    return size >= least;
  }

  template <size_t N>
  bool name(const std::array<std::string_view, N>& names, size_t size, int& index) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view want = names[i].substr(0, size);
      if (rest_.size() < want.size()) continue;
      bool same = true;
      for (size_t k = 0; k < want.size() && same; ++k) same = (rest_[k] | 0x20) == (want[k] | 0x20);
      if (!same) continue;
      index = static_cast<int>(i);
      rest_.remove_prefix(want.size());
      return true;
    }
    return false;
  }

  bool read(const Chunk& chunk) {
    int ignored = 0;
    switch (chunk.part) {
      case Part::kNone: return true;
      case Part::kLongYear: return digits(4, 4, year_);
      case Part::kYear: {
        if (!digits(2, 2, year_)) return false;
        year_ += year_ >= 69 ? 1900 : 2000;
        return true;
      }
      case Part::kLongMonth:
      case Part::kMonth: {
        if (!name(kMonths, chunk.part == Part::kMonth ? 3 : 9, month_)) return false;
        ++month_;
        return true;
      }
      case Part::kNumMonth: return digits(1, 2, month_) && month_ >= 1 && month_ <= 12;
      case Part::kZeroMonth: return digits(2, 2, month_) && month_ >= 1 && month_ <= 12;
      case Part::kLongWeekday: return name(kWeekdays, 9, ignored);
      case Part::kWeekday: return name(kWeekdays, 3, ignored);
      case Part::kUnderDay:
        if (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return digits(1, 2, day_);
      case Part::kDay: return digits(1, 2, day_);
      case Part::kZeroDay: return digits(2, 2, day_);
      case Part::kUnderYearDay:
        while (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return digits(1, 3, year_day_);
      case Part::kZeroYearDay: return digits(3, 3, year_day_);
      case Part::kHour: return digits(1, 2, hour_) && hour_ < 24;
      case Part::kHour12: return digits(1, 2, hour_) && hour_ <= 12;
      case Part::kZeroHour12: return digits(2, 2, hour_) && hour_ <= 12;
      case Part::kMinute: return digits(1, 2, minute_) && minute_ < 60;
      case Part::kZeroMinute: return digits(2, 2, minute_) && minute_ < 60;
      case Part::kSecond: return digits(1, 2, second_) && second_ < 60 && open_fraction();
      case Part::kZeroSecond: return digits(2, 2, second_) && second_ < 60 && open_fraction();
      case Part::kPm: return half_day("PM", "AM");
      case Part::kLowerPm: return half_day("pm", "am");
      case Part::kZone: return zone();
      case Part::kOffset: return offset(chunk.text);
      case Part::kFraction: return fraction(chunk.text);
    }
    return false;
  }

  bool half_day(std::string_view after, std::string_view before) {
    half_ = rest_.starts_with(after) ? 2 : rest_.starts_with(before) ? 1 : 0;
    if (half_ != 0) rest_.remove_prefix(2);
    return half_ != 0;
  }

  // Seconds may have a fraction that the layout does not mention.
  bool open_fraction() {
    if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || !is_digit(rest_, 1))
      return true;
    std::string_view ahead = layout_;
    if (const Chunk next = next_chunk(ahead); next.part == Part::kFraction && next.before.empty()) {
      return true;
    }
    size_t size = 1;
    while (is_digit(rest_, size)) ++size;
    return take_fraction(size);
  }

  bool fraction(std::string_view style) {
    if (style[1] == '9') {
      // Optional; open_fraction leaves it to this.
      if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || !is_digit(rest_, 1)) {
        return true;
      }
      size_t size = 1;
      while (size < 10 && is_digit(rest_, size)) ++size;
      return take_fraction(size);
    }
    return take_fraction(style.size());
  }

  bool take_fraction(size_t size) {
    if (rest_.size() < size || (rest_[0] != '.' && rest_[0] != ',')) return false;
    micros_ = 0;
    for (size_t i = 1; i <= 6; ++i) {
      if (i < size && !is_digit(rest_, i)) return false;
      micros_ = micros_ * 10 + (i < size ? rest_[i] - '0' : 0);
    }
    for (size_t i = 7; i < size; ++i) {
      if (!is_digit(rest_, i)) return false;
    }
    rest_.remove_prefix(size);
    return true;
  }

  bool offset(std::string_view style) {
    if (style[0] == 'Z' && rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      is_utc_ = true;
      return true;
    }
    if (rest_.empty() || (rest_[0] != '+' && rest_[0] != '-')) return false;
    const int sign = rest_[0] == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    const bool colons = style.find(':') != std::string_view::npos;
    int hours = 0, minutes = 0, secs = 0;
    if (!digits(2, 2, hours) || hours > 24) return false;
    if (style.size() > 3 && (!colon(colons) || !digits(2, 2, minutes) || minutes > 60))
      return false;
    if (style.size() > 6 && (!colon(colons) || !digits(2, 2, secs) || secs > 60)) return false;
    offset_ = seconds(sign * (hours * 3600 + minutes * 60 + secs));
    return true;
  }

  bool colon(bool wanted) {
    if (!wanted) return true;
    if (!rest_.starts_with(':')) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // An abbreviation: three to five capitals, or GMT with hours. What it stands for is not known
  // without a place, so only UTC and GMT+3 move the clock; Go does the same.
  bool zone() {
    size_t size = 0;
    while (size < rest_.size() && rest_[size] >= 'A' && rest_[size] <= 'Z' && size < 6) ++size;
    if (size < 3 || size > 5) return false;
    zone_name_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (zone_name_ == "UTC") {
      is_utc_ = true;
    } else if (zone_name_ == "GMT" && !rest_.empty() && (rest_[0] == '+' || rest_[0] == '-')) {
      const int sign = rest_[0] == '-' ? -1 : 1;
      std::string_view back = rest_;
      rest_.remove_prefix(1);
      int hours = 0;
      if (!digits(1, 2, hours) || hours > 23) return false;
      zone_name_ += back.substr(0, back.size() - rest_.size());
      zone_hours_ = sign * hours;
    }
    return true;
  }

  Result<Moment> assemble() {
    if (half_ == 2 && hour_ < 12) hour_ += 12;
    if (half_ == 1 && hour_ == 12) hour_ = 0;
    calendar::CivilSecond civil;
    if (year_day_ > 0) {
      const calendar::CivilDay day = calendar::CivilDay(year_) + (year_day_ - 1);
      if (day.year() != year_) return refuse();
      if ((month_ > 0 && month_ != day.month()) || (day_ > 0 && day_ != day.day())) return refuse();
      month_ = day.month();
      day_ = day.day();
    }
    const int month = month_ > 0 ? month_ : 1;
    const int day = day_ >= 0 ? day_ : 1;
    civil = calendar::CivilSecond(year_, month, day, hour_, minute_, second_);
    if (civil.day() != day || civil.month() != month) return refuse();
    const int64_t total = civil - calendar::CivilSecond(1970, 1, 1);
    Moment moment{.at = from_micros(total * 1'000'000 + micros_)};
    if (is_utc_) return moment;
    if (offset_) {
      moment.at -= *offset_;
      // The machine's own zone, which is UTC, wins where it agrees.
      if (offset_->count() != 0 || !zone_name_.empty()) {
        moment.fixed = *offset_;
        moment.fixed_name = zone_name_;
      }
    } else if (!zone_name_.empty()) {
      moment.fixed = hours(zone_hours_);
      moment.fixed_name = zone_name_;
      moment.at -= *moment.fixed;
    }
    return moment;
  }

  std::string_view layout_, whole_layout_, whole_, rest_;
  int year_ = 0, month_ = 0, day_ = -1, year_day_ = 0;
  int hour_ = 0, minute_ = 0, second_ = 0, micros_ = 0;
  int half_ = 0;  // 1: before noon, 2: after
  bool is_utc_ = false;
  std::optional<seconds> offset_;
  std::string zone_name_;
  int zone_hours_ = 0;
};

}  // namespace

Result<Moment> parse_time(std::string_view layout, std::string_view text) {
  return TimeReader(layout, text).run();
}

}  // namespace tocsin::gotemplate
