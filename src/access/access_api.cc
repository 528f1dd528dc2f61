#include "access/access_api.h"

#include <fmt/format.h>

#include "access/credential.h"
#include "base/text.h"
#include "codec/fields.h"

namespace tocsin::access {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 16 << 10, .accept_gzip = false};
// The longest that browsers keep a cookie. The session itself ends earlier, when it is not used:
// the server decides.
constexpr int64_t kCookieSeconds = int64_t{400} * 24 * 3600;

codec::JsonObject to_json(const Caller& caller) {
  codec::JsonObject out{{"actor", caller.actor.to_text()}, {"role", name_of(caller.role)}};
  if (!caller.person.empty()) out["person"] = caller.person;
  return out;
}

codec::JsonObject to_json(const Token& token) {
  codec::JsonObject out{{"id", token.id},
                        {"name", token.name},
                        {"role", name_of(token.role)},
                        {"created_at", to_rfc3339(token.created)}};
  if (!token.made_by.empty()) out["made_by"] = token.made_by;
  if (token.last_used) out["last_used_at"] = to_rfc3339(*token.last_used);
  return out;
}

codec::JsonObject to_json(const User& user) {
  codec::JsonObject out{
      {"name", user.name}, {"role", name_of(user.role)}, {"created_at", to_rfc3339(user.created)}};
  if (!user.person.empty()) out["person"] = user.person;
  return out;
}

template <class T>
codec::JsonArray to_json(const std::vector<T>& items) {
  codec::JsonArray out;
  for (const T& item : items) out.push_back(to_json(item));
  return out;
}

std::string cookie_header(const Request& request, const AccessOptions& options,
                          const std::string& value, int64_t seconds) {
  const bool is_secure = request.is_tls || options.external_url.starts_with("https://");
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", kSessionCookie,
                     value, seconds, is_secure ? "; Secure" : "");
}

// Answers that hold a secret must not stay in a cache.
Response not_stored(Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// The fields of a JSON body. A form of a foreign page cannot have this content type.
struct Body {
  codec::Node node;
  codec::Problems problems;

  static Result<Body> of(const Request& request) {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
      return invalid("the body must be JSON, with Content-Type: application/json");
    }
    Body out;
    ASSIGN_OR_RETURN(out.node, codec::parse_json(request.body));
    if (out.node.kind != codec::Node::Kind::kMapping)
      return invalid("the body must be a JSON object");
    return out;
  }
  codec::Fields fields() { return codec::Fields(node, "body", problems); }
};

Role read_role(codec::Fields& fields) {
  constexpr std::string_view kRoles[] = {"responder", "admin"};
  return fields.choice("role", kRoles, std::nullopt) == 1 ? Role::kAdmin : Role::kResponder;
}

class Api {
 public:
  explicit Api(Access& access) : access_(access) {}

