#include "notify/http_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "codec/json.h"
#include "notify/mime.h"

namespace tocsin::notify {
namespace {

std::string escaped(std::string_view raw, Template::Escape escape) {
  std::string value = repair_utf8(raw);
  switch (escape) {
    case Template::Escape::kNone: return value;
    case Template::Escape::kUrl: return url_encode(value);
    case Template::Escape::kHeader:
      std::ranges::replace_if(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
      return value;
    case Template::Escape::kJson: {
      std::string quoted;
      codec::append_text(quoted, value);
      return quoted.substr(1, quoted.size() - 2);
    }
  }
  bug("unknown way to escape");
}

// The values of ${NAME} in a text: what came from the environment is taken to be secret.
void note_secrets(std::string_view text, std::vector<Secret>& out) {
  for (size_t open = text.find("${"); open != std::string_view::npos;
       open = text.find("${", open + 2)) {
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) return;
    const auto value = expand_environment(text.substr(open, close + 1 - open));
    if (value && value->size() >= 4) out.emplace_back(*value);
  }
}

// With ${NAME} replaced; a problem of the field otherwise.
std::string expanded(codec::Fields& fields, std::string_view key, const std::string& text) {
  auto value = expand_environment(text);
  if (value) return *std::move(value);
  fields.problem(key, value.error().message);
  return {};
}

Template read_template(codec::Fields& fields, std::string_view key, const std::string& text,
                       Template::Escape escape) {
  auto parsed = Template::parse(expanded(fields, key, text), escape, template_names());
  if (parsed) return *std::move(parsed);
  fields.problem(key, parsed.error().message);
  return {};
}

Template::Escape escape_for(std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "application/x-www-form-urlencoded") return Template::Escape::kUrl;
  if (type == "application/json" || type.ends_with("+json")) return Template::Escape::kJson;
  return Template::Escape::kNone;
}

// Values that would break JSON if a place stood outside of quotes.
void check_json(codec::Fields& fields, const Template& body) {
  Template::Values values;
  for (const std::string& name : template_names()) values[name] = "a \"b\" \\ c";
  const auto parsed = codec::parse_json(body.render(values));
  if (parsed) return;
  fields.problem("body",
                 fmt::format("is no JSON once it is filled in ({}); put places into quotes: "
                             "\"{{{{text}}}}\"",
                             parsed.error().message));
}

const codec::Node* step_into(const codec::Node& node, std::string_view name) {
  if (node.kind == codec::Node::Kind::kMapping) return node.find(name);
  if (node.kind != codec::Node::Kind::kSequence) return nullptr;
  size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end != name.data() + name.size()) return nullptr;
  return index < node.items.size() ? &node.items[index] : nullptr;
}

}  // namespace

Result<Template> Template::parse(std::string_view text, Escape escape,
                                 std::span<const std::string> known) {
  Template out;
  out.escape_ = escape;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    if (open != 0) out.pieces_.push_back({std::string(text.substr(0, open)), false});
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 2);
    const size_t close = text.find("}}");
    if (close == std::string_view::npos) return invalid("a '{{' has no '}}'");
    const std::string name(trim(text.substr(0, close)));
    if (std::ranges::find(known, name) == known.end()) {
      return invalid(fmt::format("'{{{{{}}}}}' is not known{}; there are {}", codec::shown(name),
                                 codec::did_you_mean(name, known), join(known, ", ")));
    }
    out.pieces_.push_back({name, true});
    text.remove_prefix(close + 2);
  }
  return out;
}

std::string Template::render(const Values& values) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    if (!piece.is_value) {
      out += piece.text;
      continue;
    }
    const auto it = values.find(piece.text);
    if (it != values.end()) out += escaped(it->second, escape_);
  }
  return out;
}

std::span<const std::string> template_names() {
  static const std::vector<std::string> kNames{
      "to",         "text",    "title",      "impact",      "since",    "likely",
      "first_step", "runbook", "answer_url", "incident_id", "alert_id", "service",
      "severity",   "person",  "language",   "delivery",    "repeated"};
  return kNames;
}

HttpTemplate read_http_template(codec::Fields fields) {
  static constexpr std::string_view kMethods[] = {"POST", "PUT", "GET"};
  HttpTemplate out;
  out.method = kMethods[fields.choice("method", kMethods, 0)];
  const std::string url = fields.text("url");
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    fields.problem("url", "begin it with https://; places may stand behind the host");
  }
  if (url.substr(0, url.find('/', 8)).find("{{") != std::string::npos) {
    fields.problem("url", "the host cannot be a place: messages must not choose whom we call");
  }
  out.url = read_template(fields, "url", url, Template::Escape::kUrl);
  std::string content_type;
  for (const auto& [name, value] : fields.text_map("headers")) {
    out.headers.emplace_back(name,
                             read_template(fields, "headers", value, Template::Escape::kHeader));
    if (equal_ignoring_case(name, "content-type")) content_type = value;
    note_secrets(value, out.secrets);
  }
  const std::string body = fields.text("body", "");
  note_secrets(url, out.secrets);
  note_secrets(body, out.secrets);
  if (content_type.empty() && !body.empty()) {
    content_type = "application/json";
    const auto json = Template::parse("application/json; charset=utf-8", Template::Escape::kHeader,
                                      template_names());
    if (json) out.headers.emplace_back("Content-Type", *json);
  }
  const Template::Escape escape = escape_for(content_type);
  out.body = read_template(fields, "body", body, escape);
  if (escape == Template::Escape::kJson && !body.empty()) check_json(fields, out.body);
  for (const std::string& status : fields.texts("ok_status")) {
    int number = 0;
    const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), number);
    if (error != std::errc() || end != status.data() + status.size() || number < 100 ||
        number > 599) {
      fields.problem("ok_status", fmt::format("'{}' is no HTTP status", codec::shown(status)));
    }
    out.ok_status.push_back(number);
  }
  out.id_path = fields.text("id_path", "");
  fields.finish();
  return out;
}

std::string text_at(std::string_view json, std::string_view path) {
  const auto tree = codec::parse_json(json);
  if (!tree) return {};
  const codec::Node* at = &*tree;
  for (const std::string_view name : split(path, '.')) {
    at = step_into(*at, name);
    if (at == nullptr) return {};
  }
  return at->kind == codec::Node::Kind::kScalar ? at->scalar : std::string();
}

}  // namespace tocsin::notify
