#pragma once

#include <memory>
#include <string>

#include "door/entrance.h"
#include "door/opsgenie.h"

namespace tocsin::door {

// One request to a door in Opsgenie's manner while it is handled: its id, how long it took, who
// came, and the answers in its shape.
class OpsgenieCall {
 public:
  OpsgenieCall(Entrance& entrance, const Clock& clock, Rng& rng, const net::Request& request);

  // Reads who comes and the body, which may be missing; false when the answer is refusal().
  bool open();
  net::Response refusal();

  const net::Request& request() const { return request_; }
  const std::string& id() const { return id_; }
  const Visitor& visitor() const { return *visitor_; }
  const codec::Node& body() const { return body_; }
  codec::Node take_body() { return std::move(body_); }

  net::Response accepted() const;  // 202
  net::Response data(int status, codec::Json data) const;
  net::Response with(int status, codec::JsonObject fields) const;
  net::Response wrong(const OpsgenieErrors& errors) const;  // 422
  net::Response failed(const Error& error, Duration retry_after = Duration(0)) const;

 private:
  OpsgenieRequest so_far() const;

  Entrance& entrance_;
  const Clock& clock_;
  const net::Request& request_;
  const Duration begun_;
  std::string id_;
  std::optional<Visitor> visitor_;
  codec::Node body_;
  std::optional<Refused> refused_;
};

// A new random UUID.
std::string new_uuid(Rng& rng);

}  // namespace tocsin::door
