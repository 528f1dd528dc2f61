#include "notify/contact_api.h"

#include <fmt/format.h>

#include <vector>

#include "access/handler.h"
#include "base/text.h"
#include "codec/fields.h"
#include "codec/json.h"
#include "notify/contact_choice.h"

namespace tocsin::notify {
namespace {

using access::Caller;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 4 << 10, .accept_gzip = false};

Result<catalog::Contact> find_contact(const catalog::Person& person, const std::string& which) {
  if (const catalog::Contact* called = contact_called(person, which)) return *called;
  std::vector<std::string> known;
  for (const catalog::Contact& contact : person.contacts) known.push_back(contact.name);
  return not_found(fmt::format(
      "person '{}' has no contact '{}'{} (they are: {})", person.id.value(), codec::shown(which),
      codec::did_you_mean(which, known), known.empty() ? "none" : join(known, ", ")));
}

class Api {
 public:
  explicit Api(ContactApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> people(const Request&, const Caller&) const {
    JsonArray out;
    const auto catalog = parts_.catalog();
    for (const auto& [id, person] : catalog->people) out.push_back(to_json(person));
    return Response::json(200, JsonObject{{"people", std::move(out)}});
  }

  Result<Response> contacts(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const catalog::Person person, person_of(request));
    return Response::json(200, to_json(person));
  }

  Result<Response> verify(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(const catalog::Person person, person_of(request));
    ASSIGN_OR_RETURN(const auto contact, find_contact(person, request.params.at("contact")));
    ASSIGN_OR_RETURN(const auto sent, parts_.book.send_code(person, contact, caller.actor));
    return Response::json(202, JsonObject{{"contact", contact.name},
                                          {"delivery", sent.delivery},
                                          {"ends_at", to_rfc3339(sent.ends)}});
  }

  Result<Response> confirm(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(const catalog::Person person, person_of(request));
    ASSIGN_OR_RETURN(const auto contact, find_contact(person, request.params.at("contact")));
    ASSIGN_OR_RETURN(const std::string code, read_code(request));
    RETURN_IF_ERROR(parts_.book.confirm(person, contact, code, caller.actor));
    return Response::json(200, to_json(person));
  }

 private:
  Result<catalog::Person> person_of(const Request& request) const {
    const std::string& id = request.params.at("id");
    const auto catalog = parts_.catalog();
    if (const catalog::Person* person = catalog->person(catalog::PersonId(id))) return *person;
    return not_found(fmt::format("the catalog has no person '{}'", codec::shown(id)));
  }

  JsonObject to_json(const catalog::Person& person) const {
    const auto verified = parts_.book.verified();
    return {{"id", person.id.value()},
            {"name", person.name},
            {"verified", verified->reach(person)},
            {"contacts", contacts_json(person, *verified)}};
  }

  // People write codes in groups: "482 913".
  static Result<std::string> read_code(const Request& request) {
    ASSIGN_OR_RETURN(const codec::Node node, codec::parse_json(request.body));
    codec::Problems problems;
    codec::Fields fields(node, "body", problems);
    std::string code = fields.text("code");
    fields.finish();
    RETURN_IF_ERROR(problems.as_result());
    std::erase_if(code, [](char c) { return c == ' ' || c == '-'; });
    return code;
  }

  const ContactApiParts parts_;
};

}  // namespace

void add_contact_routes(net::Router& router, ContactApiParts parts) {
  access::Gate& gate = parts.gate;
  const auto api = std::make_shared<const Api>(std::move(parts));
  const auto add = [&](const char* method, const std::string& pattern,
                       Result<Response> (Api::*answer)(const Request&, const Caller&) const) {
    router.add(method, "/api/v1/people" + pattern,
               access::for_responders(gate,
                                      [api, answer](const Request& request, const Caller& caller) {
                                        return (api.get()->*answer)(request, caller);
                                      }),
               kSmall);
  };
  add("GET", "", &Api::people);
  add("GET", "/{id}/contacts", &Api::contacts);
  add("POST", "/{id}/contacts/{contact}/verify", &Api::verify);
  add("POST", "/{id}/contacts/{contact}/confirm", &Api::confirm);
}

}  // namespace tocsin::notify
