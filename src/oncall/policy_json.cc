#include "oncall/policy_json.h"

#include <array>

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

constexpr std::array<std::pair<Target::Kind, std::string_view>, 5> kKinds = {{
    {Target::Kind::kPerson, "person"},
    {Target::Kind::kSchedule, "schedule"},
    {Target::Kind::kTeam, "team"},
    {Target::Kind::kRoundRobin, "round_robin"},
    {Target::Kind::kChannel, "channel"},
}};

std::unexpected<Error> damaged() {
  return fail(Code::kDataLoss,
              "the stored policy of an escalation is not what was written; restore the database "
              "from a backup");
}

// The fields of an object that we wrote.
class Reader {
 public:
  explicit Reader(const JsonObject& object) : object_(object) {}
  static Result<Reader> of(const Json& json) {
    const JsonObject* object = json.if_object();
    if (object == nullptr) return damaged();
    return Reader(*object);
  }
  bool has(std::string_view key) const {
    const Json* value = object_.if_contains(key);
    return value != nullptr && !value->is_null();
  }
  Result<std::string> text(std::string_view key) const {
    const auto text = codec::find_text(object_, key);
    if (!text) return damaged();
    return std::string(*text);
  }
  Result<int64_t> integer(std::string_view key) const {
    const Json* value = object_.if_contains(key);
    if (value == nullptr || !value->is_int64()) return damaged();
    return value->get_int64();
  }
  Result<bool> flag(std::string_view key) const {
    const Json* value = object_.if_contains(key);
    if (value == nullptr || !value->is_bool()) return damaged();
    return value->get_bool();
  }
  Result<const JsonArray*> array(std::string_view key) const {
    const JsonArray* array = codec::find_array(object_, key);
    if (array == nullptr) return damaged();
    return array;
  }
  Result<Reader> child(std::string_view key) const {
    const JsonObject* object = codec::find_object(object_, key);
    if (object == nullptr) return damaged();
    return Reader(*object);
  }
  Result<std::vector<std::string>> texts(std::string_view key) const {
    ASSIGN_OR_RETURN(const JsonArray* items, array(key));
    std::vector<std::string> out;
    for (const Json& item : *items) {
      if (!item.is_string()) return damaged();
      out.emplace_back(item.get_string());
    }
    return out;
  }

 private:
  const JsonObject& object_;
};

JsonArray to_json(const std::vector<Target>& targets) {
  JsonArray array;
  for (const Target& target : targets) {
    array.push_back(JsonObject{{"kind", name_of(target.kind)}, {"name", target.name}});
  }
  return array;
}

JsonObject to_json(const Condition& when) {
  JsonArray hours;
  for (const WeeklyHours::Piece& piece : when.hours.pieces()) {
    int days = 0;
    for (size_t i = 0; i < piece.days.size(); ++i) days |= piece.days[i] ? 1 << i : 0;
    hours.push_back(JsonArray{days, piece.from, piece.until});
  }
  JsonObject out = {{"severities", codec::to_array(when.severities)},
                    {"hours", std::move(hours)},
                    {"zone", when.zone.name()},
                    {"outside", when.is_outside_hours}};
  if (when.first_response) out["first_response"] = *when.first_response;
  return out;
}

Result<std::vector<Target>> read_targets(const Reader& from, std::string_view key) {
  ASSIGN_OR_RETURN(const JsonArray* items, from.array(key));
  std::vector<Target> targets;
  for (const Json& item : *items) {
    ASSIGN_OR_RETURN(const Reader fields, Reader::of(item));
    ASSIGN_OR_RETURN(const std::string kind, fields.text("kind"));
    const auto known = target_kind(kind);
    if (!known) return damaged();
    ASSIGN_OR_RETURN(std::string name, fields.text("name"));
    targets.push_back({*known, std::move(name)});
  }
  return targets;
}

Result<WeeklyHours::Piece> read_piece(const Json& item) {
  const JsonArray* numbers = item.if_array();
  if (numbers == nullptr || numbers->size() != 3) return damaged();
  for (const Json& number : *numbers) {
    if (!number.is_int64()) return damaged();
  }
  WeeklyHours::Piece piece;
  const int64_t days = numbers->at(0).get_int64();
  for (size_t i = 0; i < piece.days.size(); ++i) piece.days[i] = ((days >> i) & 1) != 0;
  piece.from = static_cast<int>(numbers->at(1).get_int64());
  piece.until = static_cast<int>(numbers->at(2).get_int64());
  return piece;
}

