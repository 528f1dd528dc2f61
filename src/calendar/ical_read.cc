#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/text.h"
#include "calendar/ical.h"
#include "calendar/recurrence.h"
#include "codec/content_line.h"
#include "codec/fields.h"

namespace tocsin::calendar {
namespace {

using codec::ContentLine;

constexpr int64_t kLongestDays = 3660;
// An event is copied as often as it recurs, so it is kept small.
constexpr size_t kLongestText = 300;
constexpr size_t kMostAttendees = 20;
constexpr size_t kMostZones = 100;

// A DTSTART, DTEND, EXDATE or RECURRENCE-ID.
struct Stamp {
  CivilSecond civil;
  Zone zone;
  bool is_date = false;
  Time time() const { return zone.to_time(civil); }
};

// Days are those of the calendar, the rest is exact.
struct Length {
  int64_t days = 0;
  seconds rest{0};
};

// A VEVENT as it stands there, its properties not looked at yet.
struct Draft {
  int line = 0;
  std::optional<ContentLine> start, end, duration, rule, instance;
  std::vector<ContentLine> exceptions;
  IcalEvent event;  // what is the same each time
  bool is_cancelled = false;
};

// A VEVENT that was understood.
struct Entry {
  Draft draft;
  Stamp start;
  Length length;
  std::optional<Stamp> instance;  // of the recurring event with its UID, whose place it takes
};

// 20260105, 20260105T090000 or the same with Z.
std::optional<CivilSecond> civil_of(std::string_view text) {
  const bool has_clock = text.size() == 15 && text[8] == 'T';
  if (text.size() != 8 && !has_clock) return std::nullopt;
  const auto two = [&](size_t at) { return text.substr(at, 2); };
  std::string spelled = fmt::format("{}-{}-{}", text.substr(0, 4), two(4), two(6));
  if (has_clock) {
    // A leap second is the next minute, as all clocks here have it.
    const bool is_leap = two(13) == "60";
    spelled += fmt::format(" {}:{}:{}", two(9), two(11), is_leap ? "59" : two(13));
    const auto civil = parse_civil(spelled);
    return civil ? std::optional(*civil + (is_leap ? 1 : 0)) : std::nullopt;
  }
  const auto civil = parse_civil(spelled);
  return civil ? std::optional(*civil) : std::nullopt;
}

// P1W, P1D, PT1H30M, P1DT12H; a + in front is allowed, a - is no length.
std::optional<Length> length_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  Length length;
  bool is_time = false, is_any = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !is_time) {
      is_time = true;
      text.remove_prefix(1);
      continue;
    }
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto used = static_cast<size_t>(end - text.data());
    if (error != std::errc() || value < 0 || value > kLongestDays * 86'400 || used == text.size()) {
      return std::nullopt;
    }
    const char unit = text[used];
    text.remove_prefix(used + 1);
    is_any = true;
    if (unit == 'W' && !is_time) {
      length.days += 7 * value;
    } else if (unit == 'D' && !is_time) {
      length.days += value;
    } else if (unit == 'H' && is_time) {
      length.rest += hours(value);
    } else if (unit == 'M' && is_time) {
      length.rest += minutes(value);
    } else if (unit == 'S' && is_time) {
      length.rest += seconds(value);
    } else {
      return std::nullopt;
    }
    if (length.days > kLongestDays || length.rest > std::chrono::days(kLongestDays)) {
      return std::nullopt;
    }
  }
  return is_any ? std::optional(length) : std::nullopt;
}

// At most so many bytes, whole characters.
std::string cut(std::string text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
  return text;
}

class Reader {
 public:
  // Dates before 1970 are none of Zone's.
  Reader(const Zone& home, Time begin, Time end)
      : home_(home), floating_(home), begin_(std::max(begin, Time())), end_(end) {}

