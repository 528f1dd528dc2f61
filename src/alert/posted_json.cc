#include "alert/posted_json.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"
#include "routing/fingerprints.h"
#include "routing/go_text.h"
#include "routing/go_url.h"

namespace tocsin::alert {
namespace {

namespace dom = simdjson::dom;
using routing::LabelPair;
using routing::PostedAlert;
using routing::PostedView;

std::unexpected<Refusal> refuse(int status, int code, std::string message) {
  return std::unexpected(Refusal{status, code, std::move(message)});
}
// What is no JSON, or of another type than it should be.
std::unexpected<Refusal> unreadable(std::string_view what, std::string_view why) {
  return refuse(400, 400, fmt::format("parsing {} body from \"\" failed, because {}", what, why));
}
std::unexpected<Refusal> missing(std::string_view field) {
  return refuse(422, kMissing, fmt::format("{} in body is required", field));
}

std::string_view name_of(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY: return "array";
    case dom::element_type::OBJECT: return "object";
    case dom::element_type::STRING: return "string";
    case dom::element_type::BOOL: return "bool";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "number";
  }
}

std::string wrong_type(dom::element_type is, std::string_view field, std::string_view wanted) {
  return fmt::format("json: cannot unmarshal {} into field {} of type {}", name_of(is), field,
                     wanted);
}

// Where the first value of the text ends: the reference reads one value and ignores the rest.
std::string_view first_value(std::string_view body) {
  int depth = 0;
  bool is_text = false;
  for (size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (is_text) {
      if (c == '\\') ++i;
      if (c == '"') is_text = false;
    } else if (c == '"') {
      is_text = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth <= 0) {
      return body.substr(0, i + 1);
    }
  }
  return body;
}

// A parser that keeps its memory from one body to the next.
class Reader {
 public:
  std::expected<dom::element, Refusal> read(std::string_view body, std::string_view what) {
    text_.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    text_.assign(body);
    return read_padded(text_, what);
  }
  // The parser looks at what stands behind the text.
  std::expected<dom::element, Refusal> read_padded(std::string_view text, std::string_view what) {
    dom::element root;
    auto error = parser_.parse(text.data(), text.size(), false).get(root);
    if (error != simdjson::SUCCESS) {
      const std::string_view first = first_value(text);
      if (first.size() < text.size()) {
        error = parser_.parse(text.data(), first.size(), false).get(root);
      }
    }
    if (error != simdjson::SUCCESS) return unreadable(what, simdjson::error_message(error));
    return root;
  }

 private:
  dom::parser parser_;
  std::string text_;
};

bool is_classic_name(std::string_view name) {
  const auto is_start = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_start(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_start(c) || (c >= '0' && c <= '9'); });
}

// What the reference reads besides RFC 3339, as that: no offset (then it is UTC, as Python writes
// it), a space for the T, no seconds, a comma, an offset without its colon behind three or six
// digits. github.com/go-openapi/strfmt, time.go (ParseDateTime) and Go's time.Parse.
std::optional<std::string> as_rfc3339(std::string_view text) {
  static const RE2 kForms(
      R"((\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?)");
  std::string date, between, minute, second, fraction, offset;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForms, &date, &between, &minute,
                      &second, &fraction, &offset)) {
    return std::nullopt;
  }
  const bool has_second = !second.empty();
  if (!has_second && (!fraction.empty() || between != "T" || offset.size() > 1))
    return std::nullopt;
  if (between == " " && !offset.empty()) return std::nullopt;
  if (offset.size() == 5) {  // +0100
    if (fraction.size() != 3 && fraction.size() != 6) return std::nullopt;
    offset.insert(3, ":");
  }
  return fmt::format("{}T{}{}{}{}{}", date, minute, has_second ? second : ":00",
                     fraction.empty() ? "" : ".", fraction, offset.empty() ? "Z" : offset);
}

