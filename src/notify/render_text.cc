#include <fmt/format.h>

#include "base/text.h"
#include "notify/mime.h"
#include "notify/render.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

constexpr std::string_view kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

void add_line(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += fmt::format("{}: {}\n", label, text);
}

void add_paragraph(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += fmt::format("<p><b>{}</b><br>{}</p>\n", label, escape_html(text));
}

std::string html_link(std::string_view name, std::string_view url) {
  if (!is_web_link(url)) return escape_html(fmt::format("{}: {}", name, url));
  return fmt::format("<a href=\"{}\">{}</a>", escape_html(url), escape_html(name));
}

}  // namespace

std::string duplicate_note(const Message& message) {
  return fmt::format("You may have had this {} already: an earlier try may have arrived.",
                     message.is_page ? "page" : "message");
}

std::string to_since_text(Time t) {
  const std::string rfc = to_rfc3339(t);  // 2026-11-22T21:37:00.123Z
  const std::chrono::weekday day(std::chrono::floor<days>(t));
  return fmt::format("{} {} {} UTC", kWeekdays[day.c_encoding()], rfc.substr(0, 10),
                     rfc.substr(11, 5));
}

std::string render_text(const Delivery& delivery) {
  const Message& m = delivery.message;
  std::string out;
  if (delivery.maybe_duplicate) out += duplicate_note(m) + "\n\n";
  out += m.title + "\n\n";
  if (!m.impact.empty()) out += m.impact + "\n";
  add_line(out, "Since", to_since_text(m.since));
  add_line(out, "Likely", m.likely);
  out += "\n";
  add_line(out, "Do first", m.first_step);
  add_line(out, "Runbook", m.runbook);
  if (!m.answer_url.empty()) {
    out += fmt::format("\nAnswer: {}\nThe link is yours: whoever holds it answers as {}.\n",
                       m.answer_url, delivery.person.value());
  }
  out += "\n";
  for (const catalog::Link& link : m.links) add_line(out, link.name, link.url);
  add_line(out, "Service", m.service);
  add_line(out, "Severity", m.severity);
  add_line(out, "Incident", m.incident_id);
  add_line(out, "Alert", m.alert_id);
  return repair_utf8(out);
}

std::string render_html(const Delivery& delivery) {
  const Message& m = delivery.message;
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"></head>\n"
      "<body style=\"font-family:sans-serif;font-size:16px;line-height:1.4;max-width:40em\">\n";
  if (delivery.maybe_duplicate) {
    out += fmt::format("<p style=\"border:1px solid;padding:8px\">{}</p>\n", duplicate_note(m));
  }
  out += fmt::format("<h1 style=\"font-size:20px\">{}</h1>\n", escape_html(m.title));
  if (!m.impact.empty()) out += fmt::format("<p>{}</p>\n", escape_html(m.impact));
  add_paragraph(out, "Since", to_since_text(m.since));
  add_paragraph(out, "Likely", m.likely);
  add_paragraph(out, "Do first", m.first_step);
  if (!m.runbook.empty()) out += fmt::format("<p>{}</p>\n", html_link("Runbook", m.runbook));
  if (!m.answer_url.empty()) {
    out += fmt::format(
        "<p style=\"font-size:20px\">{}</p>\n<p>The link is yours: whoever holds it "
        "answers as {}.</p>\n",
        html_link("Answer this page", m.answer_url), escape_html(delivery.person.value()));
  }
  for (const catalog::Link& link : m.links) {
    out += fmt::format("<p>{}</p>\n", html_link(link.name, link.url));
  }
  out += fmt::format("<p style=\"font-size:14px\">{} {}<br>{} {}</p>\n</body></html>\n",
                     escape_html(m.service), escape_html(m.severity), escape_html(m.incident_id),
                     escape_html(m.alert_id));
  return repair_utf8(out);
}

}  // namespace tocsin::notify
