#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/mime.h"
#include "notify/render.h"
#include "notify/render_words.h"

namespace tocsin::notify {
namespace {

constexpr std::string_view kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// "Sun, 22 Nov 2026 21:37:00 +0000"
std::string to_mail_date(Time t) {
  const auto day = std::chrono::floor<days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<seconds>(t - day));
  return fmt::format(
      "{}, {} {} {} {:02}:{:02}:{:02} +0000", kWeekdays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

// What may stand in a Message-ID (dot-atom of RFC 5322); other characters become '-'.
std::string to_atom(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out,
      [](unsigned char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-';
      },
      '-');
  return out.empty() ? "none" : out;
}

void add_header(std::string& out, std::string_view name, std::string_view body) {
  out += fmt::format("{}: {}\r\n", name, body);
}

std::string from_header(const MailEnvelope& envelope) {
  std::string address = encode_header_text(envelope.from, 6);
  if (envelope.from_name.empty()) return address;
  const std::string name = encode_header_text(envelope.from_name, 6);
  const bool is_encoded = name.starts_with("=?");
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return is_encoded ? fmt::format("{}\r\n <{}>", name, address)
                    : fmt::format("\"{}\" <{}>", quoted, address);
}

std::string part(std::string_view boundary, std::string_view type, std::string_view body) {
  return fmt::format(
      "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n{}\r\n",
      boundary, type, encode_quoted_printable(body));
}

}  // namespace

std::string render_mail(const Delivery& delivery, const MailEnvelope& envelope) {
  const Message& m = delivery.message;
  const std::string host = to_atom(envelope.host);
  const std::string thread =
      fmt::format("<{}@{}>", to_atom(m.incident_id.empty() ? delivery.id : m.incident_id), host);
  // "=_" never occurs in quoted-printable text.
  const std::string boundary = fmt::format("=_{}", to_atom(delivery.id)).substr(0, 70);

  std::string out;
  add_header(out, "From", from_header(envelope));
  add_header(out, "To", encode_header_text(delivery.contact.address, 4));
  const std::string mark(delivery.maybe_duplicate ? words_of(delivery.language).repeated : "");
  add_header(out, "Subject", encode_header_text(mark + m.title, 9));
  add_header(out, "Date", to_mail_date(envelope.now));
  add_header(out, "Message-ID", fmt::format("<{}@{}>", to_atom(delivery.id), host));
  if (!m.incident_id.empty()) {
    add_header(out, "In-Reply-To", thread);
    add_header(out, "References", thread);
  }
  add_header(out, "Auto-Submitted", "auto-generated");
  if (m.is_page) {
    add_header(out, "Importance", "high");
    add_header(out, "X-Priority", "1");
  }
  add_header(out, "X-Tocsin-Delivery", to_atom(delivery.id));
  add_header(out, "MIME-Version", "1.0");
  add_header(out, "Content-Type",
             fmt::format("multipart/alternative;\r\n boundary=\"{}\"", boundary));
  out += "\r\n";
  out += part(boundary, "text/plain", render_text(delivery));
  out += part(boundary, "text/html", render_html(delivery));
  out += fmt::format("--{}--\r\n", boundary);
  return out;
}

}  // namespace tocsin::notify