// Go's zero time is year 1 and means that there is none.
Result<std::optional<Time>> read_time(std::string_view text) {
  if (text.empty() || text.starts_with("0001-01-01T00:00:00")) return std::nullopt;
  auto time = parse_rfc3339(text);
  if (time) return *time;
  const auto other = as_rfc3339(text);
  if (!other) return fail(std::move(time.error()));
  return parse_rfc3339(*other);
}

struct Fields {
  dom::element labels, annotations;
  bool has_labels = false, has_annotations = false;
  std::optional<Time> starts, ends;
  std::string_view generator_url;
};

// As Go reads names of fields: in any case. Nearly all are written as they should be.
std::string_view known_key(std::string_view key) {
  constexpr std::array<std::string_view, 5> kNames = {"labels", "annotations", "startsAt", "endsAt",
                                                      "generatorURL"};
  if (std::ranges::find(kNames, key) != kNames.end()) return key;
  const auto found = std::ranges::find_if(
      kNames, [&](std::string_view name) { return equal_ignoring_case(name, key); });
  return found == kNames.end() ? key : *found;
}

// The fields of one object of the array; `at` is its place.
std::optional<Refusal> read_fields(dom::object object, size_t at, Fields& out) {
  const auto text_of = [](const dom::key_value_pair& field, std::string_view& text) {
    if (field.value.is_null()) return true;
    return field.value.get_string().get(text) == simdjson::SUCCESS;
  };
  const auto not_text = [](const dom::key_value_pair& field) {
    return unreadable("alerts", wrong_type(field.value.type(), field.key, "string")).error();
  };
  for (const dom::key_value_pair field : object) {
    const std::string_view key = known_key(field.key);
    std::string_view text;
    if (key == "labels" || key == "annotations") {
      if (field.value.is_null()) continue;
      if (!field.value.is_object()) {
        return unreadable("alerts", wrong_type(field.value.type(), field.key, "object")).error();
      }
      (key == "labels" ? out.labels : out.annotations) = field.value;
      (key == "labels" ? out.has_labels : out.has_annotations) = true;
    } else if (key == "startsAt" || key == "endsAt") {
      if (!text_of(field, text)) return not_text(field);
      auto time = read_time(text);
      if (!time) return unreadable("alerts", time.error().message).error();
      (key == "startsAt" ? out.starts : out.ends) = *time;
    } else if (key == "generatorURL") {
      if (!text_of(field, out.generator_url)) return not_text(field);
    }
  }
  if (!out.has_labels) return missing(fmt::format("{}.labels", at)).error();
  return std::nullopt;
}

// Pairs of an object of texts into `pairs`, whose memory is used again and again. `what` is read.
std::optional<Refusal> read_pairs(dom::element object, std::string_view what,
                                  std::string_view field, std::vector<LabelPair>& pairs) {
  pairs.clear();
  for (const dom::key_value_pair pair : dom::object(object)) {
    std::string_view value;
    if (pair.value.get_string().get(value) != simdjson::SUCCESS) {
      if (pair.value.is_null()) continue;  // to Go null is the empty text
      return unreadable(what, wrong_type(pair.value.type(), field, "string")).error();
    }
    pairs.emplace_back(pair.key, value);
  }
  return std::nullopt;
}

// The first name that may not be one, in the order of names.
std::optional<std::string> bad_name(const routing::Labels& labels, bool utf8_names) {
  for (const auto& [name, value] : labels) {
    if (utf8_names ? name.empty() : !is_classic_name(name)) return std::string(name);
  }
  return std::nullopt;
}

// Why it is not kept (Alert.Validate of github.com/prometheus/common, model/alert.go).
std::optional<std::string> why_invalid(const PostedAlert& alert, bool utf8_names) {
  if (alert.ends < alert.starts) return "start time must be before end time";
  if (const auto name = bad_name(alert.labels, utf8_names)) {
    return fmt::format("invalid label set: invalid name {}", routing::go_quote(*name));
  }
  if (alert.labels.empty()) return "at least one label pair required";
  if (const auto name = bad_name(alert.annotations, utf8_names)) {
    return fmt::format("invalid annotations: invalid name {}", routing::go_quote(*name));
  }
  return std::nullopt;
}

