#include "oncall/escalation.h"

#include <algorithm>

namespace tocsin::oncall {
namespace {

using catalog::Contact;
using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

std::unexpected<Error> damaged() {
  return fail(Code::kDataLoss,
              "the stored list of an escalation is not what was written; restore the database "
              "from a backup");
}

Result<std::string> read_text(const JsonObject& object, std::string_view key) {
  const Json* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return damaged();
  return std::string(value->get_string());
}

Result<int64_t> read_integer(const JsonObject& object, std::string_view key) {
  const Json* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return damaged();
  return value->get_int64();
}

Result<const JsonArray*> read_array(const JsonObject& object, std::string_view key) {
  const Json* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return damaged();
  return &value->get_array();
}

JsonObject to_json(const Plan::Step& step) {
  JsonArray contacts;
  for (const Contact& contact : step.person.contacts) {
    contacts.push_back(
        JsonObject{{"kind", catalog::name_of(contact.kind)}, {"address", contact.address}});
  }
  return JsonObject{{"person", step.person.id.value()},
                    {"name", step.person.name},
                    {"after_us", step.after.count()},
                    {"contacts", std::move(contacts)}};
}

Result<Contact> read_contact(const Json& json) {
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged();
  ASSIGN_OR_RETURN(const std::string kind, read_text(*object, "kind"));
  Contact contact;
  ASSIGN_OR_RETURN(contact.address, read_text(*object, "address"));
  const auto known = catalog::contact_kind(kind);
  if (!known) return damaged();
  contact.kind = *known;
  return contact;
}

Result<Plan::Step> read_step(const Json& json) {
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged();
  Plan::Step step;
  ASSIGN_OR_RETURN(std::string id, read_text(*object, "person"));
  step.person.id = catalog::PersonId(std::move(id));
  ASSIGN_OR_RETURN(step.person.name, read_text(*object, "name"));
  ASSIGN_OR_RETURN(const int64_t after, read_integer(*object, "after_us"));
  step.after = Duration(after);
  ASSIGN_OR_RETURN(const JsonArray* contacts, read_array(*object, "contacts"));
  for (const Json& item : *contacts) {
    ASSIGN_OR_RETURN(Contact contact, read_contact(item));
    step.person.contacts.push_back(std::move(contact));
  }
  return step;
}

Duration pause_between_rounds(const Plan& plan, int finished_round, bool is_anybody_told) {
  if (finished_round > plan.repeat) {
    return std::clamp(kSlowFactor * plan.repeat_after, kSlowLeast, kSlowMost);
  }
  return is_anybody_told ? plan.repeat_after : std::min(plan.repeat_after, kUntoldPause);
}

}  // namespace

const catalog::Person* Plan::person(const catalog::PersonId& id) const {
  const auto found = std::ranges::find_if(steps, [&](const Step& s) { return s.person.id == id; });
  return found == steps.end() ? nullptr : &found->person;
}

Plan plan_for(const catalog::Catalog& catalog, const catalog::TeamId& team_id) {
  Plan plan;
  const catalog::Team* team = catalog.team(team_id);
  const catalog::Team none;
  if (team == nullptr) team = &none;
  plan.repeat = team->repeat;
  plan.repeat_after = team->repeat_after;
  for (const auto& step : team->escalation) {
    const catalog::Person* person = catalog.person(step.person);
    if (person == nullptr) continue;
    plan.steps.push_back({*person, step.after});
    for (Contact& contact : plan.steps.back().person.contacts) contact.secret = Secret();
  }
  return plan;
}

JsonObject to_json(const Plan& plan) {
  JsonArray steps;
  for (const auto& step : plan.steps) steps.push_back(to_json(step));
  return JsonObject{{"steps", std::move(steps)},
                    {"repeat", plan.repeat},
                    {"repeat_after_us", plan.repeat_after.count()}};
}

Result<Plan> read_plan(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged();
  Plan plan;
  ASSIGN_OR_RETURN(const int64_t repeat, read_integer(*object, "repeat"));
  plan.repeat = static_cast<int>(repeat);
  ASSIGN_OR_RETURN(const int64_t repeat_after, read_integer(*object, "repeat_after_us"));
  plan.repeat_after = Duration(repeat_after);
  ASSIGN_OR_RETURN(const JsonArray* steps, read_array(*object, "steps"));
  for (const Json& item : *steps) {
    ASSIGN_OR_RETURN(Plan::Step step, read_step(item));
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

Next next_after(const Plan& plan, Place rung, bool is_anybody_told) {
  const auto here = static_cast<size_t>(rung.step);
  if (here + 1 < plan.steps.size()) {
    const Duration gap = plan.steps[here + 1].after - plan.steps[here].after;
    return {{rung.step + 1, rung.round}, std::max(gap, Duration(0))};
  }
  return {{0, rung.round + 1}, pause_between_rounds(plan, rung.round, is_anybody_told)};
}

}  // namespace tocsin::oncall
