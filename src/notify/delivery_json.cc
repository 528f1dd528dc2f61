#include "notify/delivery_json.h"

#include "notify/address.h"

namespace tocsin::notify {

codec::JsonObject delivery_json(const OutboxRow& row) {
  const Delivery& d = row.delivery;
  codec::JsonObject out{{"id", d.id},
                        {"person", d.person.value()},
                        {"channel", name_of(d.contact.kind)},
                        {"to", shown_address(d.contact)},
                        {"state", name_of(row.state)},
                        {"tries", d.attempts}};
  if (!row.detail.empty()) out["detail"] = row.detail;
  if (!row.taken.provider.empty()) out["provider"] = row.taken.provider;
  if (row.receipt != ReceiptState::kNone) out["receipt"] = name_of(row.receipt);
  if (row.quiet_until) out["quiet_until"] = to_rfc3339(*row.quiet_until);
  if (!row.retry_of.empty()) out["retry_of"] = row.retry_of;
  if (!row.retried_as.empty()) out["retried_as"] = row.retried_as;
  return out;
}

}  // namespace tocsin::notify
