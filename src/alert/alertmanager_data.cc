#include "alert/alertmanager_data.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "base/text.h"
#include "telemetry/proto_reader.h"

namespace tocsin::alert {
namespace {

using routing::Matcher;
using routing::MatchOp;
using telemetry::ProtoReader;

// The years 1 and 9999: what protobuf's Timestamp may hold.
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;

std::unexpected<Error> damaged(std::string what) { return fail(Code::kDataLoss, std::move(what)); }
std::unexpected<Error> cut_off() { return damaged("a field is cut off"); }

template <class T>
Result<> put(T& out, Result<T> read) {
  if (!read) return fail(std::move(read.error()));
  out = *std::move(read);
  return {};
}

// One field of a message; `text` for those with a length, `number` for varints.
struct Value {
  uint64_t field = 0;
  unsigned wire = 0;
  uint64_t number = 0;
  std::string_view text;
};
constexpr unsigned kVarint = 0, kBytes = 2;

// Calls `take` with each field; those of other wire types are passed over.
Result<> each_field(std::string_view message, const std::function<Result<>(const Value&)>& take) {
  ProtoReader reader(message);
  while (!reader.done()) {
    uint64_t tag = 0;
    if (!reader.varint(tag)) return cut_off();
    Value value{.field = tag >> 3, .wire = static_cast<unsigned>(tag & 7)};
    if (value.field == 0) return damaged("it holds a field without a number");
    if (value.wire == kVarint) {
      if (!reader.varint(value.number)) return cut_off();
    } else if (value.wire == kBytes) {
      if (!reader.bytes(value.text)) return cut_off();
    } else {
      if (!reader.skip(tag)) return cut_off();
      continue;
    }
    RETURN_IF_ERROR(take(value));
  }
  return {};
}

Result<std::string> text_of(const Value& value, const char* name) {
  if (value.wire != kBytes) return damaged(fmt::format("{} is no text", name));
  if (!is_valid_utf8(value.text) || value.text.contains('\0')) {
    return damaged(fmt::format("{} is no text", name));
  }
  return std::string(value.text);
}

Result<Time> time_of(const Value& value, const char* name) {
  if (value.wire != kBytes) return damaged(fmt::format("{} is no time", name));
  int64_t second = 0, nanos = 0;
  RETURN_IF_ERROR(each_field(value.text, [&](const Value& part) -> Result<> {
    if (part.field == 1 && part.wire == kVarint) second = static_cast<int64_t>(part.number);
    if (part.field == 2 && part.wire == kVarint) nanos = static_cast<int64_t>(part.number);
    return {};
  }));
  if (second < kFirstSecond || second > kLastSecond || nanos < 0 || nanos > 999'999'999) {
    return damaged(fmt::format("{} is no time", name));
  }
  return from_micros(second * 1'000'000 + nanos / 1000);
}

// Calls `take` with each message of the file. What it finds wrong is told with the place.
Result<> each_message(std::string_view file, const char* what,
                      const std::function<Result<>(std::string_view)>& take) {
  ProtoReader reader(file);
  while (!reader.done()) {
    const auto offset = reader.at() - file.data();
    std::string_view message;
    if (!reader.bytes(message)) {
      return damaged(fmt::format("byte {}: the file ends within a {}", offset, what));
    }
    if (auto taken = take(message); !taken) {
      return damaged(
          fmt::format("byte {}: a {} cannot be read: {}", offset, what, taken.error().message));
    }
  }
  return {};
}

// --- silences

Result<Matcher> matcher_of(std::string_view message) {
  // Numbered as in Matcher.Type.
  constexpr std::array kOps = {MatchOp::kEqual, MatchOp::kRegex, MatchOp::kNotEqual,
                               MatchOp::kNotRegex};
  uint64_t type = 0;
  std::string name, pattern;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    if (value.field == 1 && value.wire == kVarint) type = value.number;
    if (value.field == 2) return put(name, text_of(value, "the name of a matcher"));
    if (value.field == 3) return put(pattern, text_of(value, "the pattern of a matcher"));
    return {};
  }));
  if (type >= kOps.size()) return damaged(fmt::format("a matcher is of the unknown type {}", type));
  return Matcher::make(std::move(name), kOps[type], std::move(pattern));
}

Result<> add_matcher(routing::Matchers& set, const Value& value) {
  ASSIGN_OR_RETURN(Matcher matcher, matcher_of(value.text));
  set.push_back(std::move(matcher));
  return {};
}

// MatcherSet, and the deprecated Comment.
Result<routing::Matchers> set_of(std::string_view message) {
  routing::Matchers set;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    return value.field == 1 ? add_matcher(set, value) : Result<>();
  }));
  return set;
}

struct Comment {
  std::string author, text;
};
Result<Comment> comment_of(std::string_view message) {
  Comment comment;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    if (value.field == 1) return put(comment.author, text_of(value, "an author"));
    if (value.field == 2) return put(comment.text, text_of(value, "a comment"));
    return {};
  }));
  return comment;
}

Result<std::pair<std::string, std::string>> annotation_of(std::string_view message) {
  std::pair<std::string, std::string> out;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    if (value.field == 1) return put(out.first, text_of(value, "the name of an annotation"));
    if (value.field == 2) return put(out.second, text_of(value, "an annotation"));
    return {};
  }));
  return out;
}

struct SilenceMessage {
  routing::Silence silence;
  std::vector<routing::Matchers> sets;
};