  Result<Response> sign_in(const Request& request) const {
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const std::string user = fields.text("user");
    const Secret password(fields.text("password"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const SignedIn signed_in, access_.sign_in(user, password, request.peer));
    Response response = Response::json(200, to_json(signed_in.caller));
    response.headers.add("Set-Cookie", cookie_header(request, access_.options(),
                                                     signed_in.cookie.reveal(), kCookieSeconds));
    return not_stored(std::move(response));
  }

  Result<Response> who_am_i(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kResponder));
    return not_stored(Response::json(200, to_json(caller)));
  }

  Result<Response> sign_out(const Request& request) const {
    RETURN_IF_ERROR(access_.require(request, Role::kResponder));
    RETURN_IF_ERROR(access_.sign_out(request));
    Response response = Response::empty(204);
    response.headers.add("Set-Cookie", cookie_header(request, access_.options(), "", 0));
    return response;
  }

  Result<Response> change_own_password(const Request& request) const {
    RETURN_IF_ERROR(access_.require(request, Role::kResponder));
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const Secret old_password(fields.text("old_password"));
    const Secret new_password(fields.text("new_password"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(access_.change_own_password(request, old_password, new_password));
    return Response::empty(204);
  }

  Result<Response> list_tokens(const Request& request) const {
    RETURN_IF_ERROR(access_.require(request, Role::kAdmin));
    return Response::json(200, codec::JsonObject{{"tokens", to_json(access_.tokens())}});
  }

  Result<Response> create_token(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kAdmin));
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    const std::string name = fields.text("name");
    const Role role = read_role(fields);
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const AddedToken added, access_.create_token(name, role, caller.actor));
    return not_stored(Response::json(201, codec::JsonObject{{"token", to_json(added.token)},
                                                            {"secret", added.secret.reveal()}}));
  }

  Result<Response> revoke_token(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kAdmin));
    RETURN_IF_ERROR(access_.revoke_token(request.params.at("id"), caller.actor));
    return Response::empty(204);
  }

  Result<Response> list_users(const Request& request) const {
    RETURN_IF_ERROR(access_.require(request, Role::kAdmin));
    ASSIGN_OR_RETURN(const std::vector<User> users, access_.users());
    return Response::json(200, codec::JsonObject{{"users", to_json(users)}});
  }

  Result<Response> add_user(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kAdmin));
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    NewUser wanted{.name = fields.text("name"),
                   .role = read_role(fields),
                   .person = fields.text("person", ""),
                   .password = Secret(fields.text("password", ""))};
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const AddedUser added, access_.create_user(std::move(wanted), caller.actor));
    codec::JsonObject out{{"user", to_json(added.user)}};
    if (!added.password.empty()) out["password"] = added.password.reveal();
    return not_stored(Response::json(201, std::move(out)));
  }

  Result<Response> set_password(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kAdmin));
    ASSIGN_OR_RETURN(Body body, Body::of(request));
    codec::Fields fields = body.fields();
    Secret password(fields.text("password", ""));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    ASSIGN_OR_RETURN(const Secret made, access_.set_password(request.params.at("name"),
                                                             std::move(password), caller.actor));
    codec::JsonObject out;
    if (!made.empty()) out["password"] = made.reveal();
    return not_stored(Response::json(200, std::move(out)));
  }

  Result<Response> remove_user(const Request& request) const {
    ASSIGN_OR_RETURN(const Caller caller, access_.require(request, Role::kAdmin));
    ASSIGN_OR_RETURN(const RemovedUser removed,
                     access_.remove_user(request.params.at("name"), caller.actor));
    codec::JsonArray tokens(removed.tokens.begin(), removed.tokens.end());
    return Response::json(200, codec::JsonObject{{"sessions_ended", removed.sessions},
                                                 {"tokens_revoked", std::move(tokens)}});
  }

 private:
  Access& access_;
};

}  // namespace

void add_access_routes(net::Router& router, Access& access) {
  const auto add = [&](std::string method, std::string pattern,
                       Result<Response> (Api::*answer)(const Request&) const) {
    router.add(
        std::move(method), std::move(pattern),
        [api = Api(access), answer](const Request& request) {
          auto response = (api.*answer)(request);
          return response ? *std::move(response) : Response::error(response.error(), request);
        },
        kSmall);
  };
  add("POST", "/api/v1/session", &Api::sign_in);
  add("GET", "/api/v1/session", &Api::who_am_i);
  add("DELETE", "/api/v1/session", &Api::sign_out);
  add("POST", "/api/v1/me/password", &Api::change_own_password);
  add("GET", "/api/v1/tokens", &Api::list_tokens);
  add("POST", "/api/v1/tokens", &Api::create_token);
  add("DELETE", "/api/v1/tokens/{id}", &Api::revoke_token);
  add("GET", "/api/v1/users", &Api::list_users);
  add("POST", "/api/v1/users", &Api::add_user);
  add("POST", "/api/v1/users/{name}/password", &Api::set_password);
  add("DELETE", "/api/v1/users/{name}", &Api::remove_user);
}

}  // namespace tocsin::access
