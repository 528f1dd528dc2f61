#include "notify/render_short.h"

#include <fmt/format.h>

#include "notify/mime.h"
#include "notify/render.h"
#include "notify/render_words.h"

namespace tocsin::notify {
namespace {

// 3GPP TS 23.038, section 6.2.1, without the national letters of one byte that are listed below.
bool is_basic_gsm(char32_t c) {
  static constexpr std::u32string_view kOther =
      U"@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5\u0394_"
      U"\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9 !\"#\u00a4"
      U"%&'()*+,-./:;<=>?\u00a1\u00c4\u00d6\u00d1\u00dc\u00a7\u00bf\u00e4\u00f6\u00f1\u00fc\u00e0";
  const bool is_plain =
      (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
  return is_plain || kOther.find(c) != std::u32string_view::npos;
}

bool is_extended_gsm(char32_t c) {
  return std::u32string_view(U"^{}\\[~]|\u20ac").find(c) != std::u32string_view::npos;
}

char32_t code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  switch (character.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1fU) << 6 | (byte(1) & 0x3fU);
    case 3: return (byte(0) & 0x0fU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
    default:
      return (byte(0) & 0x07U) << 18 | (byte(1) & 0x3fU) << 12 | (byte(2) & 0x3fU) << 6 |
             (byte(3) & 0x3fU);
  }
}

bool is_german(const Delivery& delivery) { return delivery.language == "de"; }

std::string reply_line(const Delivery& delivery) {
  const int code = delivery.reply_code;
  return is_german(delivery)
             ? fmt::format(
                   "Antwort: {0}a annehmen, {0}e weitergeben, {0}r erledigt, {0}s sp\xc3\xa4ter",
                   code)
             : fmt::format("Reply {0}a acknowledge, {0}e escalate, {0}r resolve, {0}s snooze",
                           code);
}

// One line, without what the eye or the ear stumbles over.
std::string one_line(std::string_view text) {
  std::string out = repair_utf8(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return out;
}

bool fits(std::string_view text) {
  const SmsSize size = sms_size(text);
  return size.used <= size.most;
}

// The longest beginning of `text` with which `around` fits.
template <class Around>
std::string longest(std::string_view text, const Around& around) {
  std::string whole = one_line(text);
  if (fits(around(whole))) return whole;
  while (!whole.empty()) {
    whole = std::string(utf8_prefix(whole, whole.size() - 1));
    if (fits(around(whole + "..."))) return whole.empty() ? "" : whole + "...";
  }
  return {};
}

}  // namespace

SmsSize sms_size(std::string_view text) {
  size_t septets = 0, units = 0;
  bool is_gsm = true;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    const char32_t c = code_point(character);
    units += c > 0xffff ? 2 : 1;
    septets += is_extended_gsm(c) ? 2 : 1;
    is_gsm = is_gsm && (is_basic_gsm(c) || is_extended_gsm(c));
    text.remove_prefix(character.size());
  }
  // Three parts: each loses a few characters to the header that joins them.
  return is_gsm ? SmsSize{septets, 459} : SmsSize{units, 201};
}

std::string render_sms(const Delivery& delivery, bool can_reply) {
  const Message& m = delivery.message;
  std::string head;
  if (delivery.maybe_duplicate) head = words_of(delivery.language).repeated;
  std::string tail;
  if (can_reply && delivery.reply_code > 0) tail += "\n" + reply_line(delivery);
  if (!m.answer_url.empty() && m.answer_url.size() <= 160) tail += "\n" + m.answer_url;
  const std::string title =
      longest(m.title, [&](const std::string& cut) { return head + cut + tail; });
  const std::string impact = longest(m.impact, [&](const std::string& cut) {
    return head + title + (cut.empty() ? "" : "\n") + cut + tail;
  });
  return head + title + (impact.empty() ? "" : "\n" + impact) + tail;
}

std::string render_speech(const Delivery& delivery) {
  const Message& m = delivery.message;
  const bool german = is_german(delivery);
  std::string out = german ? "Hier ist Tocsin. " : "This is Tocsin. ";
  if (delivery.maybe_duplicate) {
    out += german ? "Vielleicht haben Sie diesen Anruf schon bekommen. "
                  : "You may have had this call already. ";
  }
  out += std::string(utf8_prefix(one_line(m.title), 300)) + ". ";
  if (!m.impact.empty()) out += std::string(utf8_prefix(one_line(m.impact), 400)) + ". ";
  if (!m.is_page) return out;
  out += german
             ? "Dr\xc3\xbc"
               "cken Sie 1 zum Annehmen, 2 zum Weitergeben, 3 wenn es erledigt ist, 4 f\xc3\xbcr "
               "sp\xc3\xa4ter, 9 zum Wiederholen."
             : "Press 1 to acknowledge, 2 to escalate, 3 to resolve, 4 to snooze, 9 to hear this "
               "again.";
  return out;
}

std::string marked_title(const Delivery& delivery) {
  const std::string_view mark =
      delivery.maybe_duplicate ? words_of(delivery.language).repeated : "";
  return std::string(mark) + one_line(delivery.message.title);
}

std::string render_brief(const Delivery& delivery, size_t most) {
  const Message& m = delivery.message;
  const Words& words = words_of(delivery.language);
  std::string out;
  const auto add = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += "\n";
    out += fmt::format("{}{}{}", label, label.empty() ? "" : ": ", repair_utf8(text));
  };
  if (delivery.maybe_duplicate) add("", duplicate_note(delivery));
  add("", m.impact);
  add(words.since, words.since_text(m.since));
  add(words.likely, m.likely);
  add(words.do_first, m.first_step);
  if (out.size() <= most) return out;
  return std::string(utf8_prefix(out, most - 3)) + "...";
}

}  // namespace tocsin::notify
