#include "alert/alertmanager_json.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace tocsin::alert {
namespace {

template <class Items, class Write>
void write_array(std::string& out, const Items& items, Write write) {
  out += '[';
  bool is_first = true;
  for (const auto& item : items) {
    if (!is_first) out += ',';
    is_first = false;
    write(item);
  }
  out += ']';
}

bool is_plain(unsigned char c) {
  return (c >= 0x20) & (c != '"') & (c != '\\') & (c != '<') & (c != '>') & (c != '&') &
         (c != 0xe2);
}

// Sixteen at a time, without a branch, so that the compiler takes them in one register.
constexpr size_t kTogether = 16;
bool are_plain(const char* text) {
  bool all = true;
  for (size_t i = 0; i < kTogether; ++i) all &= is_plain(static_cast<unsigned char>(text[i]));
  return all;
}

// The escape of the character at `at`, whose bytes are skipped; nothing for a plain one.
void write_special(std::string& out, std::string_view text, size_t& at) {
  const auto c = static_cast<unsigned char>(text[at]);
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    case 0xe2:
      // U+2028 and U+2029 end a line in old JavaScript.
      if (text.substr(at, 3) == "\xe2\x80\xa8" || text.substr(at, 3) == "\xe2\x80\xa9") {
        out += text[at + 2] == '\xa8' ? "\\u2028" : "\\u2029";
        at += 2;
      } else {
        out += text[at];
      }
      break;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

}  // namespace

void write_text(std::string& out, std::string_view text) {
  out += '"';
  size_t begun = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    while (at + kTogether <= text.size() && are_plain(text.data() + at)) at += kTogether;
    if (at == text.size()) break;
    if (is_plain(static_cast<unsigned char>(text[at]))) continue;
    out += text.substr(begun, at - begun);
    write_special(out, text, at);
    begun = at + 1;
  }
  out += text.substr(begun);
  out += '"';
}

// Digits by hand: fmt costs five times as much, and an alert has three times.
void write_time(std::string& out, Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const auto ms = std::chrono::floor<milliseconds>(time - day).count();
  std::array<char, 32> text = {};
  char* at = text.data();
  int year = int(date.year());
  if (year < 0) {
    *at++ = '-';
    year = -year;
  }
  const auto put = [&at](int64_t value, int width, char after) {
    for (int i = width - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
    at[width] = after;
    at += width + 1;
  };
  put(year, year < 10'000 ? 4 : 5, '-');
  put(unsigned(date.month()), 2, '-');
  put(unsigned(date.day()), 2, 'T');
  put(ms / 3'600'000, 2, ':');
  put(ms / 60'000 % 60, 2, ':');
  put(ms / 1000 % 60, 2, '.');
  put(ms % 1000, 3, 'Z');
  out += '"';
  out.append(text.data(), at);
  out += '"';
}

void write_labels(std::string& out, const routing::Labels& labels) {
  out += '{';
  bool is_first = true;
  for (const auto& [name, value] : labels) {
    if (!is_first) out += ',';
    is_first = false;
    write_text(out, name);
    out += ':';
    write_text(out, value);
  }
  out += '}';
}

void write_receivers(std::string& out, std::span<const std::string> names) {
  write_array(out, names, [&](const std::string& name) {
    out += R"({"name":)";
    write_text(out, name);
    out += '}';
  });
}

void write_alert(std::string& out, const routing::PostedAlert& alert, uint64_t fingerprint,
                 const Dispatcher::Status& status, std::span<const std::string> muted_by,
                 std::string_view receivers) {
  out += R"({"annotations":)";
  write_labels(out, alert.annotations);
  out += R"(,"endsAt":)";
  write_time(out, alert.ends);
  out += R"(,"fingerprint":")";
  out += routing::fingerprint_text(fingerprint);
  out += R"(","receivers":)";
  out += receivers;
  out += R"(,"startsAt":)";
  write_time(out, alert.starts);
  out += R"(,"status":{"inhibitedBy":)";
  write_array(out, status.inhibited_by,
              [&](uint64_t by) { write_text(out, routing::fingerprint_text(by)); });
  out += R"(,"mutedBy":)";
  std::vector<std::string> muted(muted_by.begin(), muted_by.end());
  muted.insert(muted.end(), status.snoozed_by.begin(), status.snoozed_by.end());
  write_array(out, muted, [&](const std::string& name) { write_text(out, name); });
  out += R"(,"silencedBy":)";
  write_array(out, status.silenced_by, [&](const std::string& id) { write_text(out, id); });
  out += status.is_suppressed() || !muted_by.empty() ? R"(,"state":"suppressed"},"updatedAt":)"
                                                     : R"(,"state":"active"},"updatedAt":)";
  write_time(out, alert.updated);
  if (!alert.generator_url.empty()) {
    out += R"(,"generatorURL":)";
    write_text(out, alert.generator_url);
  }
  out += R"(,"labels":)";
  write_labels(out, alert.labels);
  out += '}';
}

void write_alert(std::string& out, const routing::PostedAlert& alert, uint64_t fingerprint,
                 const Dispatcher::Status& status, std::span<const std::string> muted_by,
                 std::span<const std::string> receivers) {
  std::string shown;
  write_receivers(shown, receivers);
  write_alert(out, alert, fingerprint, status, muted_by, shown);
}

void write_silence(std::string& out, const routing::Silence& silence, Time now) {
  using enum routing::MatchOp;
  out += R"({"id":)";
  write_text(out, silence.id);
  out += R"(,"status":{"state":)";
  write_text(out, name_of(silence.state(now)));
  out += R"(},"updatedAt":)";
  write_time(out, silence.updated);
  if (!silence.annotations.empty()) {
    out += R"(,"annotations":)";
    write_labels(out, silence.annotations);
  }
  out += R"(,"comment":)";
  write_text(out, silence.comment);
  out += R"(,"createdBy":)";
  write_text(out, silence.created_by);
  out += R"(,"endsAt":)";
  write_time(out, silence.ends);
  out += R"(,"matchers":)";
  write_array(out, silence.matchers, [&](const routing::Matcher& matcher) {
    const bool is_equal = matcher.op() == kEqual || matcher.op() == kRegex;
    const bool is_regex = matcher.op() == kRegex || matcher.op() == kNotRegex;
    out += is_equal ? R"({"isEqual":true,"isRegex":)" : R"({"isEqual":false,"isRegex":)";
    out += is_regex ? R"(true,"name":)" : R"(false,"name":)";
    write_text(out, matcher.name());
    out += R"(,"value":)";
    write_text(out, matcher.value());
    out += '}';
  });
  out += R"(,"startsAt":)";
  write_time(out, silence.starts);
  out += '}';
}

std::string to_json(const Refusal& refusal) {
  std::string out;
  if (refusal.code == 0) {
    write_text(out, refusal.message);
  } else {
    out = fmt::format(R"({{"code":{},"message":)", refusal.code);
    write_text(out, refusal.message);
    out += '}';
  }
  return out += '\n';
}

}  // namespace tocsin::alert
