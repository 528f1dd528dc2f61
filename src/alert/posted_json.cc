#include "alert/posted_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "alert/go_json.h"
#include "alert/json_reader.h"
#include "base/text.h"
#include "routing/fingerprints.h"
#include "routing/go_text.h"
#include "routing/go_time.h"
#include "routing/go_url.h"
#include "routing/label_name.h"

namespace tocsin::alert {
namespace {

namespace dom = simdjson::dom;
using routing::LabelPair;
using routing::PostedAlert;
using routing::PostedView;

// Go's zero time, which means that there is none.
constexpr Time kNoTime{std::chrono::sys_days(std::chrono::year(1) / 1 / 1)};

// A field of pairs. Given twice, the second is read over the first, as Go decodes into a map.
struct PairsField {
  bool is_given = false;
  dom::element last;
  std::vector<dom::element> before;  // nearly always empty

  void add(dom::element object) {
    if (is_given) before.push_back(last);
    last = object;
    is_given = true;
  }
};

struct Fields {
  PairsField labels, annotations;
  std::optional<Time> starts, ends;
  std::string_view generator_url;
};

// Nearly all names of fields are written as they should be.
std::string_view known_key(std::string_view key) {
  constexpr std::array<std::string_view, 5> kNames = {"labels", "annotations", "startsAt", "endsAt",
                                                      "generatorURL"};
  if (std::ranges::find(kNames, key) != kNames.end()) return key;
  const auto found =
      std::ranges::find_if(kNames, [&](std::string_view name) { return is_field(key, name); });
  return found == kNames.end() ? key : *found;
}

std::optional<Refusal> read_pairs_field(const dom::key_value_pair& field, PairsField& out) {
  if (field.value.is_null()) {
    out = {};
  } else if (field.value.is_object()) {
    out.add(field.value);
  } else {
    return not_a("object", "alerts", field);
  }
  return std::nullopt;
}

// null leaves what an earlier field of that name said.
std::optional<Refusal> read_time_field(const dom::key_value_pair& field, std::optional<Time>& out) {
  std::string_view text;
  if (field.value.is_null()) return std::nullopt;
  if (field.value.get_string().get(text) != simdjson::SUCCESS)
    return not_a("string", "alerts", field);
  const auto time = routing::parse_go_date_time(text);
  if (!time) {
    return unreadable("alerts", fmt::format("{} is no date-time", routing::go_quote(text))).error();
  }
  out = *time == kNoTime ? std::nullopt : time;
  return std::nullopt;
}

std::optional<Refusal> read_fields(dom::object object, Fields& out) {
  for (const dom::key_value_pair field : object) {
    const std::string_view key = known_key(field.key);
    std::optional<Refusal> refusal;
    if (key == "labels") {
      refusal = read_pairs_field(field, out.labels);
    } else if (key == "annotations") {
      refusal = read_pairs_field(field, out.annotations);
    } else if (key == "startsAt") {
      refusal = read_time_field(field, out.starts);
    } else if (key == "endsAt") {
      refusal = read_time_field(field, out.ends);
    } else if (key == "generatorURL") {
      out.generator_url = {};
      const bool is_text = field.value.get_string().get(out.generator_url) == simdjson::SUCCESS;
      if (!is_text && !field.value.is_null()) refusal = not_a("string", "alerts", field);
    }
    if (refusal) return refusal;
  }
  return std::nullopt;
}

// Into `pairs`, whose memory is used again and again. Of a name that is there twice the last holds.
std::optional<Refusal> read_pairs(const PairsField& from, std::string_view field,
                                  std::vector<LabelPair>& pairs) {
  pairs.clear();
  for (const dom::element object : from.before) {
    if (auto refusal = append_pairs(dom::object(object), "alerts", field, pairs)) return refusal;
  }
  if (!from.is_given) return std::nullopt;
  return append_pairs(dom::object(from.last), "alerts", field, pairs);
}

// The first name that may not be one, in the order of names.
std::optional<std::string> bad_name(const routing::Labels& labels, bool utf8_names) {
  for (const auto& [name, value] : labels) {
    if (utf8_names ? name.empty() : !routing::is_classic_label_name(name)) return std::string(name);
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
    bytes_.reserve(reader_.read_bytes());
    last_url_ = {};
    const dom::array array(*root);
    out.alerts.reserve(array.size());
    // All of it is read before the first alert is refused for what it says.
    std::optional<Refusal> refused;
    size_t at = 0;
    for (const dom::element element : array) {
      auto refusal = read_one(element, at++, rules, now, out);
      if (refusal && refusal->status == 400) return std::unexpected(*std::move(refusal));
      if (refusal && !refused) refused = std::move(refusal);
    }
    if (refused) return std::unexpected(*std::move(refused));
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
    if (auto refusal = read_fields(dom::object(element), fields)) return refusal;
    PostedView view = make_view(fields, rules, now);
    bool is_good = view.ends >= view.starts;
    using routing::Labels;
    if (auto refusal = read_pairs(fields.labels, "labels", pairs_)) return refusal;
    is_good = is_good && has_good_names(rules.utf8_names);
    view.labels = append(Labels::EmptyValues::kLeaveOut);
    if (fields.annotations.is_given) {
      if (auto refusal = read_pairs(fields.annotations, "annotations", pairs_)) return refusal;
      is_good = is_good && has_good_names(rules.utf8_names);
      view.annotations = append(Labels::EmptyValues::kKeep);
    }
    if (auto refusal = check_url(fields.generator_url, at)) return refusal;
    if (!fields.labels.is_given) return missing(fmt::format("{}.labels", at)).error();
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
      return utf8_names ? !pair.first.empty() : routing::is_classic_label_name(pair.first);
    });
  }

  std::string_view append(routing::Labels::EmptyValues empty) {
    const size_t begin = bytes_.size();
    routing::Labels::append_bytes(bytes_, pairs_, empty);
    return std::string_view(bytes_).substr(begin);
  }

  JsonReader reader_;
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

}  // namespace tocsin::alert
