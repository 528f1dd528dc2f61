#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/text.h"
#include "routing/go_text.h"
#include "routing/go_url.h"
#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

constexpr std::string_view kMask = "<secret>";

// The scalar at `key` without quotes, for values that are no text; nullptr where it is missing or
// was reported.
const codec::Node* plain_scalar(codec::Fields& f, std::string_view key, std::string_view what) {
  const codec::Node* node = f.raw(key);
  if (node == nullptr) return nullptr;
  if (node->kind != codec::Node::Kind::kScalar) {
    f.problem(key, fmt::format("must be {}, not a list or a mapping", what));
    return nullptr;
  }
  if (node->quoted) {
    f.problem(key, fmt::format("must be {}, not text; leave out the quotes", what));
    return nullptr;
  }
  return node;
}

struct UrlParts {
  std::string_view scheme;
  std::string_view user_info;  // without the @
  std::string_view host;       // with a port
};

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, colon);
  std::string_view authority = url.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  parts.host = authority;
  return parts;
}

// What is wrong with an absolute http URL, empty if nothing; Go's url.Parse and the checks of
// ParseURL (alertmanager config/common/url.go).
std::string wrong_with_url(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "holds a control character";
  }
  const UrlParts parts = split_url(url);
  const std::string scheme = to_lower(parts.scheme);
  if (scheme != "http" && scheme != "https") return "must begin with http:// or https://";
  std::string_view host = parts.host;
  if (host.empty()) return "names no host";
  if (host.find(' ') != std::string_view::npos) return "has a space in its host";
  const size_t bracket = host.rfind(']');
  if (host.starts_with('[') && bracket == std::string_view::npos) return "lacks a ] in its host";
  const size_t colon = host.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (!host.starts_with('[') || colon > bracket);
  if (has_port && host.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) {
    return "has a port that is not a number";
  }
  // A query is taken as it stands, the fragment behind it is not.
  const std::string_view fragment = url.substr(std::min(url.find('#'), url.size()));
  const std::string_view before = url.substr(0, url.find_first_of("?#"));
  if (has_stray_percent(before) || has_stray_percent(fragment)) {
    return "has a % that is followed by no two hex digits";
  }
  const std::string_view authority = before.substr(before.find("://") + 3);
  if (!is_authority(authority.substr(0, authority.find('/')))) {
    return "has a character before its path that no host, name or password may have there";
  }
  return "";
}

// The URL without the password in it, as Go's URL.Redacted does.
std::string redacted(const std::string& url) {
  const UrlParts parts = split_url(url);
  const size_t colon = parts.user_info.find(':');
  if (colon == std::string_view::npos) return url;
  const size_t start = static_cast<size_t>(parts.user_info.data() - url.data()) + colon + 1;
  return url.substr(0, start) + "xxxxx" + url.substr(start + parts.user_info.size() - colon - 1);
}

}  // namespace

void Reading::warn(const codec::Fields& at, std::string_view key, std::string_view message) {
  const codec::Node* node = key.empty() ? nullptr : at.node().find(key);
  const codec::Place place = node == nullptr ? at.node().place : node->place;
  std::string path = at.path();
  if (!key.empty()) path += fmt::format("{}{}", path.empty() ? "" : ".", key);
  warnings.push_back(codec::Problem{file, place, path, std::string(message)}.to_text());
}

bool read_flag(codec::Fields& f, std::string_view key, bool fallback) {
  const codec::Node* node = plain_scalar(f, key, "true or false");
  if (node == nullptr) return fallback;
  constexpr std::string_view kTrue[] = {"true", "True", "TRUE", "y",  "Y", "yes",
                                        "Yes",  "YES",  "on",   "On", "ON"};
  constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "n",   "N",  "no",
                                         "No",    "NO",    "off",   "Off", "OFF"};
  if (std::ranges::find(kTrue, node->scalar) != std::end(kTrue)) return true;
  if (std::ranges::find(kFalse, node->scalar) != std::end(kFalse)) return false;
  f.problem(key, fmt::format("must be true or false, not '{}'", codec::shown(node->scalar)));
  return fallback;
}

