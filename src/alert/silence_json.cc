#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "alert/go_json.h"
#include "alert/json_reader.h"
#include "alert/posted_json.h"
#include "base/text.h"
#include "routing/go_text.h"
#include "routing/go_time.h"
#include "routing/label_name.h"

namespace tocsin::alert {
namespace {

namespace dom = simdjson::dom;
using routing::LabelPair;

// As it was posted: what is missing, or null, is nothing. Go reads all of it before it looks for
// what is missing, and of a field that is there twice the last holds.
struct PostedMatcher {
  std::optional<std::string_view> name, value;
  std::optional<bool> is_regex, is_equal;
};
struct PostedSilence {
  std::string_view id;
  std::optional<std::string_view> comment, created_by;
  std::optional<Time> starts, ends;
  bool has_matchers = false;
  // A second array is read over the first, and what it leaves out stays.
  std::vector<PostedMatcher> matchers;
  size_t matchers_given = 0;
  std::vector<LabelPair> annotations;
};

using Wrong = std::optional<Refusal>;

Wrong read_text(const dom::key_value_pair& field, std::optional<std::string_view>& out) {
  std::string_view text;
  out.reset();
  if (field.value.is_null()) return std::nullopt;
  if (field.value.get_string().get(text) != simdjson::SUCCESS)
    return not_a("string", "silence", field);
  out = text;
  return std::nullopt;
}

Wrong read_flag(const dom::key_value_pair& field, std::optional<bool>& out) {
  bool flag = false;
  out.reset();
  if (field.value.is_null()) return std::nullopt;
  if (field.value.get_bool().get(flag) != simdjson::SUCCESS) return not_a("bool", "silence", field);
  out = flag;
  return std::nullopt;
}

Wrong read_time(const dom::key_value_pair& field, std::optional<Time>& out) {
  std::optional<std::string_view> text;
  if (auto wrong = read_text(field, text)) return wrong;
  out.reset();
  if (!text) return std::nullopt;
  out = routing::parse_go_date_time(*text);
  if (out) return std::nullopt;
  return unreadable("silence", fmt::format("{} is no date-time", routing::go_quote(*text))).error();
}

Wrong read_matcher(dom::object object, PostedMatcher& out) {
  for (const dom::key_value_pair field : object) {
    Wrong wrong;
    if (is_field(field.key, "name")) {
      wrong = read_text(field, out.name);
    } else if (is_field(field.key, "value")) {
      wrong = read_text(field, out.value);
    } else if (is_field(field.key, "isRegex")) {
      wrong = read_flag(field, out.is_regex);
    } else if (is_field(field.key, "isEqual")) {
      wrong = read_flag(field, out.is_equal);
    }
    if (wrong) return wrong;
  }
  return std::nullopt;
}

Wrong read_matchers(const dom::key_value_pair& field, PostedSilence& out) {
  out.has_matchers = !field.value.is_null();
  out.matchers_given = 0;
  dom::array array;
  if (field.value.get_array().get(array) != simdjson::SUCCESS) {
    out.matchers.clear();
    return out.has_matchers ? Wrong(not_a("array", "silence", field)) : std::nullopt;
  }
  if (array.size() == 0) out.matchers.clear();
  for (const dom::element element : array) {
    dom::object object;
    // The reference ends with a panic at null.
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      return unreadable("silence", wrong_type(element.type(), "matchers", "object")).error();
    }
    if (out.matchers_given == out.matchers.size()) out.matchers.emplace_back();
    if (auto wrong = read_matcher(object, out.matchers[out.matchers_given++])) return wrong;
  }
  return std::nullopt;
}

Wrong read_annotations(const dom::key_value_pair& field, std::vector<LabelPair>& out) {
  dom::object object;
  if (field.value.is_null()) {
    out.clear();
    return std::nullopt;
  }
  if (field.value.get_object().get(object) != simdjson::SUCCESS) {
    return not_a("object", "silence", field);
  }
  return append_pairs(object, "silence", "annotations", out);
}

Wrong read_field(const dom::key_value_pair& field, PostedSilence& out) {
  if (is_field(field.key, "comment")) return read_text(field, out.comment);
  if (is_field(field.key, "createdBy")) return read_text(field, out.created_by);
  if (is_field(field.key, "startsAt")) return read_time(field, out.starts);
  if (is_field(field.key, "endsAt")) return read_time(field, out.ends);
  if (is_field(field.key, "matchers")) return read_matchers(field, out);
  if (is_field(field.key, "annotations")) return read_annotations(field, out.annotations);
  if (!is_field(field.key, "id") || field.value.is_null()) return std::nullopt;
  if (field.value.get_string().get(out.id) != simdjson::SUCCESS)
    return not_a("string", "silence", field);
  return std::nullopt;
}

std::optional<std::string> missing_of(const PostedMatcher& matcher, size_t at) {
  const char* field = !matcher.is_regex ? "isRegex"
                      : !matcher.name   ? "name"
                      : !matcher.value  ? "value"
                                        : nullptr;
  if (field == nullptr) return std::nullopt;
  return fmt::format("matchers.{}.{}", at, field);
}

// In the order in which the reference complains.
Wrong look_for_missing(const PostedSilence& posted) {
  if (!posted.comment) return missing("comment").error();
  if (!posted.created_by) return missing("createdBy").error();
  if (!posted.ends) return missing("endsAt").error();
  if (!posted.has_matchers) return missing("matchers").error();
  if (posted.matchers_given == 0) {
    return refuse(422, kTooFew, "matchers in body should have at least 1 items").error();
  }
  for (size_t i = 0; i < posted.matchers_given; ++i) {
    if (const auto field = missing_of(posted.matchers[i], i)) return missing(*field).error();
  }
  if (!posted.starts) return missing("startsAt").error();
  return std::nullopt;
}

std::expected<routing::Matcher, Refusal> make_matcher(const PostedMatcher& posted, size_t at,
                                                      bool utf8_names) {
  const auto refuse_it = [&](std::string_view why) {
    return refuse(400, 0, fmt::format("invalid silence: invalid label matcher {}: {}", at, why));
  };
  if (!utf8_names && !routing::is_classic_label_name(*posted.name)) {
    return refuse_it(fmt::format("invalid label name {}", routing::go_quote(*posted.name)));
  }
  using enum routing::MatchOp;
  const bool is_equal = posted.is_equal.value_or(true);
  const auto op =
      *posted.is_regex ? (is_equal ? kRegex : kNotRegex) : (is_equal ? kEqual : kNotEqual);
  auto matcher = routing::Matcher::make(std::string(*posted.name), op, std::string(*posted.value));
  if (!matcher) return refuse_it(matcher.error().message);
  return *std::move(matcher);
}

// A database keeps no NUL in a text.
std::string without_nul(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\0') {
      out += "\xef\xbf\xbd";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::expected<routing::Silence, Refusal> read_posted_silence(std::string_view body, Time now,
                                                             bool utf8_names) {
  if (trim(body).empty()) return missing("silence");
  thread_local JsonReader reader;
  const auto root = reader.read(body, "silence");
  if (!root) return std::unexpected(root.error());
  PostedSilence posted;
  if (!root->is_null()) {  // to Go null is a silence without fields
    dom::object object;
    if (root->get_object().get(object) != simdjson::SUCCESS) {
      return unreadable("silence", wrong_type(root->type(), "silence", "object"));
    }
    for (const dom::key_value_pair field : object) {
      if (auto wrong = read_field(field, posted)) return std::unexpected(*std::move(wrong));
    }
  }
  if (auto wrong = look_for_missing(posted)) return std::unexpected(*std::move(wrong));
  routing::Silence silence;
  silence.id = without_nul(posted.id);
  silence.comment = without_nul(*posted.comment);
  silence.created_by = without_nul(*posted.created_by);
  silence.starts = *posted.starts;
  silence.ends = *posted.ends;
  if (const auto times = routing::check_times(silence, now); !times) {
    return refuse(400, 0, times.error().message);
  }
  for (size_t i = 0; i < posted.matchers_given; ++i) {
    auto matcher = make_matcher(posted.matchers[i], i, utf8_names);
    if (!matcher) return std::unexpected(matcher.error());
    silence.matchers.push_back(*std::move(matcher));
  }
  silence.annotations = routing::Labels::with_empty_values_from_buffer(posted.annotations);
  return silence;
}

}  // namespace tocsin::alert
