#include <fmt/format.h>

#include "notify/mime.h"
#include "notify/render.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

constexpr size_t kTextLimit = 2700;  // bytes after escaping, so that a label fits before it
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

// https://api.slack.com/reference/surfaces/formatting: these three and no others.
std::string_view escaped(std::string_view character) {
  if (character == "&") return "&amp;";
  if (character == "<") return "&lt;";
  if (character == ">") return "&gt;";
  return character;
}

// Escaped, and cut between characters, so that no entity is cut in two.
std::string safe(std::string_view text, size_t most = kTextLimit) {
  const std::string whole = repair_utf8(text);
  std::string out;
  for (std::string_view rest = whole; !rest.empty();) {
    const std::string_view character = first_character(rest);
    const std::string_view piece = escaped(character);
    if (out.size() + piece.size() > most) return out + std::string(kEllipsis);
    out += piece;
    rest.remove_prefix(character.size());
  }
  return out;
}

// <url|name>; '|' would end the URL early.
std::string slack_link(std::string_view name, std::string_view url) {
  const std::string shown_name = safe(name, 300);
  if (!is_web_link(url) || url.size() > 1500) {
    return fmt::format("{}: {}", shown_name, safe(url, 1500));
  }
  std::string target;
  for (size_t i = 0; i < url.size(); ++i) {
    target += url[i] == '|' ? "%7C" : escaped(url.substr(i, 1));
  }
  return fmt::format("<{}|{}>", target, shown_name);
}

JsonObject section(std::string_view text) {
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}};
}

void add_section(JsonArray& blocks, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  blocks.push_back(section(label.empty() ? safe(text) : fmt::format("*{}* {}", label, safe(text))));
}

std::string links_line(const Message& m) {
  std::string out;
  for (const catalog::Link& link : m.links) {
    std::string piece = slack_link(link.name, link.url);
    if (out.size() + piece.size() > 2500) break;
    if (!out.empty()) out += " \xc2\xb7 ";
    out += piece;
  }
  return out;
}

}  // namespace

codec::JsonObject render_slack(const Delivery& delivery) {
  const Message& m = delivery.message;
  const Words& words = words_of(delivery.language);
  JsonArray blocks;
  if (delivery.maybe_duplicate) blocks.push_back(section("_" + duplicate_note(delivery) + "_"));
  if (!m.title.empty()) blocks.push_back(section(fmt::format("*{}*", safe(m.title))));
  add_section(blocks, "", m.impact);
  add_section(blocks, words.since, words.since_text(m.since));
  add_section(blocks, words.likely, m.likely);
  add_section(blocks, words.do_first, m.first_step);
  if (!m.runbook.empty()) blocks.push_back(section(slack_link(words.runbook, m.runbook)));
  if (!m.answer_url.empty()) {
    blocks.push_back(section(fmt::format("*{}*", slack_link(words.answer_this, m.answer_url))));
  }
  if (std::string links = links_line(m); !links.empty()) {
    blocks.push_back(section(links));
  }
  const std::string facts = fmt::format("{} {} {}", m.service, m.severity, m.incident_id);
  blocks.push_back(
      JsonObject{{"type", "context"},
                 {"elements", JsonArray{JsonObject{{"type", "mrkdwn"}, {"text", safe(facts)}}}}});

  const std::string_view mark = delivery.maybe_duplicate ? words.repeated : "";
  const std::string text = fmt::format("{}{} - {}", mark, safe(m.title), safe(m.impact));
  return {{"text", m.impact.empty() ? fmt::format("{}{}", mark, safe(m.title)) : text},
          {"blocks", std::move(blocks)},
          {"unfurl_links", false},
          {"unfurl_media", false}};
}

}  // namespace tocsin::notify
