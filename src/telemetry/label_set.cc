#include "telemetry/label_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "telemetry/proto_reader.h"

namespace tocsin::telemetry {
namespace {

std::unexpected<RefusedSeries> refused(Refusal reason, std::string message) {
  return std::unexpected(RefusedSeries{reason, std::move(message)});
}

// Enough of a text to recognise it by, and never a broken character.
std::string short_text(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 48)) out += c >= ' ' && c < 0x7f ? c : '?';
  return text.size() > 48 ? out + "..." : out;
}

void append_varint(std::string& out, size_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>((n & 0x7f) | 0x80);
  out += static_cast<char>(n);
}

size_t varint_size(size_t n) {
  size_t size = 1;
  for (; n >= 0x80; n >>= 7) ++size;
  return size;
}

}  // namespace

std::expected<LabelSet, RefusedSeries> LabelSet::from(std::vector<LabelView> labels,
                                                      const LabelLimits& limits) {
  if (labels.size() > limits.max_labels) {
    return refused(Refusal::kLabelCount,
                   fmt::format("a series has {} labels; the limit is {} (max_labels)",
                               labels.size(), limits.max_labels));
  }
  for (const LabelView& label : labels) {
    if (label.name.empty() || !is_valid_utf8(label.name) || !is_valid_utf8(label.value)) {
      return refused(Refusal::kMalformed,
                     fmt::format("label '{}' has an empty name or text that is not UTF-8",
                                 short_text(label.name)));
    }
    if (label.name.size() > limits.max_name_bytes) {
      return refused(Refusal::kLabelName,
                     fmt::format("label name '{}' has {} bytes; the limit is {} "
                                 "(max_label_name)",
                                 short_text(label.name), label.name.size(), limits.max_name_bytes));
    }
    if (label.value.size() > limits.max_value_bytes) {
      return refused(
          Refusal::kLabelValue,
          fmt::format("the value of label '{}' has {} bytes; the limit is {} "
                      "(max_label_value)",
                      short_text(label.name), label.value.size(), limits.max_value_bytes));
    }
  }
  std::ranges::sort(labels);
  for (size_t i = 1; i < labels.size(); ++i) {
    if (labels[i].name == labels[i - 1].name) {
      return refused(Refusal::kDuplicateLabel, fmt::format("label '{}' appears twice in one series",
                                                           short_text(labels[i].name)));
    }
  }
  std::erase_if(labels, [](const LabelView& label) { return label.value.empty(); });
  if (labels.empty()) return refused(Refusal::kMalformed, "a series has no labels");
  LabelSet set;
  set.all_ = std::move(labels);
  return set;
}

std::expected<LabelSet, RefusedSeries> LabelSet::parse_wire(std::string_view wire,
                                                            const LabelLimits& limits) {
  const auto malformed = [] {
    return refused(Refusal::kMalformed, "the labels of a series cannot be decoded");
  };
  std::vector<LabelView> labels;
  ProtoReader fields(wire);
  while (!fields.done()) {
    uint64_t tag = 0;
    std::string_view body;
    if (!fields.varint(tag) || tag != 0x0a || !fields.bytes(body)) return malformed();
    LabelView label;
    for (ProtoReader parts(body); !parts.done();) {
      if (!parts.varint(tag)) return malformed();
      const bool read = tag == 0x0a   ? parts.bytes(label.name)
                        : tag == 0x12 ? parts.bytes(label.value)
                                      : parts.skip(tag);
      if (!read) return malformed();
    }
    // A hostile series must not make us hold more than its limit allows.
    if (labels.size() > limits.max_labels) break;
    labels.push_back(label);
  }
  return from(std::move(labels), limits);
}

std::string_view LabelSet::get(std::string_view name) const {
  const auto at = std::ranges::lower_bound(all_, name, {}, &LabelView::name);
  return at != all_.end() && at->name == name ? at->value : std::string_view();
}

void LabelSet::erase(std::string_view name) {
  std::erase_if(all_, [&](const LabelView& label) { return label.name == name; });
}

std::string LabelSet::to_text() const {
  std::string inside;
  for (const auto& [name, value] : all_) {
    if (name == kMetricName) continue;
    inside +=
        fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", short_text(name), short_text(value));
  }
  return fmt::format("{}{{{}}}", short_text(get(kMetricName)), inside);
}

void append_wire_label(std::string& out, std::string_view name, std::string_view value) {
  const size_t size =
      2 + varint_size(name.size()) + name.size() + varint_size(value.size()) + value.size();
  out += '\x0a';
  append_varint(out, size);
  out += '\x0a';
  append_varint(out, name.size());
  out += name;
  out += '\x12';
  append_varint(out, value.size());
  out += value;
}

}  // namespace tocsin::telemetry
