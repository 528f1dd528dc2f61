#include "alert/silence_store.h"

#include <array>

#include "codec/json.h"

namespace tocsin::alert {
namespace {

using routing::Matcher;
using routing::MatchOp;
using routing::Silence;

constexpr std::array kOps = {MatchOp::kEqual, MatchOp::kNotEqual, MatchOp::kRegex,
                             MatchOp::kNotRegex};

std::unexpected<Error> damaged(const std::string& owner) {
  return fail(Code::kDataLoss, owner + ": what is stored of it cannot be read");
}

Result<Matcher> matcher_of(const codec::Json& json, const std::string& owner) {
  const auto* object = json.if_object();
  const auto* name = object ? object->if_contains("name") : nullptr;
  const auto* op = object ? object->if_contains("op") : nullptr;
  const auto* value = object ? object->if_contains("value") : nullptr;
  if (!name || !op || !value || !name->is_string() || !op->is_string() || !value->is_string()) {
    return damaged(owner);
  }
  for (const MatchOp known : kOps) {
    if (routing::to_text(known) == std::string_view(op->get_string())) {
      return Matcher::make(std::string(name->get_string()), known,
                           std::string(value->get_string()));
    }
  }
  return damaged(owner);
}

Result<Silence> silence_of(const store::Row& row) {
  Silence silence;
  silence.id = row.text(0);
  const std::string owner = "silence " + silence.id;
  ASSIGN_OR_RETURN(silence.matchers, read_matchers_json(row.text(1), owner));
  silence.starts = row.time(2);
  silence.ends = row.time(3);
  silence.updated = row.time(4);
  silence.created_by = row.text(5);
  silence.comment = row.text(6);
  ASSIGN_OR_RETURN(const codec::Json annotations, codec::read_own_json(row.text(7)));
  if (!annotations.is_object()) return damaged(owner);
  std::vector<routing::LabelPair> pairs;
  for (const auto& [name, value] : annotations.get_object()) {
    if (!value.is_string()) return damaged(owner);
    pairs.emplace_back(name, std::string_view(value.get_string()));
  }
  silence.annotations = routing::Labels::with_empty_values(std::move(pairs));
  return silence;
}

#define SILENCE_COLUMNS "id, matchers, starts, ends, updated, created_by, comment, annotations"

}  // namespace

Result<routing::Matchers> read_matchers_json(std::string_view text, const std::string& owner) {
  ASSIGN_OR_RETURN(const codec::Json list, codec::read_own_json(text));
  if (!list.is_array()) return damaged(owner);
  routing::Matchers matchers;
  for (const auto& json : list.get_array()) {
    ASSIGN_OR_RETURN(Matcher matcher, matcher_of(json, owner));
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

codec::JsonArray matchers_json(const routing::Matchers& matchers) {
  codec::JsonArray list;
  for (const Matcher& m : matchers) {
    list.push_back(codec::JsonObject{
        {"name", m.name()}, {"op", routing::to_text(m.op())}, {"value", m.value()}});
  }
  return list;
}

Result<> write_silence(store::Session& sql, const Silence& silence) {
  codec::JsonObject annotations;
  for (const auto& [name, value] : silence.annotations) annotations[name] = value;
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO silence (" SILENCE_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
      " ON CONFLICT (id) DO UPDATE SET matchers = excluded.matchers, starts = excluded.starts,"
      " ends = excluded.ends, updated = excluded.updated, created_by = excluded.created_by,"
      " comment = excluded.comment, annotations = excluded.annotations",
      silence.id, codec::to_text(matchers_json(silence.matchers)), silence.starts, silence.ends,
      silence.updated, silence.created_by, silence.comment, codec::to_text(annotations)));
  return {};
}

Result<std::optional<Silence>> read_silence(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " SILENCE_COLUMNS " FROM silence WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Silence silence, silence_of(rows.front()));
  return silence;
}

Result<std::vector<Silence>> all_silences(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT " SILENCE_COLUMNS " FROM silence"));
  std::vector<Silence> all;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(Silence silence, silence_of(row));
    all.push_back(std::move(silence));
  }
  return all;
}

Result<int64_t> count_silences(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT COUNT(*) FROM silence"));
  return rows.front().integer(0);
}

Result<> delete_silence(store::Session& sql, std::string_view id) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM silence WHERE id = $1", id));
  return {};
}

}  // namespace tocsin::alert
