#include "notify/dead_letter_api.h"

#include <fmt/format.h>

#include <charconv>

#include "access/handler.h"
#include "codec/fields.h"
#include "notify/address.h"
#include "notify/dead_letters.h"
#include "notify/delivery_json.h"
#include "store/kept_reader.h"

namespace tocsin::notify {
namespace {

using access::Caller;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 16 << 10, .accept_gzip = false};
constexpr int kMostLetters = 500;

Result<int> read_limit(std::string_view text) {
  int limit = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc() && stop == text.data() + text.size() && limit >= 1 &&
      limit <= kMostLetters) {
    return limit;
  }
  return invalid(
      fmt::format("limit: '{}' is no number from 1 to {}", codec::shown(text), kMostLetters));
}

Result<DeadLetterQuery> read_query(const Request& request) {
  DeadLetterQuery query;
  if (const auto channel = request.query_value("channel")) {
    if (!catalog::contact_kind(*channel)) {
      return invalid(fmt::format("channel: '{}' is no channel; use webhook, mail, sms, ...",
                                 codec::shown(*channel)));
    }
    query.channel = *channel;
  }
  query.person = request.query_value("person").value_or("");
  query.after = request.query_value("after").value_or("");
  if (const auto since = request.query_value("since")) {
    ASSIGN_OR_RETURN(query.since, parse_rfc3339(*since));
  }
  if (const auto retried = request.query_value("retried")) {
    if (*retried != "true" && *retried != "false") return invalid("retried: must be true or false");
    query.retried = *retried == "true";
  }
  if (const auto limit = request.query_value("limit")) {
    ASSIGN_OR_RETURN(query.limit, read_limit(*limit));
  }
  return query;
}

class Api {
 public:
  explicit Api(DeadLetterApiParts parts) : parts_(parts), reader_(parts.database) {}

  Result<Response> list(const Request& request, const Caller&) {
    ASSIGN_OR_RETURN(const DeadLetterQuery query, read_query(request));
    ASSIGN_OR_RETURN(const DeadLetterPage page, reader_.read([&](store::Session& session) {
      return read_dead_letters(session, query);
    }));
    codec::JsonArray letters;
    for (const DeadLetter& letter : page.letters) letters.push_back(to_json(letter));
    return Response::json(
        200, codec::JsonObject{
                 {"dead_letters", std::move(letters)},
                 {"next", page.next.empty() ? codec::Json(nullptr) : codec::Json(page.next)}});
  }

  Result<Response> retry(const Request& request, const Caller& caller) {
    const std::string& id = request.params.at("id");
    std::optional<OutboxRow> row;
    // Read where it is written: after the commit it is on its way, whatever becomes of a reader.
    RETURN_IF_ERROR(parts_.engine.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const std::string made, parts_.outbox.resend(tx, id, caller.actor));
      ASSIGN_OR_RETURN(row, read_row(tx.sql(), made));
      return {};
    }));
    if (!row) return fail(Code::kInternal, "what was sent again is not there");
    return Response::json(202, delivery_json(*row));
  }

 private:
  const DeadLetterApiParts parts_;
  store::KeptReader reader_;
};

}  // namespace

void add_dead_letter_routes(net::Router& router, DeadLetterApiParts parts) {
  access::Gate& gate = parts.gate;
  const auto api = std::make_shared<Api>(parts);
  const auto add = [&](const char* method, const char* pattern,
                       Result<Response> (Api::*answer)(const Request&, const Caller&)) {
    router.add(method, pattern,
               access::for_responders(gate,
                                      [api, answer](const Request& request, const Caller& caller) {
                                        return (api.get()->*answer)(request, caller);
                                      }),
               kSmall);
  };
  add("GET", "/api/v1/notify/dead-letters", &Api::list);
  add("POST", "/api/v1/notify/dead-letters/{id}/retry", &Api::retry);
}

}  // namespace tocsin::notify
