#include <fmt/format.h>

#include <algorithm>

#include "codec/fields.h"
#include "notify/address.h"
#include "notify/outbox_flow.h"
#include "notify/reply_code.h"

// What was given up, sent once more because somebody asks for it.
namespace tocsin::notify {
namespace {

using engine::Tx;

constexpr Duration kAnswerFor = hours(24);

template <class... Args>
std::unexpected<Error> refused(fmt::format_string<Args...> text, Args&&... args) {
  return fail(Code::kFailedPrecondition, fmt::format(text, std::forward<Args>(args)...));
}

// The contact that the message went to, as the catalog has it now: by its name and kind, or the
// only one of its kind. Never another one: a page for a telephone is no page for a mailbox.
Result<catalog::Contact> contact_now(const catalog::Person& person, const catalog::Contact& was) {
  const catalog::Contact* named = was.name.empty() ? nullptr : person.contact(was.name);
  if (named != nullptr && named->kind == was.kind) return *named;
  const auto is_alike = [&](const catalog::Contact& c) { return c.kind == was.kind; };
  if (std::ranges::count_if(person.contacts, is_alike) == 1) {
    return *std::ranges::find_if(person.contacts, is_alike);
  }
  return refused("person '{}' has no contact '{}' any more; see their contacts in the catalog",
                 person.id.value(),
                 was.name.empty() ? std::string(catalog::name_of(was.kind)) : was.name);
}

}  // namespace

Result<Addressee> OutboxFlow::addressee_now(Tx& tx, const Delivery& delivery) {
  if (DeliveryListener* const listener = listener_of(delivery.subject)) {
    ASSIGN_OR_RETURN(std::optional<Addressee> known, listener->addressee(tx, delivery));
    if (known) return *std::move(known);
  }
  const auto in_use = catalog();
  const catalog::Person* person = in_use ? in_use->person(delivery.person) : nullptr;
  if (person == nullptr) {
    return refused("the catalog has no person '{}' any more", delivery.person.value());
  }
  ASSIGN_OR_RETURN(catalog::Contact contact, contact_now(*person, delivery.contact));
  return Addressee{*person, std::move(contact)};
}

Result<std::string> OutboxFlow::resend(Tx& tx, const std::string& id, const store::Actor& by) {
  ASSIGN_OR_RETURN(const std::optional<OutboxRow> dead, read_row(tx.sql(), id));
  if (!dead) {
    return fail(Code::kNotFound, fmt::format("there is no delivery '{}'", codec::shown(id)));
  }
  if (dead->state != RowState::kFailed) {
    return refused("delivery {} has not failed: it is {}", id, name_of(dead->state));
  }
  if (dead->delivery.subject.kind == kCodeSubject) {
    return refused("delivery {} told a code, which is not kept; send a new code", id);
  }
  if (!dead->retried_as.empty()) {
    return refused("delivery {} was sent again already, as {}", id, dead->retried_as);
  }
  ASSIGN_OR_RETURN(Addressee to, addressee_now(tx, dead->delivery));
  OutboxRow row;
  Delivery& delivery = row.delivery;
  delivery.id = tx.new_id("dlv");
  delivery.subject = dead->delivery.subject;
  delivery.person = dead->delivery.person;
  delivery.contact = std::move(to.contact);
  delivery.message = dead->delivery.message;
  delivery.language = to.person.language;
  delivery.maybe_duplicate = true;
  row.retry_of = id;
  if (delivery.message.is_page) {
    const bool is_page = delivery.subject.kind == kPageSubject;
    ASSIGN_OR_RETURN(const bool wanted, is_wanted(tx, delivery));
    delivery.message.is_page = is_page && wanted && links_ != nullptr;
    if (delivery.message.is_page) {
      delivery.message.answer_url = links_->url_for(delivery.subject.id, tx.now() + kAnswerFor);
    } else if (is_page) {
      delivery.subject.kind = kResentSubject;  // the pager would drop it
    }
  }
  if (delivery.message.is_page && delivery.contact.kind == catalog::Contact::Kind::kSms) {
    ASSIGN_OR_RETURN(delivery.reply_code,
                     give_reply_code(tx.sql(), delivery.contact.address, delivery.subject.id,
                                     delivery.person.value(), tx.now()));
  }
  ASSIGN_OR_RETURN(std::string made, insert(tx, row));
  RETURN_IF_ERROR(set_retried_as(tx.sql(), id, made));
  RETURN_IF_ERROR(tx.append({.happened = tx.now(),
                             .actor = by,
                             .kind = "delivery.resent",
                             .subject_kind = dead->delivery.subject.kind,
                             .subject_id = dead->delivery.subject.id,
                             .incident_id = dead->delivery.message.incident_id,
                             .data = {{"delivery", made},
                                      {"retry_of", id},
                                      {"person", delivery.person.value()},
                                      {"channel", name_of(delivery.contact.kind)},
                                      {"to", shown_address(delivery.contact)}}}));
  return made;
}

}  // namespace tocsin::notify
