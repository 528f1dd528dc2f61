#pragma once

#include <string>
#include <utility>
#include <vector>

#include "access/access.h"
#include "alert/readers.h"
#include "codec/json.h"
#include "incident/testing.h"
#include "net/http.h"

// For tests only: handlers over the house, called without a socket.
namespace tocsin::incident::testing {

struct FakeGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role) override {
    if (!is_open) return fail(Code::kUnauthenticated, "sign in first");
    return caller;
  }
  Watch watch(const net::Request&) override {
    return [this] { return is_open; };
  }
  bool is_open = true;
  access::Caller caller{store::Actor{"user", "ada"}, access::Role::kResponder, "ada"};
};

class Web {
 public:
  using Query = std::vector<std::pair<std::string, std::string>>;

  net::Response get(const std::string& path, Query query = {}) {
    net::Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    if (!accept_language.empty()) request.headers.add("Accept-Language", accept_language);
    return router.handle(request);
  }
  net::Response post(const std::string& path, std::string body,
                     const std::string& type = "application/json") {
    net::Request request;
    request.method = "POST";
    request.path = path;
    request.headers.add("Content-Type", type);
    if (!accept_language.empty()) request.headers.add("Accept-Language", accept_language);
    request.body = std::move(body);
    net::Response response = router.handle(request);
    house.world.engine.settle();
    return response;
  }
  net::Response post_form(const std::string& path, std::string body) {
    return post(path, std::move(body), "application/x-www-form-urlencoded");
  }
  static codec::JsonObject json(const net::Response& response) {
    return codec::read_own_json(response.body)->as_object();
  }

  House house;
  FakeGate gate;
  alert::Readers readers{house.world.engine.database()};
  net::Router router;
  std::string accept_language;  // of the browser
};

}  // namespace tocsin::incident::testing