Result<Condition> read_condition(const Reader& fields) {
  Condition when;
  ASSIGN_OR_RETURN(when.severities, fields.texts("severities"));
  ASSIGN_OR_RETURN(const JsonArray* hours, fields.array("hours"));
  std::vector<WeeklyHours::Piece> pieces;
  for (const Json& item : *hours) {
    ASSIGN_OR_RETURN(const WeeklyHours::Piece piece, read_piece(item));
    pieces.push_back(piece);
  }
  when.hours = WeeklyHours(std::move(pieces));
  ASSIGN_OR_RETURN(const std::string zone, fields.text("zone"));
  // A zone that this machine does not know any more must not keep anybody from being rung.
  when.zone = calendar::Zone::find(zone).value_or(calendar::Zone());
  ASSIGN_OR_RETURN(when.is_outside_hours, fields.flag("outside"));
  if (fields.has("first_response")) {
    ASSIGN_OR_RETURN(when.first_response, fields.flag("first_response"));
  }
  return when;
}

Result<Step> read_step(const Json& json) {
  ASSIGN_OR_RETURN(const Reader fields, Reader::of(json));
  Step step;
  ASSIGN_OR_RETURN(const int64_t after, fields.integer("after_us"));
  step.after = Duration(after);
  if (!fields.has("targets")) {  // of an earlier version: one person
    ASSIGN_OR_RETURN(std::string person, fields.text("person"));
    step.targets.push_back({Target::Kind::kPerson, std::move(person)});
    return step;
  }
  ASSIGN_OR_RETURN(step.targets, read_targets(fields, "targets"));
  ASSIGN_OR_RETURN(const Reader when, fields.child("when"));
  ASSIGN_OR_RETURN(step.when, read_condition(when));
  return step;
}

Result<BringIn> read_bring_in(const Reader& fields) {
  BringIn bring_in;
  ASSIGN_OR_RETURN(const int64_t after, fields.integer("after_us"));
  bring_in.after = Duration(after);
  ASSIGN_OR_RETURN(bring_in.severities, fields.texts("severities"));
  ASSIGN_OR_RETURN(bring_in.targets, read_targets(fields, "targets"));
  return bring_in;
}

}  // namespace

std::string_view name_of(Target::Kind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  bug("unknown kind of target");
}

std::optional<Target::Kind> target_kind(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

JsonObject to_json(const Policy& policy) {
  JsonArray steps;
  for (const Step& step : policy.steps) {
    steps.push_back(JsonObject{{"after_us", step.after.count()},
                               {"targets", to_json(step.targets)},
                               {"when", to_json(step.when)}});
  }
  JsonArray channels;
  for (const Channel& channel : policy.channels) channels.emplace_back(channel.name);
  Json bring_in;
  if (policy.bring_in) {
    bring_in = JsonObject{{"after_us", policy.bring_in->after.count()},
                          {"severities", codec::to_array(policy.bring_in->severities)},
                          {"targets", to_json(policy.bring_in->targets)}};
  }
  return {{"policy", policy.id.value()},
          {"steps", std::move(steps)},
          {"repeat", policy.repeat},
          {"repeat_after_us", policy.repeat_after.count()},
          {"acknowledgements", policy.acknowledgements},
          {"acknowledged_for_us", policy.acknowledged_for.count()},
          {"bring_in", std::move(bring_in)},
          {"fallback", to_json(policy.fallback)},
          {"channels", std::move(channels)}};
}

Result<Policy> read_policy(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  ASSIGN_OR_RETURN(const Reader fields, Reader::of(json));
  Policy policy;
  ASSIGN_OR_RETURN(const int64_t repeat, fields.integer("repeat"));
  policy.repeat = static_cast<int>(repeat);
  ASSIGN_OR_RETURN(const int64_t repeat_after, fields.integer("repeat_after_us"));
  policy.repeat_after = Duration(repeat_after);
  ASSIGN_OR_RETURN(const JsonArray* steps, fields.array("steps"));
  for (const Json& item : *steps) {
    ASSIGN_OR_RETURN(Step step, read_step(item));
    policy.steps.push_back(std::move(step));
  }
  if (!fields.has("policy")) {
    policy.bring_in.reset();  // an earlier version had none
    return policy;
  }
  ASSIGN_OR_RETURN(std::string id, fields.text("policy"));
  policy.id = PolicyId(std::move(id));
  ASSIGN_OR_RETURN(const int64_t acknowledgements, fields.integer("acknowledgements"));
  policy.acknowledgements = static_cast<int>(acknowledgements);
  ASSIGN_OR_RETURN(const int64_t acknowledged_for, fields.integer("acknowledged_for_us"));
  policy.acknowledged_for = Duration(acknowledged_for);
  policy.bring_in.reset();
  if (fields.has("bring_in")) {
    ASSIGN_OR_RETURN(const Reader bring_in, fields.child("bring_in"));
    ASSIGN_OR_RETURN(policy.bring_in, read_bring_in(bring_in));
  }
  ASSIGN_OR_RETURN(policy.fallback, read_targets(fields, "fallback"));
  ASSIGN_OR_RETURN(const auto channels, fields.texts("channels"));
  for (const std::string& name : channels) policy.channels.push_back({name, {}});
  return policy;
}

}  // namespace tocsin::oncall