PostedView make_view(const Fields& fields, const PostedAlertRules& rules, Time now) {
  PostedView view;
  view.updated = now;
  view.is_timeout = !fields.ends;
  view.ends = fields.ends ? *fields.ends : now + rules.resolve_timeout;
  view.starts = fields.starts ? *fields.starts : fields.ends ? view.ends : now;
  view.generator_url = fields.generator_url;
  return view;
}

}  // namespace

const size_t PostedReader::kReadAhead = simdjson::SIMDJSON_PADDING;

class PostedReader::Impl {
 public:
  std::expected<PostedViews, Refusal> read(const std::string& body, const PostedAlertRules& rules,
                                           Time now) {
    if (trim(body).empty()) return missing("alerts");
    auto root = body.capacity() - body.size() >= kReadAhead ? reader_.read_padded(body, "alerts")
                                                            : reader_.read(body, "alerts");
    if (!root) return std::unexpected(root.error());
    PostedViews out;
    if (root->is_null()) return out;
    if (!root->is_array()) {
      return unreadable("alerts", wrong_type(root->type(), "alerts", "array"));
    }
    // What is kept of a text is no longer than the text, so that this never moves.
    bytes_.clear();
    bytes_.reserve(body.size());
    last_url_ = {};
    const dom::array array(*root);
    out.alerts.reserve(array.size());
    size_t at = 0;
    for (const dom::element element : array) {
      if (auto refusal = read_one(element, at++, rules, now, out)) {
        return std::unexpected(*std::move(refusal));
      }
    }
    add_fingerprints(out.alerts);
    return out;
  }
  size_t memory() const { return bytes_.capacity(); }

 private:
  std::optional<Refusal> read_one(dom::element element, size_t at, const PostedAlertRules& rules,
                                  Time now, PostedViews& out) {
    if (!element.is_object()) {
      return unreadable("alerts", wrong_type(element.type(), "alerts", "object")).error();
    }
    Fields fields;
    if (auto refusal = read_fields(dom::object(element), at, fields)) return refusal;
    if (auto refusal = check_url(fields.generator_url, at)) return refusal;
    PostedView view = make_view(fields, rules, now);
    bool is_good = view.ends >= view.starts;
    using routing::Labels;
    if (auto refusal = read_pairs(fields.labels, "alerts", "labels", pairs_)) return refusal;
    is_good = is_good && has_good_names(rules.utf8_names);
    view.labels = append(Labels::EmptyValues::kLeaveOut);
    if (fields.has_annotations) {
      if (auto refusal = read_pairs(fields.annotations, "alerts", "annotations", pairs_))
        return refusal;
      is_good = is_good && has_good_names(rules.utf8_names);
      view.annotations = append(Labels::EmptyValues::kKeep);
    }
    if (!is_good || view.labels.empty()) {
      // A bad name without a value does no harm.
      if (auto why = why_invalid(view.to_alert(), rules.utf8_names)) {
        out.invalid.push_back(*std::move(why));
        return std::nullopt;
      }
    }
    out.alerts.push_back(view);
    return std::nullopt;
  }

  static void add_fingerprints(std::span<PostedView> views) {
    constexpr size_t kTogether = routing::kFingerprintsTogether;
    for (size_t at = 0; at < views.size(); at += kTogether) {
      const auto some = views.subspan(at, std::min(kTogether, views.size() - at));
      routing::LabelBlocks blocks;
      for (size_t i = 0; i < some.size(); ++i) blocks[i] = some[i].labels;
      // The last ones are fewer: beside an empty block nothing goes on side by side.
      for (size_t i = some.size(); i < blocks.size(); ++i) blocks[i] = some[0].labels;
      const auto fingerprints = routing::fingerprints_of(blocks);
      for (size_t i = 0; i < some.size(); ++i) some[i].fingerprint = fingerprints[i];
    }
  }

