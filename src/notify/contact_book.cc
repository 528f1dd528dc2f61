#include "notify/contact_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/address.h"
#include "notify/contact_code_store.h"
#include "notify/key_store.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

// A voice that reads "482913" says four hundred thousand; digits with a pause between are typed.
std::string spoken(std::string_view code) {
  std::string out;
  for (const char digit : code) {
    if (!out.empty()) out += ", ";
    out += digit;
  }
  return out;
}

std::string impact_text(bool german, bool is_spoken, const std::string& code) {
  if (is_spoken) {
    const std::string digits = spoken(code);
    return german ? fmt::format("Ihr Code ist: {0}. Noch einmal: {0}", digits)
                  : fmt::format("Your code is: {0}. Again: {0}", digits);
  }
  return german ? fmt::format("Ihr Code ist {}. Er gilt 15 Minuten.", code)
                : fmt::format("Your code is {}. It is good for 15 minutes.", code);
}

// The code stands in `impact` alone, which update_row() takes out when the delivery ends.
Message code_message(const catalog::Person& person, const catalog::Contact& contact,
                     const std::string& code, Time now) {
  const bool german = person.language == "de";
  Message message;
  message.is_page = false;
  message.title = german
                      ? fmt::format("Tocsin: erreicht {} {}?", contact.name, person.id.value())
                      : fmt::format("Tocsin: does {} reach {}?", contact.name, person.id.value());
  message.impact = impact_text(german, contact.kind == catalog::Contact::Kind::kVoice, code);
  message.since = now;
  message.first_step =
      german ? "Geben Sie den Code zurück. Wenn Sie ihn nicht erwarten, tun Sie nichts."
             : "Give the code back. If you did not expect it, do nothing.";
  return message;
}

Result<> append(Tx& tx, const char* kind, const catalog::Person& person,
                const catalog::Contact& contact, const store::Actor& by) {
  return tx.append({.happened = tx.now(),
                    .actor = by,
                    .kind = kind,
                    .subject_kind = "person",
                    .subject_id = person.id.value(),
                    .incident_id = {},
                    .data = {{"contact", contact.name},
                             {"channel", name_of(contact.kind)},
                             {"to", shown_address(contact)}}});
}

std::string wait_text(Duration wait) { return to_text(std::chrono::ceil<seconds>(wait)); }

Result<> check_rate(const std::optional<CodeRow>& before, Time now) {
  if (!before) return {};
  const auto refuse = [](std::string_view why, Duration wait) {
    return fail(Code::kResourceExhausted, fmt::format("{}; wait {}", why, wait_text(wait)));
  };
  const Time next = before->sent + ContactBook::kBetweenCodes;
  if (now < next) return refuse("a code was sent to this contact just now", next - now);
  const Time window_end = before->window_begin + ContactBook::kWindow;
  if (now < window_end && before->window_codes >= ContactBook::kCodesInWindow) {
    return refuse(
        fmt::format("{} codes were sent to this contact within an hour", before->window_codes),
        window_end - now);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ContactBook>> ContactBook::open(engine::Engine& engine, Outbox& outbox) {
  std::unique_ptr<ContactBook> out(new ContactBook(engine, outbox));
  const Result<> read = engine.run([&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(std::string key, read_or_make_key(tx.sql(), kContactKey, tx.rng()));
    out->key_ = Secret(std::move(key));
    ASSIGN_OR_RETURN(auto verified, read_verified_contacts(tx.sql()));
    out->verified_ = std::make_shared<const VerifiedContacts>(std::move(verified));
    return {};
  });
  RETURN_IF_ERROR(read);
  outbox.listen(kCodeSubject, *out);
  return out;
}

std::shared_ptr<const VerifiedContacts> ContactBook::verified() const {
  const std::lock_guard lock(mutex_);
  return verified_;
}

Result<ContactBook::SentCode> ContactBook::send_code(const catalog::Person& person,
                                                     const catalog::Contact& contact,
                                                     const store::Actor& by) {
  SentCode out;
  const Result<> sent = engine_.run([&](Tx& tx) -> Result<> {
    const Time now = tx.now();
    RETURN_IF_ERROR(prune_codes(tx.sql(), now - kWindow, now));
    CodeRow row{.id = tx.new_id("cod"),
                .person = person.id.value(),
                .digest = verified()->digest_of(contact),
                .code_hash = {},
                .sent = now,
                .ends = now + kCodeLife,
                .tries_left = kTries,
                .window_begin = now,
                .window_codes = 1};
    ASSIGN_OR_RETURN(const auto before, read_code(tx.sql(), row.person, row.digest));
    RETURN_IF_ERROR(check_rate(before, now));
    if (before && now < before->window_begin + kWindow) {
      row.window_begin = before->window_begin;
      row.window_codes = before->window_codes + 1;
    }
    const std::string code = fmt::format("{:06}", tx.rng().below(1'000'000));
    row.code_hash = hash_of(row.id, code);
    RETURN_IF_ERROR(write_code(tx.sql(), row));
    ASSIGN_OR_RETURN(out.delivery, outbox_.enqueue(tx, {kCodeSubject, row.id}, person, contact,
                                                   code_message(person, contact, code, now)));
    out.ends = row.ends;
    return append(tx, "contact.code_sent", person, contact, by);
  });
  RETURN_IF_ERROR(sent);
  return out;
}

Result<> ContactBook::confirm(const catalog::Person& person, const catalog::Contact& contact,
                              std::string_view code, const store::Actor& by) {
  std::optional<Error> refused;  // a wrong try is committed, too
  const Result<> looked = engine_.run([&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(auto row,
                     read_code(tx.sql(), person.id.value(), verified()->digest_of(contact)));
    if (!row || row->tries_left == 0 || row->ends <= tx.now()) {
      return fail(Code::kFailedPrecondition,
                  "no code waits to be given back: none was sent within 15 minutes, or too many "
                  "were wrong; send a new one");
    }
    if (equal_constant_time(row->code_hash, hash_of(row->id, code))) {
      row->tries_left = 0;
      const VerifiedContacts::Proof proof{tx.now(), by.to_text()};
      RETURN_IF_ERROR(write_code(tx.sql(), *row));
      RETURN_IF_ERROR(write_proof(tx.sql(), row->person, row->digest, proof));
      tx.after_commit([this, id = person.id, contact, proof] {
        const std::lock_guard lock(mutex_);
        verified_ = std::make_shared<const VerifiedContacts>(verified_->with(id, contact, proof));
      });
      return append(tx, "contact.verified", person, contact, by);
    }
    --row->tries_left;
    refused = Error{
        Code::kInvalidArgument,
        row->tries_left == 0
            ? std::string("the code is wrong, too often; send a new one")
            : fmt::format("the code is wrong; {} of {} tries are left", row->tries_left, kTries)};
    RETURN_IF_ERROR(write_code(tx.sql(), *row));
    return row->tries_left > 0 ? Result<>{} : append(tx, "contact.code_void", person, contact, by);
  });
  RETURN_IF_ERROR(looked);
  return refused ? fail(*std::move(refused)) : Result<>{};
}

Result<bool> ContactBook::is_still_wanted(Tx& tx, const Subject& subject) {
  return is_code_good(tx.sql(), subject.id, tx.now());
}

// The id makes the same code differ each time, and the key keeps a million guesses from telling
// what a stolen row holds.
std::string ContactBook::hash_of(std::string_view id, std::string_view code) const {
  return base64url(
      hmac_sha256(key_.reveal(), fmt::format("tocsin contact code\n{}\n{}", id, code)));
}

}  // namespace tocsin::notify
