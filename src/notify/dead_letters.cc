#include "notify/dead_letters.h"

#include <fmt/format.h>

#include <charconv>

#include "codec/fields.h"
#include "notify/address.h"
#include "notify/message_json.h"

namespace tocsin::notify {
namespace {

// Where the next page begins: the last one's end and id.
struct Place {
  Time failed;
  std::string id;
};

Result<Place> read_place(const std::string& text) {
  int64_t micros = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, micros);
  if (error != std::errc() || stop == end || *stop != '.') {
    return invalid(fmt::format("after: '{}' is no next of a page", codec::shown(text)));
  }
  return Place{from_micros(micros), std::string(stop + 1, end)};
}

Result<DeadLetter> to_letter(const store::Row& row) {
  DeadLetter out{.id = row.text(0), .subject = {row.text(1), row.text(2)}};
  out.person = row.text(3);
  out.channel = row.text(4);
  catalog::Contact contact;
  ASSIGN_OR_RETURN(contact.kind, parse_contact_kind(out.channel));
  contact.address = row.text(5);
  contact.provider = row.text(6);
  out.to = shown_address(contact);  // of what is kept it makes the same
  ASSIGN_OR_RETURN(const Message message, read_message(row.text(7)));
  out.is_page = message.is_page;
  out.title = message.title;
  out.incident = message.incident_id;
  out.tries = static_cast<int>(row.integer(8));
  out.created = row.time(9);
  out.failed = row.time(10);
  out.why = row.text(11);
  out.retry_of = row.text(12);
  out.retried_as = row.text(13);
  return out;
}

}  // namespace

Result<DeadLetterPage> read_dead_letters(store::Session& session, const DeadLetterQuery& query) {
  // One statement for all filters: an empty text or NULL lets everything through.
  Place before{Time::max(), ""};
  if (!query.after.empty()) {
    ASSIGN_OR_RETURN(before, read_place(query.after));
  }
  const int retried = query.retried ? static_cast<int>(*query.retried) : 2;
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query(
          "SELECT id, subject_kind, subject_id, person, channel, address, provider, message,"
          " attempts, created, finished, detail, retry_of, retried_as FROM outbox"
          " WHERE state = 'failed' AND is_drill = 0 AND subject_kind NOT IN ($8, $9)"
          " AND ($1 = '' OR channel = $1) AND ($2 = '' OR person = $2) AND finished >= $3"
          " AND (finished < $4 OR (finished = $4 AND id < $5))"
          " AND ($6 = 2 OR ($6 = 1) = (retried_as <> ''))"
          " ORDER BY finished DESC, id DESC LIMIT $7",
          query.channel, query.person, query.since.value_or(from_micros(0)), before.failed,
          before.id, retried, query.limit + 1, kTestSubject, kCodeSubject));
  DeadLetterPage page;
  for (const store::Row& row : rows) {
    if (static_cast<int>(page.letters.size()) == query.limit) {
      const DeadLetter& last = page.letters.back();
      page.next = fmt::format("{}.{}", to_micros(last.failed), last.id);
      break;
    }
    ASSIGN_OR_RETURN(DeadLetter letter, to_letter(row));
    page.letters.push_back(std::move(letter));
  }
  return page;
}

codec::JsonObject to_json(const DeadLetter& letter) {
  codec::JsonObject out{{"id", letter.id},
                        {"person", letter.person},
                        {"channel", letter.channel},
                        {"to", letter.to},
                        {"type", letter.is_page ? "page" : "notification"},
                        {"title", letter.title},
                        {"tries", letter.tries},
                        {"created", to_rfc3339(letter.created)},
                        {"failed", to_rfc3339(letter.failed)},
                        {"why", letter.why}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  put("incident", letter.incident);
  put("retry_of", letter.retry_of);
  put("retried_as", letter.retried_as);
  return out;
}

}  // namespace tocsin::notify