std::optional<bool> read_optional_flag(codec::Fields& f, std::string_view key) {
  if (f.has(key)) return read_flag(f, key, false);
  f.raw(key);  // it is known
  return std::nullopt;
}

// https://pkg.go.dev/time#ParseDuration
Result<Duration> parse_go_duration(std::string_view text) {
  const auto wrong = [&] {
    return invalid(
        fmt::format("'{}' is not a duration such as 30s, 1m30s or 1.5h", codec::shown(text)));
  };
  struct Unit {
    std::string_view name;
    double micros;
  };
  constexpr Unit kUnits[] = {{"ns", 1e-3}, {"us", 1},  {"µs", 1},  {"μs", 1},
                             {"ms", 1e3},  {"s", 1e6}, {"m", 6e7}, {"h", 3.6e9}};
  std::string_view rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration(0);
  if (rest.empty()) return wrong();
  double micros = 0;
  while (!rest.empty()) {
    const size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    double number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + digits, number, std::chars_format::fixed);
    if (digits == 0 || error != std::errc{} || end != rest.data() + digits) return wrong();
    rest.remove_prefix(digits);
    const size_t letters = std::min(rest.find_first_of("0123456789."), rest.size());
    const auto unit = std::ranges::find(kUnits, rest.substr(0, letters), &Unit::name);
    if (unit == std::end(kUnits)) return wrong();
    rest.remove_prefix(letters);
    micros += number * unit->micros;
  }
  constexpr double kMost = 290.0 * 365 * 86400 * 1e6;
  if (micros > kMost) return wrong();
  return Duration(std::llround(micros));
}

Duration read_go_duration(codec::Fields& f, std::string_view key, Duration fallback) {
  if (!f.has(key)) {
    f.raw(key);
    return fallback;
  }
  const std::string text = f.text(key, "");
  auto value = parse_go_duration(text);
  if (!value) {
    if (const auto prometheus = parse_duration(text)) return *prometheus;
    f.problem(key, value.error().message);
  }
  return value.value_or(fallback);
}

Secret read_secret(codec::Fields& f, std::string_view key, Reading& reading) {
  const codec::Node* node = f.raw(key);
  const std::string value = f.text(key, "");
  if (node == nullptr || value.empty()) return Secret();
  if (value == kMask) {
    reading.warn(f, key, "is the text <secret>: write the secret itself, this one was masked");
  }
  reading.masked.emplace(node, kMask);
  return Secret(value);
}

std::string resolve(const std::string& path, const Reading& reading) {
  if (path.empty() || reading.folder.empty() || path.starts_with('/')) return path;
  return (std::filesystem::path(reading.folder) / path).lexically_normal().string();
}

std::string read_path(codec::Fields& f, std::string_view key, const Reading& reading) {
  return resolve(f.text(key, ""), reading);
}

void at_most_one(codec::Fields& f, std::string_view first, std::string_view second) {
  f.problem(first, fmt::format("at most one of {} & {} must be configured", first, second));
}

SecretSource read_secret_source(codec::Fields& f, std::string_view key, Reading& reading) {
  const std::string file_key = fmt::format("{}_file", key);
  SecretSource out{read_secret(f, key, reading), read_path(f, file_key, reading)};
  if (!out.value.empty() && !out.file.empty()) at_most_one(f, key, file_key);
  return out;
}

