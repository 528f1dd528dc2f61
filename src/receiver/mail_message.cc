#include "receiver/mail_message.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "notify/mime.h"
#include "receiver/message_view.h"

namespace tocsin::receiver {
namespace {

// Pieces between commas that are in no quotes and no brackets.
std::vector<std::string> address_pieces(std::string_view text) {
  std::vector<std::string> out(1);
  bool quoted = false, bracketed = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      out.back() += c;
      out.back() += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == '<') bracketed = !quoted;
    if (c == '>') bracketed = false;
    if (c == ',' && !quoted && !bracketed) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string unquoted(std::string_view name) {
  name = trim(name);
  if (name.size() < 2 || !name.starts_with('"') || !name.ends_with('"')) return std::string(name);
  std::string out;
  for (size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '\\' && i + 2 < name.size()) ++i;
    out += name[i];
  }
  return out;
}

std::string quoted_name(std::string_view name, size_t column) {
  const bool is_ascii =
      std::ranges::all_of(name, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  if (!is_ascii) return notify::encode_header_text(name, column);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Names of people are encoded, never their addresses: a whole list in one encoded word is a list
// no more.
std::string encode_value(const std::string& name, const std::string& value) {
  constexpr std::string_view kLists[] = {"from", "to", "cc", "bcc", "reply-to", "sender"};
  const bool is_list = std::ranges::find(kLists, to_lower(name)) != std::end(kLists);
  const auto addresses = is_list ? parse_address_list(value) : invalid("");
  if (!addresses) return notify::encode_header_text(value, name.size() + 2);
  std::string out;
  for (const MailAddress& one : *addresses) {
    if (!out.empty()) out += ",\r\n ";
    if (one.name.empty()) {
      out += one.address;
    } else {
      out += fmt::format("{} <{}>", quoted_name(one.name, name.size() + 2), one.address);
    }
  }
  return out;
}

std::string date_of(Time now) {
  const std::time_t at = std::chrono::floor<seconds>(now).time_since_epoch().count();
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(at));
}

}  // namespace

Result<std::vector<MailAddress>> parse_address_list(std::string_view text) {
  std::vector<MailAddress> out;
  for (const std::string& piece : address_pieces(text)) {
    const std::string_view one = trim(piece);
    MailAddress found;
    const size_t open = one.rfind('<');
    if (open != std::string_view::npos && one.ends_with('>')) {
      found.name = unquoted(one.substr(0, open));
      found.address = trim(one.substr(open + 1, one.size() - open - 2));
    } else {
      found.address = one;
    }
    if (!notify::is_mail_address(found.address)) {
      return invalid(fmt::format("'{}' is not a mail address; write name@example.org", one));
    }
    out.push_back(std::move(found));
  }
  return out;
}

std::string write_mail(const MailParts& parts) {
  std::string out;
  for (const auto& [name, value] : parts.headers) {
    out += fmt::format("{}: {}\r\n", name, encode_value(name, value));
  }
  // These digits are in no part: quoted-printable would have to hold its
  // own hash.
  const std::string boundary =
      key_hash(parts.text.value_or("") + '\0' + parts.html.value_or("")).substr(0, 60);
  out += fmt::format("Date: {}\r\nMIME-Version: 1.0\r\n", date_of(parts.now));
  out += fmt::format("Content-Type: multipart/alternative;\r\n boundary={}\r\n\r\n", boundary);
  const auto add = [&](std::string_view type, const std::string& text) {
    out += fmt::format(
        "--{}\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        "Content-Type: {}; charset=UTF-8\r\n\r\n{}\r\n",
        boundary, type, notify::encode_quoted_printable(text));
  };
  if (parts.text) add("text/plain", *parts.text);
  if (parts.html) add("text/html", *parts.html);
  return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace tocsin::receiver
