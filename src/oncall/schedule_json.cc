#include "oncall/schedule_json.h"

#include <algorithm>
#include <array>
#include <limits>

#include "catalog/catalog_json.h"
#include "codec/json.h"

namespace tocsin::oncall {
namespace {

using codec::Fields;
using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

constexpr std::array<std::string_view, 5> kUnits = {"hour", "day", "week", "month", "rule"};
constexpr std::array<std::string_view, 3> kOverrideKinds = {"add", "remove", "replace"};
constexpr std::array<std::string_view, 5> kFaultKinds = {"gap", "unreachable", "long_shift",
                                                         "unknown_person", "unverified"};
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

JsonObject hours_piece(const calendar::WeeklyHours::Piece& piece) {
  std::string days;
  for (const bool is_on : piece.days) days += is_on ? '1' : '0';
  return {{"days", days}, {"from", piece.from}, {"until", piece.until}};
}

JsonObject to_json(const Rotation& rotation) {
  JsonArray participants;
  for (const Participant& one : rotation.participants) {
    participants.push_back(JsonObject{{"people", catalog::names_json(one.people)}});
  }
  JsonObject out{{"unit", name_of(rotation.unit)},
                 {"count", rotation.count},
                 {"start", calendar::to_text(rotation.start)},
                 {"first", rotation.first},
                 {"participants", std::move(participants)}};
  if (rotation.rule) {
    JsonArray except;
    for (const auto& civil : rotation.rule->exceptions()) {
      except.push_back(Json(calendar::to_text(civil)));
    }
    out["rule"] = rotation.rule->rule();
    out["except"] = std::move(except);
  }
  return out;
}

JsonObject to_json(const Layer& layer) {
  JsonArray hours;
  for (const auto& piece : layer.hours.pieces()) hours.push_back(hours_piece(piece));
  return {{"name", layer.name},
          {"zone", layer.zone.name()},
          {"rotation", to_json(layer.rotation)},
          {"hours", std::move(hours)},
          {"off", codec::to_array(layer.off)},
          {"is_shadow", layer.is_shadow},
          {"joins", layer.joins}};
}

// The first thing that does not fit makes the whole unreadable: the reads go on with fallbacks, and
// `done` says so at the end.
class Reader {
 public:
  static Result<Reader> of(std::string_view text) {
    auto node = codec::parse_json(text);
    if (!node) return damaged(node.error().message);
    Reader reader;
    reader.node_ = *std::move(node);
    return reader;
  }
  Fields fields() { return Fields(node_, "the database", problems_); }
  Result<> done() const {
    if (error_) return damaged(error_->message);
    if (const auto result = problems_.as_result(); !result) return damaged(result.error().message);
    return {};
  }
  template <class T>
  T take(Result<T> result, T fallback) {
    if (result) return *std::move(result);
    if (!error_) error_ = std::move(result).error();
    return fallback;
  }

