#include "notify/thread_store.h"

#include "notify/address.h"
#include "notify/incident_room.h"

namespace tocsin::notify {
namespace {

constexpr std::string_view kSelectOne =
    "SELECT incident, channel, address, person, language, opener, head FROM message_thread"
    " WHERE incident = $1 AND channel = $2 AND address = $3";
constexpr std::string_view kSelectOfIncident =
    "SELECT incident, channel, address, person, language, opener, head FROM message_thread"
    " WHERE incident = $1 AND head <> '' ORDER BY begun, address";

Result<Thread> to_thread(const store::Row& row) {
  Thread out;
  out.incident = row.text(0);
  ASSIGN_OR_RETURN(out.contact.kind, parse_contact_kind(row.text(1)));
  out.contact.name = name_of(out.contact.kind);
  out.contact.address = row.text(2);
  out.person = catalog::PersonId(row.text(3));
  out.language = row.text(4);
  out.opener = row.text(5);
  out.head = row.text(6);
  return out;
}

}  // namespace

bool is_threaded(const Delivery& delivery) {
  // The channel of an incident is about nothing else.
  const bool is_own_room =
      delivery.subject.kind == kRoomSubject || delivery.subject.kind == kRoomUpdateSubject;
  return delivery.contact.kind == catalog::Contact::Kind::kSlackUser && !is_own_room &&
         !delivery.message.incident_id.empty() && !delivery.message.is_drill;
}

Result<std::optional<Thread>> read_thread(store::Session& session, const Delivery& delivery) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query(kSelectOne, delivery.message.incident_id,
                                 name_of(delivery.contact.kind), delivery.contact.address));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Thread thread, to_thread(rows.front()));
  return thread;
}

Result<> open_thread(store::Session& session, const Delivery& delivery, Time now) {
  RETURN_IF_ERROR(session.exec(
      "INSERT INTO message_thread (incident, channel, address, person, language, opener, head,"
      " begun) VALUES ($1, $2, $3, $4, $5, $6, '', $7)"
      " ON CONFLICT (incident, channel, address) DO UPDATE SET opener = excluded.opener",
      delivery.message.incident_id, name_of(delivery.contact.kind), delivery.contact.address,
      delivery.person, delivery.language, delivery.id, now));
  return {};
}

Result<> set_thread_head(store::Session& session, const Delivery& delivery, const std::string& head,
                         bool replace) {
  RETURN_IF_ERROR(
      session.exec("UPDATE message_thread SET head = $4 WHERE incident = $1 AND channel = $2"
                   " AND address = $3 AND (head = '' OR $5 = 1)",
                   delivery.message.incident_id, name_of(delivery.contact.kind),
                   delivery.contact.address, head, replace ? 1 : 0));
  return {};
}

Result<std::vector<Thread>> threads_of(store::Session& session, std::string_view incident) {
  ASSIGN_OR_RETURN(const store::Rows rows, session.query(kSelectOfIncident, incident));
  std::vector<Thread> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(Thread thread, to_thread(row));
    out.push_back(std::move(thread));
  }
  return out;
}

Result<> prune_threads(store::Session& session, Time before) {
  RETURN_IF_ERROR(session.exec("DELETE FROM message_thread WHERE begun < $1", before));
  return {};
}

}  // namespace tocsin::notify
