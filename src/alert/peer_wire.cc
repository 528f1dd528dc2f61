#include "alert/peer_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "alert/silence_store.h"
#include "base/text.h"
#include "codec/fields.h"
#include "codec/json.h"

namespace tocsin::alert {
namespace {

using codec::Fields;
using codec::JsonArray;
using codec::JsonObject;
using routing::Matcher;
using routing::MatchOp;
using routing::Silence;

// The years 1 and 9999, as RFC 3339 writes them.
constexpr int64_t kFirstTime = -62'135'596'800'000'000;
constexpr int64_t kLastTime = 253'402'300'799'999'999;
constexpr size_t kLongestName = 256;

constexpr std::array<MatchOp, 4> kOps = {MatchOp::kEqual, MatchOp::kNotEqual, MatchOp::kRegex,
                                         MatchOp::kNotRegex};
constexpr std::array<std::string_view, 4> kOpTexts = {"=", "!=", "=~", "!~"};
constexpr std::array<std::string_view, 6> kKinds = {"hello", "ping", "pong", "state", "end", "bye"};

// --- writing

std::string list_text(const Fingerprints& list) {
  std::string text;
  text.reserve(list.size() * 16);
  for (const uint64_t fingerprint : list)
    fmt::format_to(std::back_inserter(text), "{:016x}", fingerprint);
  return text;
}

JsonObject to_json(const Silence& silence) {
  JsonObject annotations;
  for (const auto& [name, value] : silence.annotations) annotations[name] = value;
  return {{"id", silence.id},
          {"matchers", matchers_json(silence.matchers)},
          {"starts", to_micros(silence.starts)},
          {"ends", to_micros(silence.ends)},
          {"updated", to_micros(silence.updated)},
          {"created_by", silence.created_by},
          {"comment", silence.comment},
          {"annotations", std::move(annotations)}};
}

JsonObject to_json(const ToldKey& key, const Told& told) {
  return {{"group", key.group_key},
          {"receiver", key.receiver},
          {"kind", key.kind},
          {"index", key.index},
          {"at", to_micros(told.at)},
          {"noted", to_micros(told.noted)},
          {"expires", to_micros(told.expires)},
          {"firing", list_text(told.firing)},
          {"resolved", list_text(told.resolved)},
          {"open", list_text(told.still_open)}};
}

JsonObject to_json(const PeerHello& hello) {
  return {{"t", "hello"},         {"name", hello.name},       {"instance", hello.instance},
          {"label", hello.label}, {"address", hello.address}, {"now", to_micros(hello.now)}};
}

JsonObject to_json(const PeerPing& ping) {
  JsonArray members;
  for (const auto& [name, address] : ping.members) {
    members.push_back(JsonObject{{"name", name}, {"address", address}});
  }
  return {{"t", ping.is_answer ? "pong" : "ping"}, {"members", std::move(members)}};
}

JsonObject to_json(const PeerState& state) {
  JsonArray silences, told;
  for (const Silence& silence : state.silences) silences.push_back(to_json(silence));
  for (const auto& [key, one] : state.told) told.push_back(to_json(key, one));
  return {{"t", "state"}, {"silences", std::move(silences)}, {"told", std::move(told)}};
}

JsonObject to_json(const PeerStateEnd& end) {
  return {{"t", "end"}, {"wants_yours", end.wants_yours}};
}

JsonObject to_json(const PeerBye& bye) {
  return {{"t", "bye"}, {"why", bye.why}, {"leaving", bye.is_leaving}};
}

// --- reading

Time read_time(Fields& f, std::string_view key) {
  return from_micros(f.integer(key, std::nullopt, kFirstTime, kLastTime));
}

std::string read_name(Fields& f, std::string_view key) {
  std::string name = f.text(key);
  if (name.size() > kLongestName) {
    f.problem(key, fmt::format("is longer than {} bytes", kLongestName));
  }
  return name;
}

Fingerprints read_list(Fields& f, std::string_view key) {
  const std::string text = f.text(key, "");
  Fingerprints list;
  list.reserve(text.size() / 16);
  for (size_t at = 0; at + 16 <= text.size(); at += 16) {
    uint64_t fingerprint = 0;
    const char* const end = text.data() + at + 16;
    const auto [stop, error] = std::from_chars(text.data() + at, end, fingerprint, 16);
    if (error != std::errc() || stop != end) break;
    list.push_back(fingerprint);
  }
  const bool is_sorted = std::ranges::adjacent_find(list, std::greater_equal<>()) == list.end();
  if (list.size() * 16 != text.size() || !is_sorted) {
    f.problem(key, "is not a sorted list of fingerprints of 16 hexadecimal digits");
    return {};
  }
  return list;
}

routing::Matchers read_matchers(Fields& f) {
  routing::Matchers matchers;
  for (Fields& one : f.children("matchers")) {
    std::string name = one.text("name");
    const size_t op = one.choice("op", kOpTexts, std::nullopt);
    auto matcher = Matcher::make(std::move(name), kOps[op], one.text("value", ""));
    if (matcher) {
      matchers.push_back(*std::move(matcher));
    } else {
      one.problem("value", matcher.error().message);
    }
  }
  if (matchers.empty()) f.problem("matchers", "has none");
  return matchers;
}

Silence read_silence(Fields& f) {
  Silence silence;
  silence.id = read_name(f, "id");
  silence.matchers = read_matchers(f);
  silence.starts = read_time(f, "starts");
  silence.ends = read_time(f, "ends");
  silence.updated = read_time(f, "updated");
  silence.created_by = f.text("created_by", "");
  silence.comment = f.text("comment", "");
  const auto annotations = f.text_map("annotations");
  std::vector<routing::LabelPair> pairs(annotations.begin(), annotations.end());
  silence.annotations = routing::Labels::with_empty_values(std::move(pairs));
  if (silence.ends < silence.starts) f.problem("ends", "is before the start");
  return silence;
}

std::pair<ToldKey, Told> read_told(Fields& f) {
  ToldKey key{f.text("group"), f.text("receiver"), read_name(f, "kind"),
              static_cast<int>(f.integer("index", std::nullopt, 0, 1'000'000))};
  Told told;
  told.at = read_time(f, "at");
  told.noted = read_time(f, "noted");
  told.expires = read_time(f, "expires");
  told.firing = read_list(f, "firing");
  told.resolved = read_list(f, "resolved");
  told.still_open = read_list(f, "open");
  return {std::move(key), std::move(told)};
}

PeerHello read_hello(Fields& f) {
  return {.name = read_name(f, "name"),
          .instance = read_name(f, "instance"),
          .label = f.text("label", ""),
          .address = read_name(f, "address"),
          .now = read_time(f, "now")};
}

PeerPing read_ping(Fields& f, bool is_answer) {
  PeerPing ping{.is_answer = is_answer, .members = {}};
  for (Fields& member : f.children("members")) {
    std::string name = read_name(member, "name");
    ping.members.emplace_back(std::move(name), read_name(member, "address"));
  }
  return ping;
}

PeerState read_state(Fields& f) {
  PeerState state;
  for (Fields& silence : f.children("silences")) state.silences.push_back(read_silence(silence));
  for (Fields& told : f.children("told")) state.told.push_back(read_told(told));
  return state;
}

PeerMessage read_message(Fields& f, size_t kind) {
  switch (kind) {
    case 0: return read_hello(f);
    case 1: return read_ping(f, false);
    case 2: return read_ping(f, true);
    case 3: return read_state(f);
    case 4: return PeerStateEnd{f.flag("wants_yours", false)};
    default: return PeerBye{f.text("why", ""), f.flag("leaving", false)};
  }
}

}  // namespace

std::string to_frame(const PeerMessage& message) {
  return codec::to_text(std::visit([](const auto& one) { return to_json(one); }, message));
}

// Fields that are not known are passed over: a newer process may say more.
Result<PeerMessage> read_peer_message(std::string_view frame) {
  ASSIGN_OR_RETURN(const codec::Node node, codec::parse_json(frame));
  if (node.kind != codec::Node::Kind::kMapping) return invalid("not a JSON object");
  codec::Problems problems;
  Fields f(node, "", problems);
  const size_t kind = f.choice("t", kKinds, std::nullopt);
  RETURN_IF_ERROR(problems.as_result());
  PeerMessage message = read_message(f, kind);
  if (!problems.empty()) {
    // One is enough: nobody mends a frame.
    const codec::Problem& first = problems.all().front();
    return invalid(fmt::format("{}: {}", first.field, first.message));
  }
  return message;
}

size_t write_state(const PeerState& state, size_t size, size_t most,
                   const std::function<void(std::string frame)>& put) {
  size_t left_out = 0;
  std::string silences, told;
  const auto flush = [&] {
    if (silences.empty() && told.empty()) return;
    put(fmt::format(R"({{"t":"state","silences":[{}],"told":[{}]}})", silences, told));
    silences.clear();
    told.clear();
  };
  const auto add = [&](std::string& list, const JsonObject& one) {
    const std::string text = codec::to_text(one);
    if (text.size() + 64 > most) {
      ++left_out;
      return;
    }
    if (silences.size() + told.size() + text.size() > size) flush();
    if (!list.empty()) list += ',';
    list += text;
  };
  for (const Silence& silence : state.silences) add(silences, to_json(silence));
  for (const auto& [key, one] : state.told) add(told, to_json(key, one));
  flush();
  return left_out;
}

}  // namespace tocsin::alert
