#include "notify/test_message.h"

#include <fmt/format.h>

#include "notify/address.h"

namespace tocsin::notify {

Result<std::vector<std::string>> notify_test_message(engine::Tx& tx, Outbox& outbox,
                                                     const catalog::Person& person) {
  if (person.contacts.empty()) {
    return fail(
        Code::kFailedPrecondition,
        fmt::format("person '{}' has no contacts; add one in the catalog", person.id.value()));
  }
  std::vector<std::string> ids;
  for (const catalog::Contact& contact : person.contacts) {
    Message message;
    message.is_page = false;
    message.title =
        fmt::format("Test: Tocsin reaches {} by {}", person.id.value(), name_of(contact.kind));
    message.impact = "Nothing is wrong. Somebody asked Tocsin to send you this test.";
    message.since = tx.now();
    message.first_step = "Nothing. If you did not expect it, ask your administrator.";
    ASSIGN_OR_RETURN(std::string id, outbox.enqueue(tx, {kTestSubject, tx.new_id("tst")}, person,
                                                    contact, std::move(message)));
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace tocsin::notify
