#include "catalog/read_person.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/address.h"
#include "catalog/hours.h"

namespace tocsin::catalog {
namespace {

using codec::Fields;
using Kind = Contact::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, Contact::kKinds> kNames = {{
    {Kind::kWebhook, "webhook"},
    {Kind::kMail, "mail"},
    {Kind::kSlack, "slack"},
    {Kind::kTeams, "teams"},
    {Kind::kSlackUser, "slack_user"},
    {Kind::kSms, "sms"},
    {Kind::kVoice, "voice"},
    {Kind::kTelegram, "telegram"},
    {Kind::kNtfy, "ntfy"},
    {Kind::kPushover, "pushover"},
    {Kind::kPush, "push"},
    {Kind::kHttp, "http"},
}};

std::string wrong_with(Kind kind, std::string_view address) {
  switch (kind) {
    case Kind::kMail: return wrong_with_mail(address);
    case Kind::kWebhook:
    case Kind::kSlack:
    case Kind::kTeams:
    case Kind::kNtfy: return wrong_with_url(address);
    case Kind::kSms:
    case Kind::kVoice: return wrong_with_phone(address);
    case Kind::kSlackUser: return wrong_with_slack_user(address);
    case Kind::kTelegram: return wrong_with_telegram_chat(address);
    case Kind::kPushover: return wrong_with_pushover_key(address);
    case Kind::kPush:
    case Kind::kHttp: return "";
  }
  bug("unknown kind of contact");
}

// The address of a contact; an empty text when it is not there or was complained of.
std::string read_address(Fields& fields, Kind kind) {
  const std::string_view key = name_of(kind);
  if (kind == Kind::kPush) {
    if (fields.has(key) && !fields.flag(key, true)) {
      fields.problem(key, "must be true; leave the contact out if it is not wanted");
    }
    fields.raw(key);
    return "";
  }
  // Some addresses are secrets themselves, so all may come from the environment.
  std::string address = fields.secret(key).reveal();
  if (address.empty()) return address;  // not there, or a variable that is not set: said already
  if (std::string wrong = wrong_with(kind, address); !wrong.empty()) {
    fields.problem(key, std::move(wrong));
  }
  return address;
}

std::vector<NotificationRule> read_rules(Fields& notify, std::string_view key,
                                         const Person& person) {
  std::vector<std::string> known;
  for (const Contact& contact : person.contacts) known.push_back(contact.name);
  std::vector<NotificationRule> rules;
  for (Fields& fields : notify.children(key)) {
    NotificationRule rule{.contact = fields.text("contact")};
    rule.after = fields.duration("after", Duration(0), Duration(0), std::chrono::days(1));
    if (!rule.contact.empty() && person.contact(rule.contact) == nullptr) {
      fields.problem("contact",
                     fmt::format("'{}' is none of the contacts above{} (they are: {})",
                                 codec::shown(rule.contact),
                                 codec::did_you_mean(rule.contact, known), fmt::join(known, ", ")));
    }
    if (!rules.empty() && rule.after < rules.back().after) {
      fields.problem("after", "must not be earlier than that of the rule before it");
    }
    fields.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

void check_names(Fields& spec, Person& person) {
  for (size_t i = 0; i < person.contacts.size(); ++i) {
    Contact& contact = person.contacts[i];
    const auto earlier = person.contacts.begin() + static_cast<std::ptrdiff_t>(i);
    const bool is_taken = std::any_of(person.contacts.begin(), earlier, [&](const Contact& other) {
      return other.name == contact.name;
    });
    if (!is_taken) continue;
    // Two mail addresses need no names as long as no rule asks for one of them.
    if (contact.name == name_of(contact.kind)) {
      contact.name += fmt::format("-{}", i + 1);
    } else {
      spec.problem("contacts",
                   fmt::format("the name '{}' is given twice; each contact needs its own",
                               codec::shown(contact.name)));
    }
  }
}

}  // namespace

std::optional<Contact> read_contact(Fields fields) {
  Contact contact;
  int ways = 0;
  std::vector<std::string_view> known;
  for (const auto& [kind, key] : kNames) {
    known.push_back(key);
    const bool is_there = fields.has(key);
    std::string address = read_address(fields, kind);
    if (!is_there) continue;
    ++ways;
    contact.kind = kind;
    contact.address = std::move(address);
  }
  contact.name = fields.text("name", std::string(name_of(contact.kind)));
  if (contact.kind == Kind::kWebhook || contact.kind == Kind::kNtfy) {
    contact.secret = fields.secret("secret");
  }
  if (contact.kind == Kind::kHttp) contact.provider = fields.text("provider");
  if (ways != 1) {
    fields.problem("", fmt::format("must have exactly one of {}", fmt::join(known, ", ")));
  }
  fields.finish();
  return ways == 1 ? std::optional(contact) : std::nullopt;
}

std::string_view name_of(Kind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  bug("unknown kind of contact");
}

std::optional<Kind> contact_kind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

const Contact* Person::contact(std::string_view contact_name) const {
  const auto found = std::ranges::find(contacts, contact_name, &Contact::name);
  return found == contacts.end() ? nullptr : &*found;
}

Person read_person_spec(Fields& spec, PersonId id) {
  Person person{.id = std::move(id)};
  person.name = spec.text("name", person.id.value());
  for (const Fields& contact : spec.children("contacts")) {
    if (auto read = read_contact(contact)) person.contacts.push_back(*std::move(read));
  }
  check_names(spec, person);
  person.zone = read_zone(spec, "zone");
  person.language = read_language(spec);
  Fields notify = spec.child("notify");
  person.urgent = read_rules(notify, "urgent", person);
  person.not_urgent = read_rules(notify, "not_urgent", person);
  person.keep_ringing =
      notify.duration("keep_ringing", Duration(0), Duration(0), std::chrono::hours(1));
  if (person.keep_ringing != Duration(0) && person.keep_ringing < seconds(30)) {
    notify.problem("keep_ringing", "must be at least 30s, or 0s to ring once");
  }
  notify.finish();
  person.quiet = read_hours(spec, "quiet_hours");
  person.working = read_hours(spec, "working_hours");
  return person;
}

}  // namespace tocsin::catalog
