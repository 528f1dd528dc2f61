#include "notify/notify_api.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <mutex>

#include "access/handler.h"
#include "base/text.h"
#include "codec/fields.h"
#include "notify/contact_choice.h"
#include "notify/delivery_json.h"
#include "notify/outbox_store.h"
#include "notify/test_message.h"
#include "store/kept_reader.h"

namespace tocsin::notify {
namespace {

using access::Caller;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 16 << 10, .accept_gzip = false};
constexpr size_t kTestsAMinute = 10;  // of one person: a test rings a telephone

codec::JsonObject to_json(const ChannelHealth& health) {
  std::string_view state = "unused";
  if (health.last_success || health.last_failure) {
    state = health.failures_in_row == 0 ? "ok" : "failing";
  }
  codec::JsonObject out{{"channel", health.channel},
                        {"provider", health.provider},
                        {"state", state},
                        {"failures_in_row", health.failures_in_row}};
  if (health.last_success) out["last_success"] = to_rfc3339(*health.last_success);
  if (health.last_failure) {
    out["last_failure"] = to_rfc3339(*health.last_failure);
    out["last_error"] = health.last_error;
  }
  return out;
}

// The contacts that `which` names: all, one by its name, those of a channel, or one by its place
// from 1 on.
Result<std::vector<catalog::Contact>> chosen_contacts(const catalog::Person& person,
                                                      const std::string& which) {
  if (which.empty()) return person.contacts;
  if (const catalog::Contact* called = contact_called(person, which)) return std::vector{*called};
  const auto kind = catalog::contact_kind(which);
  const bool is_place = which.find_first_not_of("0123456789") == std::string::npos;
  if (!kind && !is_place) {
    return invalid(
        fmt::format("contact '{}' is not known; use a contact's name, its channel "
                    "(webhook, mail, sms, ...) or its place",
                    codec::shown(which)));
  }
  std::vector<catalog::Contact> out;
  for (const catalog::Contact& contact : person.contacts) {
    if (kind && contact.kind == *kind) out.push_back(contact);
  }
  if (!out.empty()) return out;
  return not_found(fmt::format("person '{}' has no contact '{}'; they have {}", person.id.value(),
                               codec::shown(which), person.contacts.size()));
}

class Api {
 public:
  explicit Api(NotifyApiParts parts) : parts_(std::move(parts)), reader_(parts_.database) {}