Result<SilenceMessage> silence_of(std::string_view message) {
  SilenceMessage out;
  routing::Silence& s = out.silence;
  std::optional<Comment> older;
  std::vector<std::pair<std::string, std::string>> annotations;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    switch (value.field) {
      case 1: return put(s.id, text_of(value, "the id"));
      case 2: return add_matcher(s.matchers, value);
      case 3: return put(s.starts, time_of(value, "the start"));
      case 4: return put(s.ends, time_of(value, "the end"));
      case 5: return put(s.updated, time_of(value, "the time of the last change"));
      case 7:
        return older ? Result<>() : put<std::optional<Comment>>(older, comment_of(value.text));
      case 8: return put(s.created_by, text_of(value, "the author"));
      case 9: return put(s.comment, text_of(value, "the comment"));
      case 10: return put(annotations.emplace_back(), annotation_of(value.text));
      case 11: return put(out.sets.emplace_back(), set_of(value.text));
      default: return {};
    }
  }));
  if (older && s.comment.empty()) s.comment = older->text;
  if (older && s.created_by.empty()) s.created_by = older->author;
  const std::vector<routing::LabelPair> pairs(annotations.begin(), annotations.end());
  s.annotations = routing::Labels::with_empty_values(pairs);
  if (out.sets.empty()) out.sets.push_back(std::move(s.matchers));
  return out;
}

Result<> check(const SilenceMessage& message) {
  if (message.silence.id.empty()) return damaged("it has no id");
  if (message.silence.ends < message.silence.starts) return damaged("it ends before it starts");
  for (const auto& set : message.sets) {
    if (set.empty()) return damaged("it has no matchers");
  }
  return {};
}

// A UUID of version 8 (RFC 9562), the same for the same silence and set.
std::string id_of_set(const std::string& id, size_t set) {
  const std::string text = fmt::format("{}/{}", id, set);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  const uint64_t high = (hash.high64 & ~0xf000ULL) | 0x8000;
  const uint64_t low = (hash.low64 & ~(3ULL << 62)) | 2ULL << 62;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

// --- what was told

Result<> read_hashes(Fingerprints& out, const Value& value) {
  if (value.wire == kVarint) {
    out.push_back(value.number);
    return {};
  }
  ProtoReader packed(value.text);
  while (!packed.done()) {
    uint64_t hash = 0;
    if (!packed.varint(hash)) return damaged("a list of alerts is cut off");
    out.push_back(hash);
  }
  return {};
}

void make_set(Fingerprints& list) {
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
}

Result<> read_receiver(ToldKey& key, std::string_view message) {
  return each_field(message, [&](const Value& value) -> Result<> {
    if (value.field == 1) return put(key.receiver, text_of(value, "the receiver"));
    if (value.field == 2) return put(key.kind, text_of(value, "the integration"));
    if (value.field == 3 && value.wire == kVarint) {
      if (value.number > 1'000'000) return damaged("the integration's index is out of range");
      key.index = static_cast<int>(value.number);
    }
    return {};
  });
}

Result<> read_entry(ToldKey& key, Told& told, std::string_view message) {
  Fingerprints firing, muted;
  RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
    switch (value.field) {
      case 1: return put(key.group_key, text_of(value, "the group"));
      case 2: return read_receiver(key, value.text);
      case 5: return put(told.at, time_of(value, "the time"));
      case 6: return read_hashes(firing, value);
      case 9: return read_hashes(muted, value);  // 0.34: in the list, and not told
      default: return {};
    }
  }));
  if (key.group_key.empty() || key.receiver.empty() || key.kind.empty()) {
    return damaged("it does not say who was told of which group");
  }
  make_set(firing);
  make_set(muted);
  told.imported = difference_of(firing, muted);
  told.noted = told.at;
  return {};
}

}  // namespace

Result<std::vector<KeptSilence>> read_alertmanager_silences(std::string_view file) {
  std::vector<KeptSilence> all;
  RETURN_IF_ERROR(each_message(file, "silence", [&](std::string_view message) -> Result<> {
    std::optional<SilenceMessage> read;
    Time expires;
    RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
      if (value.field == 1) return put<std::optional<SilenceMessage>>(read, silence_of(value.text));
      if (value.field == 2) return put(expires, time_of(value, "the time of forgetting"));
      return {};
    }));
    if (!read) return damaged("it is empty");
    RETURN_IF_ERROR(check(*read));
    for (size_t i = 0; i < read->sets.size(); ++i) {
      KeptSilence kept{read->silence, expires};
      kept.silence.matchers = std::move(read->sets[i]);
      if (i > 0) kept.silence.id = id_of_set(read->silence.id, i);
      all.push_back(std::move(kept));
    }
    return {};
  }));
  return all;
}

Result<std::vector<std::pair<ToldKey, Told>>> read_alertmanager_nflog(std::string_view file) {
  std::vector<std::pair<ToldKey, Told>> all;
  RETURN_IF_ERROR(each_message(file, "notification", [&](std::string_view message) -> Result<> {
    ToldKey key;
    Told told;
    bool has_entry = false;
    RETURN_IF_ERROR(each_field(message, [&](const Value& value) -> Result<> {
      if (value.field == 1) {
        has_entry = true;
        return read_entry(key, told, value.text);
      }
      if (value.field == 2) return put(told.expires, time_of(value, "the time of forgetting"));
      return {};
    }));
    if (!has_entry) return damaged("it is empty");
    all.emplace_back(std::move(key), std::move(told));
    return {};
  }));
  return all;
}

}  // namespace tocsin::alert