  Result<IcalCalendar> read(std::string_view text) {
    if (text.size() > kMostIcalBytes) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the calendar has more than {} MiB; export a part of it",
                              kMostIcalBytes >> 20));
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos) {
      return invalid("the calendar is no UTF-8 text; export it as iCalendar (.ics)");
    }
    RETURN_IF_ERROR(read_lines(text));
    std::vector<Entry> entries;
    for (Draft& draft : drafts_) {
      if (auto entry = understand(std::move(draft))) entries.push_back(*std::move(entry));
    }
    RETURN_IF_ERROR(spread(entries));
    std::ranges::stable_sort(out_.events, {}, &IcalEvent::begin);
    if (more_notes_ > 0) {
      out_.notes.push_back({0, fmt::format("{} more of this kind", more_notes_)});
    }
    return std::move(out_);
  }

 private:
  // --- lines to drafts

  Result<> read_lines(std::string_view text) {
    codec::ContentLines lines(text);
    std::vector<std::string> open;  // components
    bool is_any = false;
    int last = 0;
    while (auto line = lines.next()) {
      last = line->number;
      if (open.empty() &&
          (line->name != "BEGIN" || !equal_ignoring_case(line->value, "VCALENDAR"))) {
        return invalid(fmt::format(
            "line {}: '{}' where BEGIN:VCALENDAR should stand; this is no iCalendar file",
            line->number, codec::shown(line->name.empty() ? "text" : line->name)));
      }
      if (line->name == "BEGIN") {
        if (open.size() >= 8) {
          return invalid(fmt::format("line {}: components lie too deep", line->number));
        }
        is_any = true;
        open.push_back(to_lower(trim(line->value)));
        if (is_event(open)) RETURN_IF_ERROR(open_event(line->number));
      } else if (line->name == "END") {
        if (to_lower(trim(line->value)) != open.back()) {
          return invalid(fmt::format("line {}: END:{} where END:{} should stand", line->number,
                                     codec::shown(line->value), codec::shown(open.back())));
        }
        open.pop_back();
      } else if (line->name.empty()) {
        note(line->number, "the line is none of iCalendar's and was left out");
      } else if (is_event(open)) {
        read_property(*std::move(line));
      } else if (open.size() == 1) {
        read_calendar_property(*line);
      }
    }
    if (!is_any) return invalid("the calendar is empty; it should begin with BEGIN:VCALENDAR");
    if (open.empty()) return {};
    return invalid(fmt::format("the calendar ends at line {} within {}; it was not loaded whole",
                               last, codec::shown(open.back())));
  }

  static bool is_event(const std::vector<std::string>& open) {
    return open.size() == 2 && open.back() == "vevent";
  }

  Result<> open_event(int line) {
    if (drafts_.size() == kMostIcalEvents) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the calendar has more than {} events; export a part of it",
                              kMostIcalEvents));
    }
    drafts_.emplace_back().line = line;
    return {};
  }

  void read_calendar_property(const ContentLine& line) {
    if (line.name == "X-WR-CALNAME") out_.name = codec::unescape_text(line.value);
    if (line.name != "X-WR-TIMEZONE") return;
    if (const auto zone = find_zone(trim(line.value))) floating_ = *zone;
  }

  void read_property(ContentLine line) {
    Draft& draft = drafts_.back();
    if (line.name == "DTSTART") {
      draft.start = std::move(line);
    } else if (line.name == "DTEND") {
      draft.end = std::move(line);
    } else if (line.name == "DURATION") {
      draft.duration = std::move(line);
    } else if (line.name == "RECURRENCE-ID") {
      draft.instance = std::move(line);
    } else if (line.name == "RRULE") {
      if (draft.rule) {
        note(line.number, "a second RRULE of the same event was left out");
      } else {
        draft.rule = std::move(line);
      }
    } else if (line.name == "EXDATE") {
      draft.exceptions.push_back(std::move(line));
    } else if (line.name == "RDATE") {
      note(line.number, "RDATE is not read: the dates that it adds are left out");
    } else if (line.name == "UID") {
      draft.event.uid = cut(codec::unescape_text(line.value), kLongestText);
    } else if (line.name == "SUMMARY") {
      draft.event.summary = cut(codec::unescape_text(line.value), kLongestText);
    } else if (line.name == "STATUS") {
      draft.is_cancelled = equal_ignoring_case(trim(line.value), "CANCELLED");
    } else if (line.name == "ATTENDEE" && draft.event.attendees.size() < kMostAttendees) {
      std::string_view address = trim(line.value);
      if (to_lower(address.substr(0, 7)) == "mailto:") address.remove_prefix(7);
      draft.event.attendees.push_back(cut(codec::unescape_text(address), kLongestText));
    }
  }

  // --- drafts to entries

  void note(int line, std::string text) {
    if (out_.notes.size() < kMostIcalNotes) {
      out_.notes.push_back({line, std::move(text)});
    } else {
      ++more_notes_;
    }
  }

  // Looks into the list first, for Zone::find is slow with names that are not known. Some programs
  // put words of their own in front: /example.org/20260101_1/Europe/Berlin.
  std::optional<Zone> find_zone(std::string_view name) {
    if (zone_names_.empty()) zone_names_ = zone_names();
    for (bool is_prefixed = name.starts_with('/');; is_prefixed = true) {
      if (name == "UTC" || std::ranges::binary_search(zone_names_, name, std::less<>())) {
        const auto zone = Zone::find(name);
        return zone ? std::optional(*zone) : std::nullopt;
      }
      const size_t slash = name.find('/');
      if (!is_prefixed || slash == std::string_view::npos) return std::nullopt;
      name.remove_prefix(slash + 1);
    }
  }

  Zone zone_of(const ContentLine& line) {
    const std::string* name = line.param("TZID");
    if (name == nullptr) return floating_;
    if (zones_.size() == kMostZones && !zones_.contains(*name)) {
      note(line.number, fmt::format("the calendar names more than {} time zones; the others are "
                                    "read as {}",
                                    kMostZones, home_.name()));
      return home_;
    }
    const auto [known, is_new] = zones_.try_emplace(*name, home_);
    if (!is_new) return known->second;
    if (const auto zone = find_zone(*name)) {
      known->second = *zone;
    } else {
      note(line.number, fmt::format("time zone '{}' is no IANA name such as Europe/Berlin; its "
                                    "times are read as those of {}",
                                    codec::shown(*name), home_.name()));
    }
    return known->second;
  }

  std::optional<Stamp> stamp_of(const ContentLine& line, std::string_view value) {
    value = trim(value);
    const bool is_utc = value.size() == 16 && value.ends_with('Z');
    if (is_utc) value.remove_suffix(1);
    const auto civil = civil_of(value);
    if (!civil) {
      note(line.number, fmt::format("{} '{}' is no date of the calendar such as 20260105T090000Z",
                                    line.name, codec::shown(value)));
      return std::nullopt;
    }
    Stamp stamp{.civil = *civil, .zone = Zone(), .is_date = value.size() == 8};
    if (stamp.is_date) {
      stamp.zone = home_;
    } else if (!is_utc) {
      stamp.zone = zone_of(line);
    }
    return stamp;
  }

  std::optional<Length> length_between(const Stamp& start, const ContentLine& line) {
    const auto end = stamp_of(line, line.value);
    if (!end) return std::nullopt;
    Length length;
    if (start.is_date && end->is_date) {
      length.days = CivilDay(end->civil) - CivilDay(start.civil);
      // Some write the same day twice for one whole day.
      if (length.days == 0) length.days = 1;
    } else {
      length.rest = std::chrono::duration_cast<seconds>(end->time() - start.time());
    }
    return length;
  }

  std::optional<Entry> understand(Draft draft) {
    const auto leave_out = [&](std::string_view why) {
      note(draft.line,
           fmt::format("event '{}' was left out: {}", codec::shown(draft.event.summary), why));
      return std::nullopt;
    };
    if (!draft.start) return leave_out("it has no DTSTART");
    const auto start = stamp_of(*draft.start, draft.start->value);
    if (!start) return leave_out("its DTSTART cannot be read");
    Entry entry{.draft = {}, .start = *start, .length = {}, .instance = {}};
    std::optional<Length> length;
    if (draft.end) {
      length = length_between(*start, *draft.end);
    } else if (draft.duration) {
      length = length_of(trim(draft.duration->value));
    } else {
      length = Length{.days = start->is_date ? 1 : 0, .rest = {}};
    }
    if (!length) return leave_out("its end cannot be read");
    if (length->days < 0 || length->rest < seconds(0)) return leave_out("it ends before it begins");
    if (length->days == 0 && length->rest == seconds(0)) return leave_out("it has no length");
    if (length->days > kLongestDays || length->rest > std::chrono::days(kLongestDays)) {
      return leave_out("it lasts more than ten years");
    }
    entry.length = *length;
    if (draft.instance) {
      entry.instance = stamp_of(*draft.instance, draft.instance->value);
      if (!entry.instance) return leave_out("its RECURRENCE-ID cannot be read");
      if (draft.instance->param("RANGE") != nullptr) {
        note(draft.instance->number, "RANGE is not read: the event is moved this once");
      }
    }
    entry.draft = std::move(draft);
    return entry;
  }

  // --- entries to events

  Result<> spread(std::vector<Entry>& entries) {
    std::map<std::string, std::vector<const Stamp*>> moved;  // by UID
    for (const Entry& entry : entries) {
      if (entry.instance) moved[entry.draft.event.uid].push_back(&*entry.instance);
    }
    size_t rules = 0;
    for (Entry& entry : entries) {
      if (entry.draft.is_cancelled) continue;
      if (!entry.draft.rule || entry.instance) {
        RETURN_IF_ERROR(add(entry, entry.start.civil));
        continue;
      }
      if (++rules > kMostIcalRules) {
        return fail(Code::kResourceExhausted,
                    fmt::format("the calendar has more than {} recurring events; export a part of "
                                "it",
                                kMostIcalRules));
      }
      RETURN_IF_ERROR(recur(entry, *entry.draft.rule, moved[entry.draft.event.uid]));
    }
    return {};
  }

  // As the event's own zone shows it: that is how its rule counts.
  static CivilSecond seen_from(const Stamp& start, const Stamp& other) {
    if (start.is_date) return CivilSecond(CivilDay(other.civil));
    if (other.is_date) {  // that day, whenever the event begins
      return CivilSecond(CivilDay(other.civil)) +
             (start.civil - CivilSecond(CivilDay(start.civil)));
    }
    return other.zone == start.zone ? other.civil : start.zone.to_civil(other.time());
  }

  Result<> recur(const Entry& entry, const ContentLine& rrule,
                 const std::vector<const Stamp*>& moved) {
    std::vector<CivilSecond> exceptions;
    for (const ContentLine& line : entry.draft.exceptions) {
      for (const std::string_view one : split(line.value, ',')) {
        if (const auto stamp = stamp_of(line, one)) {
          exceptions.push_back(seen_from(entry.start, *stamp));
        }
      }
    }
    for (const Stamp* stamp : moved) exceptions.push_back(seen_from(entry.start, *stamp));
    const auto rule =
        Recurrence::parse(rrule.value, entry.start.civil, entry.start.zone, exceptions);
    if (!rule) {
      note(rrule.number,
           fmt::format("event '{}' is read only once, at its start: {}",
                       codec::shown(entry.draft.event.summary), rule.error().message));
      const bool is_excepted = std::ranges::count(exceptions, entry.start.civil) > 0;
      return is_excepted ? Result<>() : add(entry, entry.start.civil);
    }
    // Those before the window may reach into it; a day has at most 26 hours.
    const Duration reach = entry.length.rest + hours(26) * (entry.length.days + 1);
    for (Time from = begin_ - reach;;) {
      const auto page = rule->next(from, Recurrence::kMostAtOnce);
      for (const auto& one : page) {
        if (one.time >= end_) return {};
        RETURN_IF_ERROR(add(entry, one.civil));
      }
      if (page.size() < Recurrence::kMostAtOnce) return {};
      from = page.back().time + microseconds(1);
    }
  }

  Result<> add(const Entry& entry, const CivilSecond& start) {
    const Zone& zone = entry.start.zone;
    IcalEvent event = entry.draft.event;
    event.is_all_day = entry.start.is_date;
    event.begin = zone.to_time(start);
    // Days behind the start are days of the calendar, also when clocks are set in between.
    event.end =
        entry.length.days == 0 ? event.begin : zone.to_time(start + entry.length.days * 86'400);
    event.end += entry.length.rest;
    if (event.begin >= event.end || event.begin >= end_ || event.end <= begin_) return {};
    if (out_.events.size() == kMostIcalEvents) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the calendar has more than {} events in this time; ask for less",
                              kMostIcalEvents));
    }
    out_.events.push_back(std::move(event));
    return {};
  }

  Zone home_, floating_;
  Time begin_, end_;
  std::vector<std::string> zone_names_;  // read when the first is looked for
  std::map<std::string, Zone> zones_;    // by TZID
  std::vector<Draft> drafts_;
  IcalCalendar out_;
  size_t more_notes_ = 0;
};

}  // namespace

Result<IcalCalendar> read_ical(std::string_view text, const Zone& home, Time begin, Time end) {
  return Reader(home, begin, end).read(text);
}

}  // namespace tocsin::calendar