  // Alerts of one rule come together and have the same.
  std::optional<Refusal> check_url(std::string_view url, size_t at) {
    if (url == last_url_) return std::nullopt;
    if (!url.empty() && !routing::is_request_uri(url)) {
      return Refusal{422, kBadFormat,
                     fmt::format("{}.generatorURL in body must be of type uri: {}", at,
                                 routing::go_quote(url))};
    }
    last_url_ = url;
    return std::nullopt;
  }

  bool has_good_names(bool utf8_names) const {
    return std::ranges::all_of(pairs_, [&](const LabelPair& pair) {
      return utf8_names ? !pair.first.empty() : is_classic_name(pair.first);
    });
  }

  std::string_view append(routing::Labels::EmptyValues empty) {
    const size_t begin = bytes_.size();
    routing::Labels::append_bytes(bytes_, pairs_, empty);
    return std::string_view(bytes_).substr(begin);
  }

  Reader reader_;
  std::string bytes_;  // blocks of labels and annotations
  std::vector<LabelPair> pairs_;
  std::string_view last_url_;  // that was good
};

PostedReader::PostedReader() : impl_(std::make_unique<Impl>()) {}
PostedReader::~PostedReader() = default;

std::expected<PostedViews, Refusal> PostedReader::read(const std::string& body,
                                                       const PostedAlertRules& rules, Time now) {
  // What one huge body took is not kept for ever.
  constexpr size_t kMostKept = 4 << 20;
  if (impl_->memory() > kMostKept) impl_ = std::make_unique<Impl>();
  return impl_->read(body, rules, now);
}

std::expected<PostedAlerts, Refusal> read_posted_alerts(std::string_view body,
                                                        const PostedAlertRules& rules, Time now) {
  PostedReader reader;
  auto read = reader.read(std::string(body), rules, now);
  if (!read) return std::unexpected(read.error());
  PostedAlerts out;
  out.invalid = std::move(read->invalid);
  out.alerts.reserve(read->alerts.size());
  for (const PostedView& view : read->alerts) out.alerts.push_back(view.to_alert());
  return out;
}

namespace {

// A field that must be there and must be a text.
std::expected<std::string_view, Refusal> text_field(dom::object object, std::string_view key,
                                                    std::string_view path) {
  dom::element value;
  if (object.at_key_case_insensitive(key).get(value) != simdjson::SUCCESS || value.is_null())
    return missing(path);
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    return unreadable("silence", wrong_type(value.type(), path, "string"));
  }
  return text;
}

std::expected<Time, Refusal> time_field(dom::object object, std::string_view key) {
  auto text = text_field(object, key, key);
  if (!text) return std::unexpected(text.error());
  const auto time = read_time(*text);
  if (!time) return unreadable("silence", time.error().message);
  return time->value_or(Time{});
}

// `fallback` where it is missing; without one it must be there.
std::expected<bool, Refusal> flag_field(dom::object object, std::string_view key,
                                        std::string_view path, std::optional<bool> fallback) {
  dom::element value;
  if (object.at_key_case_insensitive(key).get(value) != simdjson::SUCCESS || value.is_null()) {
    if (!fallback) return missing(path);
    return *fallback;
  }
  bool flag = false;
  if (value.get_bool().get(flag) != simdjson::SUCCESS) {
    return unreadable("silence", wrong_type(value.type(), path, "bool"));
  }
  return flag;
}

