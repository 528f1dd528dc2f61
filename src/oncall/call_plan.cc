#include "oncall/call_plan.h"

#include <algorithm>

namespace tocsin::oncall {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

std::unexpected<Error> damaged() {
  return fail(Code::kDataLoss,
              "the stored ways of a page are not what was written; restore the database from a "
              "backup");
}

Result<std::string> need_text(const JsonObject& object, std::string_view key) {
  const auto text = codec::find_text(object, key);
  if (!text) return damaged();
  return std::string(*text);
}

Result<CallPlan::Way> read_way(const Json& json) {
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged();
  CallPlan::Way way;
  ASSIGN_OR_RETURN(const std::string kind, need_text(*object, "kind"));
  const auto known = catalog::contact_kind(kind);
  if (!known) return damaged();
  way.contact.kind = *known;
  ASSIGN_OR_RETURN(way.contact.name, need_text(*object, "name"));
  ASSIGN_OR_RETURN(way.contact.address, need_text(*object, "address"));
  ASSIGN_OR_RETURN(way.contact.provider, need_text(*object, "provider"));
  if (const Json* after = object->if_contains("after_us"); after != nullptr && after->is_int64()) {
    way.after = Duration(after->get_int64());
  }
  return way;
}

Duration time_of(const CallPlan& plan, std::optional<size_t> index) {
  if (!index || *index >= plan.ways.size()) return Duration(0);
  return plan.ways[*index].after.value_or(Duration(0));
}

}  // namespace

size_t CallPlan::at_once() const {
  if (ways.empty()) return 0;
  if (!ways.front().after) return 1;
  const auto later = std::ranges::find_if(
      ways, [](const Way& way) { return way.after.value_or(Duration(0)) > Duration(0); });
  return static_cast<size_t>(later - ways.begin());
}

size_t CallPlan::next_timed(size_t from) const {
  while (from < ways.size() && !ways[from].after) ++from;
  return from;
}

Duration CallPlan::wait(std::optional<size_t> from, size_t to) const {
  if (to < ways.size()) return std::max(time_of(*this, to) - time_of(*this, from), Duration(0));
  const Duration last = ways.empty() ? Duration(0) : time_of(*this, ways.size() - 1);
  return std::max(last - time_of(*this, from), Duration(0)) + keep_ringing;
}

CallPlan plan_call(const catalog::Person& person) {
  CallPlan plan;
  plan.keep_ringing = person.keep_ringing;
  for (const catalog::NotificationRule& rule : person.urgent) {
    if (const catalog::Contact* contact = person.contact(rule.contact)) {
      plan.ways.push_back({*contact, rule.after});
    }
  }
  if (plan.ways.empty()) {
    for (const catalog::Contact& contact : person.contacts) plan.ways.push_back({contact, {}});
  }
  for (CallPlan::Way& way : plan.ways) way.contact.secret = Secret();
  return plan;
}

JsonObject to_json(const CallPlan& plan) {
  JsonArray ways;
  for (const CallPlan::Way& way : plan.ways) {
    JsonObject object{{"kind", catalog::name_of(way.contact.kind)},
                      {"name", way.contact.name},
                      {"address", way.contact.address},
                      {"provider", way.contact.provider}};
    if (way.after) object["after_us"] = way.after->count();
    ways.push_back(std::move(object));
  }
  return {{"ways", std::move(ways)}, {"keep_ringing_us", plan.keep_ringing.count()}};
}

Result<CallPlan> read_call_plan(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged();
  const JsonArray* ways = codec::find_array(*object, "ways");
  const Json* keep_ringing = object->if_contains("keep_ringing_us");
  if (ways == nullptr || keep_ringing == nullptr || !keep_ringing->is_int64()) return damaged();
  CallPlan plan;
  plan.keep_ringing = Duration(keep_ringing->get_int64());
  for (const Json& item : *ways) {
    ASSIGN_OR_RETURN(CallPlan::Way way, read_way(item));
    plan.ways.push_back(std::move(way));
  }
  return plan;
}

}  // namespace tocsin::oncall
