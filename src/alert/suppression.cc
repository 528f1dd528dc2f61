#include "alert/suppression.h"

namespace tocsin::alert {

codec::JsonArray to_json(const Suppressors& suppressors) {
  codec::JsonArray out;
  for (const Suppressor& one : suppressors) {
    out.push_back(codec::JsonObject{{"kind", one.kind}, {"by", one.by}});
  }
  return out;
}

Suppressors suppressors_of(const codec::JsonArray& json) {
  Suppressors out;
  const auto text = [](const codec::JsonObject& object, std::string_view key) {
    const codec::Json* value = object.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  for (const codec::Json& one : json) {
    if (!one.is_object()) continue;
    out.push_back({text(one.get_object(), "kind"), text(one.get_object(), "by")});
  }
  return out;
}

}  // namespace tocsin::alert
