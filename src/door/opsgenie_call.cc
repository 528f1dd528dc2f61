#include "door/opsgenie_call.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace tocsin::door {
namespace {

constexpr std::string_view kDoor = "opsgenie";
constexpr std::string_view kScheme = "GenieKey ";

}  // namespace

std::string new_uuid(Rng& rng) {
  std::array<unsigned char, 16> bytes{};
  rng.fill(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  const std::string digits = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

OpsgenieCall::OpsgenieCall(Entrance& entrance, const Clock& clock, Rng& rng,
                           const net::Request& request)
    : entrance_(entrance),
      clock_(clock),
      request_(request),
      begun_(clock.monotonic()),
      id_(new_uuid(rng)) {}

bool OpsgenieCall::open() {
  const auto header = request_.headers.get("Authorization").value_or("");
  auto visitor =
      equal_ignoring_case(header.substr(0, kScheme.size()), kScheme)
          ? entrance_.admit_token(request_, std::string(trim(header.substr(kScheme.size()))), kDoor)
          : entrance_.admit(request_, kDoor);
  if (!visitor) {
    refused_ = std::move(visitor.error());
    return false;
  }
  visitor_ = *std::move(visitor);
  if (trim(request_.body).empty()) return true;
  auto body = codec::parse_json(request_.body);
  if (body && body->kind != codec::Node::Kind::kMapping) body = invalid("it is not a JSON object");
  if (!body) {
    refused_ = Refused{
        {Code::kInvalidArgument, fmt::format("Body cannot be read: {}", body.error().message)},
        Duration(0)};
    return false;
  }
  body_ = *std::move(body);
  return true;
}

OpsgenieRequest OpsgenieCall::so_far() const {
  return {id_, to_seconds(clock_.monotonic() - begun_)};
}

net::Response OpsgenieCall::refusal() { return failed(refused_->error, refused_->retry_after); }

net::Response OpsgenieCall::accepted() const {
  return net::Response::json(202, opsgenie_accepted(so_far()));
}

net::Response OpsgenieCall::data(int status, codec::Json data) const {
  return net::Response::json(status, opsgenie_data(so_far(), std::move(data)));
}

net::Response OpsgenieCall::with(int status, codec::JsonObject fields) const {
  const OpsgenieRequest request = so_far();
  fields["took"] = request.took;
  fields["requestId"] = request.id;
  return net::Response::json(status, std::move(fields));
}

net::Response OpsgenieCall::wrong(const OpsgenieErrors& errors) const {
  return net::Response::json(
      422, opsgenie_refused(so_far(), "Request body is not processable. Please check the errors.",
                            errors));
}

net::Response OpsgenieCall::failed(const Error& error, Duration retry_after) const {
  return with_retry_after(
      net::Response::json(http_status(error.code), opsgenie_refused(so_far(), error.message)),
      retry_after);
}

}  // namespace tocsin::door
