#include "alert/api_body.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::alert {
namespace {

constexpr size_t kMostMatchers = 50;

Result<routing::Matcher> one_matcher(std::string_view text, std::string_view where,
                                     routing::MatcherSyntax syntax) {
  auto parsed = routing::parse_matcher(text, syntax);
  if (!parsed || parsed->matchers.size() != 1) {
    return invalid(fmt::format("{}: '{}' is no matcher{}{}; write it as team=db or name=~\"a|b\"",
                               where, codec::shown(text), parsed ? "" : ": ",
                               parsed ? "" : parsed.error().message));
  }
  return std::move(parsed->matchers.front());
}

}  // namespace

Result<JsonBody> JsonBody::of(const net::Request& request, bool may_be_empty) {
  JsonBody body;
  if (may_be_empty && trim(request.body).empty()) {
    ASSIGN_OR_RETURN(body.node, codec::parse_json("{}"));
    return body;
  }
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
    return invalid("the body must be JSON, with Content-Type: application/json");
  }
  ASSIGN_OR_RETURN(body.node, codec::parse_json(request.body));
  if (body.node.kind != codec::Node::Kind::kMapping) {
    return invalid("the body must be a JSON object");
  }
  return body;
}

Result<routing::Matchers> read_matchers(codec::Fields& fields, routing::MatcherSyntax syntax) {
  const std::vector<std::string> texts = fields.texts("matchers");
  if (texts.empty()) return invalid("matchers is missing; name at least one, such as team=db");
  if (texts.size() > kMostMatchers) {
    return fail(Code::kResourceExhausted,
                fmt::format("matchers: {} are too many; at most {}", texts.size(), kMostMatchers));
  }
  routing::Matchers out;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(auto matcher, one_matcher(text, "matchers", syntax));
    out.push_back(std::move(matcher));
  }
  return out;
}

Result<std::optional<Time>> read_time(codec::Fields& fields, const char* key) {
  const std::string text = fields.text(key, "");
  if (text.empty()) return std::nullopt;
  auto time = parse_rfc3339(text);
  if (!time) return fail(std::move(time).error().in(key));
  return std::optional(*time);
}

Result<std::string> read_author(codec::Fields& fields, const access::Caller& caller) {
  std::string author = fields.text("author", "");
  if (trim(author).empty() && caller.actor.kind == "user") author = caller.actor.name;
  if (trim(author).empty()) {
    return invalid("author is missing; a token is nobody, so say who wants it");
  }
  return author;
}

Result<uint64_t> parse_fingerprint(std::string_view text) {
  if (const auto fingerprint = routing::fingerprint_from(text)) return *fingerprint;
  return invalid(fmt::format("'{}' is no fingerprint of an alert; it has 16 hexadecimal digits",
                             codec::shown(text)));
}

}  // namespace tocsin::alert