std::expected<routing::Matcher, Refusal> read_matcher(dom::element element, size_t at,
                                                      bool utf8_names) {
  dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) {
    return unreadable("silence", wrong_type(element.type(), "matchers", "object"));
  }
  const auto path = [&](std::string_view key) { return fmt::format("matchers.{}.{}", at, key); };
  const auto is_equal = flag_field(object, "isEqual", path("isEqual"), true);
  if (!is_equal) return std::unexpected(is_equal.error());
  const auto is_regex = flag_field(object, "isRegex", path("isRegex"), std::nullopt);
  if (!is_regex) return std::unexpected(is_regex.error());
  const auto name = text_field(object, "name", path("name"));
  if (!name) return std::unexpected(name.error());
  const auto value = text_field(object, "value", path("value"));
  if (!value) return std::unexpected(value.error());
  if (!utf8_names && !is_classic_name(*name)) {
    return refuse(400, 0,
                  fmt::format("invalid silence: invalid label matcher {}: invalid label name {}",
                              at, routing::go_quote(*name)));
  }
  using enum routing::MatchOp;
  const auto op = *is_regex ? (*is_equal ? kRegex : kNotRegex) : (*is_equal ? kEqual : kNotEqual);
  auto matcher = routing::Matcher::make(std::string(*name), op, std::string(*value));
  if (!matcher) {
    return refuse(
        400, 0,
        fmt::format("invalid silence: invalid label matcher {}: {}", at, matcher.error().message));
  }
  return *std::move(matcher);
}

std::expected<routing::Matchers, Refusal> matchers_field(dom::object object, bool utf8_names) {
  dom::element value;
  if (object.at_key_case_insensitive("matchers").get(value) != simdjson::SUCCESS ||
      value.is_null()) {
    return missing("matchers");
  }
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return unreadable("silence", wrong_type(value.type(), "matchers", "array"));
  }
  if (array.size() == 0)
    return refuse(422, kTooFew, "matchers in body should have at least 1 items");
  routing::Matchers out;
  for (const dom::element element : array) {
    auto matcher = read_matcher(element, out.size(), utf8_names);
    if (!matcher) return std::unexpected(matcher.error());
    out.push_back(*std::move(matcher));
  }
  return out;
}

}  // namespace

// The fields are looked at in the order in which the reference complains of them.
std::expected<routing::Silence, Refusal> read_posted_silence(std::string_view body,
                                                             bool utf8_names) {
  if (trim(body).empty()) return missing("silence");
  thread_local Reader reader;
  const auto root = reader.read(body, "silence");
  if (!root) return std::unexpected(root.error());
  if (root->is_null()) return missing("comment");  // to Go null is a silence without fields
  dom::object object;
  if (root->get_object().get(object) != simdjson::SUCCESS) {
    return unreadable("silence", wrong_type(root->type(), "silence", "object"));
  }
  routing::Silence silence;
  dom::element id;
  if (object.at_key_case_insensitive("id").get(id) == simdjson::SUCCESS && !id.is_null()) {
    std::string_view text;
    if (id.get_string().get(text) != simdjson::SUCCESS) {
      return unreadable("silence", wrong_type(id.type(), "id", "string"));
    }
    silence.id = text;
  }
  const auto comment = text_field(object, "comment", "comment");
  if (!comment) return std::unexpected(comment.error());
  silence.comment = *comment;
  const auto created_by = text_field(object, "createdBy", "createdBy");
  if (!created_by) return std::unexpected(created_by.error());
  silence.created_by = *created_by;
  const auto ends = time_field(object, "endsAt");
  if (!ends) return std::unexpected(ends.error());
  silence.ends = *ends;
  auto matchers = matchers_field(object, utf8_names);
  if (!matchers) return std::unexpected(matchers.error());
  silence.matchers = *std::move(matchers);
  const auto starts = time_field(object, "startsAt");
  if (!starts) return std::unexpected(starts.error());
  silence.starts = *starts;
  dom::element annotations;
  if (object.at_key_case_insensitive("annotations").get(annotations) == simdjson::SUCCESS &&
      !annotations.is_null()) {
    if (!annotations.is_object()) {
      return unreadable("silence", wrong_type(annotations.type(), "annotations", "object"));
    }
    std::vector<LabelPair> pairs;
    if (auto refusal = read_pairs(annotations, "silence", "annotations", pairs)) {
      return std::unexpected(*std::move(refusal));
    }
    silence.annotations = routing::Labels::with_empty_values_from_buffer(pairs);
  }
  return silence;
}

}  // namespace tocsin::alert