  Result<Response> test(const Request& request, const Caller& caller) {
    ASSIGN_OR_RETURN(const Asked asked, read(request));
    const auto catalog = parts_.catalog();
    const catalog::Person* declared = catalog->person(catalog::PersonId(asked.person));
    if (declared == nullptr) {
      return not_found(fmt::format("the catalog has no person '{}'", codec::shown(asked.person)));
    }
    catalog::Person person = *declared;
    ASSIGN_OR_RETURN(person.contacts, chosen_contacts(*declared, asked.contact));
    RETURN_IF_ERROR(count_test(asked.person));
    std::vector<std::string> ids;
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(ids, notify_test_message(tx, parts_.outbox, person));
      return tx.append({.happened = tx.now(),
                        .actor = caller.actor,
                        .kind = "notify.tested",
                        .subject_kind = "person",
                        .subject_id = asked.person,
                        .incident_id = {},
                        .data = {{"deliveries", codec::JsonArray(ids.begin(), ids.end())}}});
    }));
    codec::JsonArray deliveries;
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(auto delivery, read_delivery(id));
      deliveries.push_back(std::move(delivery));
    }
    return Response::json(202, codec::JsonObject{{"deliveries", std::move(deliveries)}});
  }

  Result<Response> preview(const Request& request, const Caller&) {
    ASSIGN_OR_RETURN(const codec::Node node, read_body(request));
    codec::Problems problems;
    codec::Fields fields(node, "body", problems);
    const std::string name = fields.text("person");
    const std::string which = fields.text("contact", "");
    const int64_t incident = fields.integer("incident", 0, 1, int64_t{1} << 53);
    fields.finish();
    RETURN_IF_ERROR(problems.as_result());
    const auto catalog = parts_.catalog();
    const catalog::Person* person = catalog->person(catalog::PersonId(name));
    if (person == nullptr || !parts_.preview) {
      return not_found(fmt::format("the catalog has no person '{}'", codec::shown(name)));
    }
    ASSIGN_OR_RETURN(const auto contacts, chosen_contacts(*person, which));
    ASSIGN_OR_RETURN(const Message message, message_for(incident));
    codec::JsonArray previews;
    for (const catalog::Contact& contact : contacts) {
      const Delivery delivery{.id = "dlv_preview",
                              .subject = {kPageSubject, "pag_preview"},
                              .person = person->id,
                              .contact = contact,
                              .message = message,
                              .language = person->language,
                              .reply_code = contact.kind == catalog::Contact::Kind::kSms ? 4 : 0,
                              .attempts = 1};
      previews.push_back(to_json(parts_.preview(delivery)));
    }
    return Response::json(200, codec::JsonObject{{"previews", std::move(previews)}});
  }

  Result<Response> delivery(const Request& request, const Caller&) {
    ASSIGN_OR_RETURN(auto json, read_delivery(request.params.at("id")));
    return Response::json(200, std::move(json));
  }

  Result<Response> channels(const Request&, const Caller&) {
    codec::JsonArray channels;
    if (parts_.health) {
      for (const ChannelHealth& health : parts_.health()) channels.push_back(to_json(health));
    }
    return Response::json(200, codec::JsonObject{{"channels", std::move(channels)}});
  }

 private:
  struct Asked {
    std::string person;
    std::string contact;
  };

  static Result<codec::Node> read_body(const Request& request) {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
      return invalid("the body must be JSON, with Content-Type: application/json");
    }
    return codec::parse_json(request.body);
  }

  static Result<Asked> read(const Request& request) {
    ASSIGN_OR_RETURN(const codec::Node node, read_body(request));
    codec::Problems problems;
    codec::Fields fields(node, "body", problems);
    Asked asked{.person = fields.text("person"), .contact = fields.text("contact", "")};
    fields.finish();
    RETURN_IF_ERROR(problems.as_result());
    return asked;
  }

  // A sample without an incident, so that it can be seen before there is one.
  Result<Message> message_for(int64_t incident) {
    if (incident == 0) return sample_message(parts_.engine.now(), parts_.external_url);
    std::optional<Message> message;
    if (parts_.incident_message) {
      ASSIGN_OR_RETURN(message, reader_.read([&](store::Session& session) {
        return parts_.incident_message(session, incident);
      }));
    }
    if (!message) return not_found(fmt::format("incident {} rings nobody", incident));
    message->answer_url = preview_link(parts_.external_url);
    return *std::move(message);
  }

  Result<codec::JsonObject> read_delivery(const std::string& id) {
    ASSIGN_OR_RETURN(const auto row,
                     reader_.read([&](store::Session& session) { return read_row(session, id); }));
    if (!row) return not_found(fmt::format("there is no delivery '{}'", codec::shown(id)));
    return delivery_json(*row);
  }

  Result<> count_test(const std::string& person) {
    const Time now = parts_.engine.now();
    const std::lock_guard lock(tests_mutex_);
    std::deque<Time>& recent = tests_[person];
    while (!recent.empty() && now - recent.front() >= std::chrono::minutes(1)) recent.pop_front();
    if (recent.size() >= kTestsAMinute) {
      return fail(Code::kResourceExhausted,
                  fmt::format("'{}' was sent {} tests within a minute; wait a minute", person,
                              kTestsAMinute));
    }
    recent.push_back(now);
    return {};
  }

  const NotifyApiParts parts_;
  store::KeptReader reader_;
  std::mutex tests_mutex_;
  std::map<std::string, std::deque<Time>> tests_;  // by person of the catalog
};

}  // namespace

void add_notify_routes(net::Router& router, NotifyApiParts parts) {
  access::Gate& gate = parts.gate;
  const auto api = std::make_shared<Api>(std::move(parts));
  const auto add = [&](const char* method, const char* pattern,
                       Result<Response> (Api::*answer)(const Request&, const Caller&)) {
    router.add(method, pattern,
               access::for_responders(gate,
                                      [api, answer](const Request& request, const Caller& caller) {
                                        return (api.get()->*answer)(request, caller);
                                      }),
               kSmall);
  };
  add("POST", "/api/v1/notify/test", &Api::test);
  add("POST", "/api/v1/notify/preview", &Api::preview);
  add("GET", "/api/v1/notify/deliveries/{id}", &Api::delivery);
  add("GET", "/api/v1/notify/channels", &Api::channels);
}

}  // namespace tocsin::notify
