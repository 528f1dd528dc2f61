#include "notify/message_json.h"
#include "notify/render.h"

namespace tocsin::notify {

codec::JsonObject render_webhook(const Delivery& delivery) {
  codec::JsonObject out{
      {"version", 1},
      {"type", delivery.message.is_page ? "page" : "notification"},
      {"delivery", delivery.id},
      {"try", delivery.attempts},
      {"maybe_duplicate", delivery.maybe_duplicate},
      {"subject", {{"kind", delivery.subject.kind}, {"id", delivery.subject.id}}},
      {"person", delivery.person.value()},
  };
  for (const auto& field : to_json(delivery.message)) {
    if (field.key() != "is_page") out[field.key()] = field.value();
  }
  return out;
}

}  // namespace tocsin::notify