 private:
  static std::unexpected<Error> damaged(const std::string& why) {
    return fail(Code::kDataLoss, "what is stored of a schedule cannot be read: " + why);
  }
  codec::Node node_;
  codec::Problems problems_;
  std::optional<Error> error_;
};

std::vector<catalog::PersonId> read_names(Fields& fields, std::string_view key) {
  std::vector<catalog::PersonId> out;
  for (std::string& name : fields.texts(key)) out.emplace_back(std::move(name));
  return out;
}

Rotation read_rotation(Reader& reader, Fields fields, const calendar::Zone& zone) {
  Rotation out;
  out.unit = static_cast<Rotation::Unit>(fields.choice("unit", kUnits, std::nullopt));
  out.count = static_cast<int>(fields.integer("count", std::nullopt, 1, 1'000'000));
  out.start = reader.take(calendar::parse_civil(fields.text("start")), calendar::CivilSecond());
  out.first = static_cast<size_t>(fields.integer("first", std::nullopt, 0, 1'000'000));
  for (Fields& one : fields.children("participants")) {
    out.participants.push_back({read_names(one, "people")});
  }
  if (!fields.has("rule")) return out;
  std::vector<calendar::CivilSecond> except;
  for (const std::string& text : fields.texts("except")) {
    except.push_back(reader.take(calendar::parse_civil(text), calendar::CivilSecond()));
  }
  auto rule = calendar::Recurrence::parse(fields.text("rule"), out.start, zone, std::move(except));
  if (rule) {
    out.rule = *std::move(rule);
  } else {
    reader.take(Result<int>(fail(std::move(rule).error())), 0);
  }
  return out;
}

Layer read_layer(Reader& reader, Fields& fields) {
  Layer out;
  out.name = fields.text("name");
  out.zone = reader.take(calendar::Zone::find(fields.text("zone")), calendar::Zone());
  out.rotation = read_rotation(reader, fields.child("rotation"), out.zone);
  std::vector<calendar::WeeklyHours::Piece> pieces;
  for (Fields& one : fields.children("hours")) {
    calendar::WeeklyHours::Piece piece;
    const std::string days = one.text("days");
    for (size_t i = 0; i < piece.days.size() && i < days.size(); ++i)
      piece.days[i] = days[i] == '1';
    piece.from = static_cast<int>(one.integer("from", std::nullopt, 0, 1439));
    piece.until = static_cast<int>(one.integer("until", std::nullopt, 1, 1440));
    pieces.push_back(piece);
  }
  out.hours = calendar::WeeklyHours(std::move(pieces));
  out.off = fields.texts("off");
  out.is_shadow = fields.flag("is_shadow", false);
  out.joins = fields.flag("joins", false);  // not in what was recorded before layers could join
  return out;
}

Time read_moment(Fields& fields, std::string_view key) {
  return from_micros(fields.integer(key, std::nullopt, kLeast, kMost));
}

}  // namespace

std::string_view name_of(Rotation::Unit unit) { return kUnits.at(static_cast<size_t>(unit)); }

std::string_view name_of(Override::Kind kind) {
  return kOverrideKinds.at(static_cast<size_t>(kind));
}

std::string_view name_of(ScheduleFault::Kind kind) {
  return kFaultKinds.at(static_cast<size_t>(kind));
}

std::optional<Override::Kind> override_kind(std::string_view name) {
  const auto found = std::ranges::find(kOverrideKinds, name);
  if (found == kOverrideKinds.end()) return std::nullopt;
  return static_cast<Override::Kind>(found - kOverrideKinds.begin());
}

std::string layer_text(const Layer& layer) { return codec::to_text(to_json(layer)); }

std::string versions_text(const std::vector<Version>& versions) {
  JsonArray out;
  for (const Version& version : versions) {
    JsonArray layers;
    for (const Layer& layer : version.layers) layers.push_back(to_json(layer));
    out.push_back(JsonObject{{"from", to_micros(version.from)}, {"layers", std::move(layers)}});
  }
  return codec::to_text(JsonObject{{"versions", std::move(out)}});
}

Result<std::vector<Version>> read_versions(std::string_view text) {
  ASSIGN_OR_RETURN(Reader reader, Reader::of(text));
  std::vector<Version> out;
  for (Fields& one : reader.fields().children("versions")) {
    Version version;
    version.from = read_moment(one, "from");
    for (Fields& layer : one.children("layers"))
      version.layers.push_back(read_layer(reader, layer));
    out.push_back(std::move(version));
  }
  RETURN_IF_ERROR(reader.done());
  return out;
}

std::string spec_text(const ScheduleSpec& spec) {
  JsonArray layers;
  for (const Version& version : spec.schedule.versions) {
    for (const Layer& layer : version.layers) {
      JsonObject json = to_json(layer);
      const auto anchored = spec.anchored.find(layer.name);
      json["is_anchored"] = anchored != spec.anchored.end() && anchored->second;
      layers.push_back(std::move(json));
    }
  }
  return codec::to_text(JsonObject{{"name", spec.schedule.name},
                                   {"team", spec.schedule.team.value()},
                                   {"zone", spec.schedule.zone.name()},
                                   {"longest_shift_us", spec.schedule.longest_shift.count()},
                                   {"layers", std::move(layers)}});
}

Result<ScheduleSpec> read_spec(std::string_view text, const ScheduleId& id) {
  ASSIGN_OR_RETURN(Reader reader, Reader::of(text));
  Fields fields = reader.fields();
  ScheduleSpec spec;
  spec.schedule.id = id;
  spec.schedule.name = fields.text("name", "");
  spec.schedule.team = catalog::TeamId(fields.text("team", ""));
  spec.schedule.zone = reader.take(calendar::Zone::find(fields.text("zone")), calendar::Zone());
  spec.schedule.longest_shift =
      Duration(fields.integer("longest_shift_us", std::nullopt, 0, kMost));
  Version version;
  for (Fields& one : fields.children("layers")) {
    version.layers.push_back(read_layer(reader, one));
    spec.anchored[version.layers.back().name] = one.flag("is_anchored", false);
  }
  spec.schedule.versions.push_back(std::move(version));
  RETURN_IF_ERROR(reader.done());
  return spec;
}

std::string shifts_text(const std::vector<FixedPlan::Shift>& shifts) {
  JsonArray out;
  for (const auto& shift : shifts) {
    out.push_back(JsonObject{{"people", catalog::names_json(shift.people)},
                             {"begin", to_micros(shift.begin)},
                             {"end", to_micros(shift.end)}});
  }
  return codec::to_text(JsonObject{{"shifts", std::move(out)}});
}

Result<std::vector<FixedPlan::Shift>> read_shifts(std::string_view text) {
  ASSIGN_OR_RETURN(Reader reader, Reader::of(text));
  std::vector<FixedPlan::Shift> out;
  for (Fields& one : reader.fields().children("shifts")) {
    FixedPlan::Shift shift;
    shift.people = read_names(one, "people");
    shift.begin = read_moment(one, "begin");
    shift.end = read_moment(one, "end");
    out.push_back(std::move(shift));
  }
  RETURN_IF_ERROR(reader.done());
  return out;
}

std::string intervals_text(const std::vector<Interval>& intervals) {
  JsonArray out;
  for (const Interval& one : intervals) {
    out.push_back(JsonObject{{"begin", to_micros(one.begin)}, {"end", to_micros(one.end)}});
  }
  return codec::to_text(JsonObject{{"days", std::move(out)}});
}

Result<std::vector<Interval>> read_intervals(std::string_view text) {
  ASSIGN_OR_RETURN(Reader reader, Reader::of(text));
  std::vector<Interval> out;
  for (Fields& one : reader.fields().children("days")) {
    const Time begin = read_moment(one, "begin"), end = read_moment(one, "end");
    out.push_back({begin, end});
  }
  RETURN_IF_ERROR(reader.done());
  return out;
}

}  // namespace tocsin::oncall
