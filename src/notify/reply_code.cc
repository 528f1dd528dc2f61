#include "notify/reply_code.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/text.h"

namespace tocsin::notify {
namespace {

constexpr Duration kOld = days(7);
constexpr Duration kRecent = days(1);
constexpr int kMostCodes = 999;
constexpr int kLongestSnooze = 24 * 60;  // minutes

std::optional<Answer> parse_word(std::string_view word) {
  struct Word {
    std::string_view whole;  // any beginning of it
    Answer answer;
  };
  static constexpr std::array kWords{
      Word{"acknowledge", Answer::kAcknowledge}, Word{"annehmen", Answer::kAcknowledge},
      Word{"ok", Answer::kAcknowledge},          Word{"escalate", Answer::kEscalate},
      Word{"weitergeben", Answer::kEscalate},    Word{"resolve", Answer::kResolve},
      Word{"erledigt", Answer::kResolve},        Word{"snooze", Answer::kSnooze},
      Word{"sp\xc3\xa4ter", Answer::kSnooze}};
  if (word.empty()) return std::nullopt;
  // "e" is escalate in both languages, as the message says.
  for (const Word& known : kWords) {
    if (known.whole.starts_with(word)) return known.answer;
  }
  return std::nullopt;
}

std::optional<int> parse_number(std::string_view text) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

// Runs of digits and runs of other characters; spaces and marks part them.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  char last = ' ';
  const auto kind = [](char c) {
    if (c >= '0' && c <= '9') return '0';
    const bool is_letter = (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) >= 0x80);
    return is_letter ? 'a' : ' ';
  };
  for (const char c : to_lower(text)) {
    const char now = kind(c);
    if (now != ' ') {
      if (now != last) out.emplace_back();
      out.back() += c;
    }
    last = now;
  }
  return out;
}

}  // namespace

Result<int> give_reply_code(store::Session& session, std::string_view number, std::string_view page,
                            std::string_view person, Time now) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT code, page, given FROM reply_code WHERE number = $1"
                                 " ORDER BY code",
                                 number));
  std::map<int, Time> given;
  for (const store::Row& row : rows) {
    const int code = static_cast<int>(row.integer(0));
    if (row.text(1) == page) return code;
    given[code] = row.time(2);
  }
  int chosen = 0;
  Time oldest = Time::max();
  for (int code = 1; code <= kMostCodes; ++code) {
    const auto it = given.find(code);
    if (it == given.end() || it->second < now - kOld) {
      chosen = code;
      break;
    }
    if (it->second < oldest) {
      oldest = it->second;
      chosen = code;
    }
  }
  RETURN_IF_ERROR(session.exec(
      "INSERT INTO reply_code (number, code, page, person, given) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (number, code) DO UPDATE SET page = excluded.page, person = excluded.person,"
      " given = excluded.given",
      number, chosen, page, person, now));
  return chosen;
}

Result<std::optional<CodedPage>> page_of_code(store::Session& session, std::string_view number,
                                              int code, Time now) {
  store::Rows rows;
  if (code > 0) {
    ASSIGN_OR_RETURN(rows, session.query("SELECT page, person, code FROM reply_code"
                                         " WHERE number = $1 AND code = $2",
                                         number, code));
  } else {
    ASSIGN_OR_RETURN(rows, session.query("SELECT page, person, code FROM reply_code"
                                         " WHERE number = $1 AND given > $2",
                                         number, now - kRecent));
  }
  if (rows.size() != 1) return std::nullopt;
  return CodedPage{rows[0].text(0), rows[0].text(1), static_cast<int>(rows[0].integer(2))};
}

Result<std::optional<std::string>> person_of_number(store::Session& session,
                                                    std::string_view number) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT person FROM reply_code WHERE number = $1"
                                 " ORDER BY given DESC, code DESC LIMIT 1",
                                 number));
  if (rows.empty()) return std::nullopt;
  return rows[0].text(0);
}

Result<> prune_reply_codes(store::Session& session, Time before) {
  RETURN_IF_ERROR(session.exec("DELETE FROM reply_code WHERE given < $1", before));
  return {};
}

std::optional<SmsAnswer> parse_sms_answer(std::string_view text) {
  if (text.size() > 100) return std::nullopt;
  SmsAnswer out;
  std::optional<Answer> answer;
  std::vector<int> numbers;
  for (const std::string& word : words_of(text)) {
    if (const auto number = parse_number(word)) {
      numbers.push_back(*number);
    } else if (const auto known = parse_word(word); known && !answer) {
      answer = known;
    } else {
      return std::nullopt;  // a sentence, not an answer
    }
  }
  if (!answer || numbers.size() > 2) return std::nullopt;
  out.answer = *answer;
  if (!numbers.empty()) out.code = numbers[0];
  if (out.answer != Answer::kSnooze) return numbers.size() < 2 ? std::optional(out) : std::nullopt;
  out.snooze = kDefaultSnooze;
  if (numbers.size() < 2) return out;
  if (numbers[1] < 1 || numbers[1] > kLongestSnooze) return std::nullopt;
  out.snooze = minutes(numbers[1]);
  return out;
}

}  // namespace tocsin::notify
