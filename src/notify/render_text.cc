#include <fmt/format.h>

#include "base/text.h"
#include "notify/mime.h"
#include "notify/render.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

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

std::string duplicate_note(const Delivery& delivery) {
  const Words& words = words_of(delivery.language);
  return std::string(delivery.message.is_page ? words.duplicate_page : words.duplicate_message);
}

std::string render_text(const Delivery& delivery) {
  const Message& m = delivery.message;
  const Words& words = words_of(delivery.language);
  std::string out;
  if (delivery.maybe_duplicate) out += duplicate_note(delivery) + "\n\n";
  out += m.title + "\n\n";
  if (!m.impact.empty()) out += m.impact + "\n";
  add_line(out, words.since, words.since_text(m.since));
  add_line(out, words.likely, m.likely);
  out += "\n";
  add_line(out, words.do_first, m.first_step);
  add_line(out, words.runbook, m.runbook);
  if (!m.answer_url.empty()) {
    out += fmt::format("\n{}: {}\n{}\n", words.answer, m.answer_url,
                       words.link_is_yours(delivery.person.value()));
  }
  out += "\n";
  for (const catalog::Link& link : m.links) add_line(out, link.name, link.url);
  add_line(out, words.service, m.service);
  add_line(out, words.severity, m.severity);
  add_line(out, words.incident, m.incident_id);
  add_line(out, words.alert, m.alert_id);
  return repair_utf8(out);
}

std::string render_html(const Delivery& delivery) {
  const Message& m = delivery.message;
  const Words& words = words_of(delivery.language);
  std::string out = fmt::format("<!doctype html>\n<html lang=\"{}\">", words.language);
  out +=
      "<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"></head>\n"
      "<body style=\"font-family:sans-serif;font-size:16px;line-height:1.4;max-width:40em\">\n";
  if (delivery.maybe_duplicate) {
    out +=
        fmt::format("<p style=\"border:1px solid;padding:8px\">{}</p>\n", duplicate_note(delivery));
  }
  out += fmt::format("<h1 style=\"font-size:20px\">{}</h1>\n", escape_html(m.title));
  if (!m.impact.empty()) out += fmt::format("<p>{}</p>\n", escape_html(m.impact));
  add_paragraph(out, words.since, words.since_text(m.since));
  add_paragraph(out, words.likely, m.likely);
  add_paragraph(out, words.do_first, m.first_step);
  if (!m.runbook.empty()) out += fmt::format("<p>{}</p>\n", html_link(words.runbook, m.runbook));
  if (!m.answer_url.empty()) {
    out += fmt::format("<p style=\"font-size:20px\">{}</p>\n<p>{}</p>\n",
                       html_link(words.answer_this, m.answer_url),
                       escape_html(words.link_is_yours(delivery.person.value())));
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