std::string read_url(codec::Fields& f, std::string_view key, UrlKind kind, Reading& reading) {
  const codec::Node* node = f.raw(key);
  std::string url = f.text(key, "");
  if (node == nullptr) return "";
  const bool is_template = kind == UrlKind::kSecretTemplate && url.find("{{") != std::string::npos;
  if (kind != UrlKind::kPlain && url == kMask) {
    reading.warn(f, key, "is the text <secret>: write the URL itself, this one was masked");
  } else if (kind == UrlKind::kSecretTemplate && url.empty()) {
    return "";
  } else if (const std::string wrong = is_template ? "" : wrong_with_url(url); !wrong.empty()) {
    // A secret is never in a message.
    f.problem(key, kind == UrlKind::kPlain
                       ? fmt::format("'{}' is not a URL: it {}", codec::shown(url), wrong)
                       : fmt::format("is not a URL: it {}", wrong));
    return "";
  }
  if (kind == UrlKind::kSecret) {
    reading.masked.emplace(node, kMask);
  } else if (kind == UrlKind::kSecretTemplate) {
    // amtool before 0.26 wants a URL here, and Go's url.Parse takes < and > in a host.
    const bool is_plain_http = url.starts_with("http://");
    reading.masked.emplace(node, is_plain_http ? "http://<secret>" : "https://<secret>");
  } else if (const std::string without = redacted(url); without != url) {
    reading.masked.emplace(node, without);
  }
  return url;
}

SecretSource read_url_source(codec::Fields& f, std::string_view key, UrlKind kind,
                             Reading& reading) {
  const std::string file_key = fmt::format("{}_file", key);
  SecretSource out{Secret(read_url(f, key, kind, reading)), read_path(f, file_key, reading)};
  if (f.has(key) && !out.file.empty()) at_most_one(f, key, file_key);
  return out;
}

void want_source(codec::Fields& f, const SecretSource& source, std::string_view key) {
  const codec::Node* node = f.node().find(key);
  const bool is_wrong = node != nullptr && !node->is_null() &&
                        (node->kind != codec::Node::Kind::kScalar || !node->scalar.empty());
  if (source.is_set() || is_wrong) return;
  f.problem(key, fmt::format("one of {} or {}_file must be configured", key, key));
}

// net.SplitHostPort
HostPort read_host_port(codec::Fields& f, std::string_view key) {
  const std::string text = f.text(key, "");
  if (text.empty()) return {};
  const auto wrong = [&](std::string_view why) {
    f.problem(key, fmt::format("'{}' {}; write host:port", codec::shown(text), why));
    return HostPort{};
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong("has no port");
  std::string host = text.substr(0, colon);
  std::string port = text.substr(colon + 1);
  if (port.empty()) return wrong("has no port");
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return wrong("has too many colons; an IPv6 address stands in brackets");
  }
  if ((host + port).find_first_of("[]") != std::string::npos)
    return wrong("has a bracket too many");
  return {std::move(host), std::move(port)};
}

namespace {

bool holds_nul(const codec::Node& node) {
  const auto in = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (in(node.scalar)) return true;
  if (std::ranges::any_of(node.items, holds_nul)) return true;
  return std::ranges::any_of(node.fields, [&](const codec::Field& field) {
    return in(field.key) || holds_nul(field.value);
  });
}

}  // namespace

std::map<std::string, codec::Node> read_nodes(codec::Fields& f, std::string_view key) {
  std::map<std::string, codec::Node> out;
  const codec::Node* node = f.raw(key);
  if (node == nullptr) return out;
  if (node->kind != codec::Node::Kind::kMapping) {
    f.problem(key, "must be a mapping (key: value)");
  } else if (holds_nul(*node)) {
    f.problem(key, "holds a NUL character; remove it");
  } else {
    for (const auto& [name, value] : node->fields) out.emplace(name, value);
  }
  return out;
}

std::vector<std::string> read_texts(codec::Fields& f, std::string_view key) {
  const codec::Node* node = f.raw(key);
  const auto is_null = [](const codec::Node& item) { return item.is_null(); };
  if (node == nullptr || std::ranges::none_of(node->items, is_null)) return f.texts(key);
  std::vector<std::string> out;
  for (const codec::Node& item : node->items) {
    if (!item.is_null() && item.kind != codec::Node::Kind::kScalar) return f.texts(key);
    out.push_back(item.scalar);
  }
  return out;
}

}  // namespace tocsin::routing
