#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "net/gzip.h"
#include "net/http_session.h"
#include "net/url.h"

// The first byte says into how large pieces the rest, a connection's bytes, is cut. However it is
// cut, the session must see the same requests and give the same statuses; what a handler does with
// a request (form, cookies, gzip) must hold its limits.

namespace {

using namespace tocsin;
using namespace tocsin::net;

constexpr size_t kMaxBody = 4096;

class Host final : public SessionHost {
 public:
  Host() {
    options_.max_header_bytes = 2048;
    router_.add("POST", "/{rest...}", [](const Request&) { return Response::empty(); },
                {.max_body = kMaxBody});
  }
  const Router& router() const override { return router_; }
  const ServerOptions& options() const override { return options_; }
  Time wall() const override { return from_micros(1'767'571'200'000'000); }
  std::string new_request_id() override { return "id"; }
  bool reserve(size_t bytes) override {
    held_ += bytes;
    return true;
  }
  void release(size_t bytes) override { held_ -= bytes; }
  void answered(const Answered& answered) override {
    seen.push_back(std::to_string(answered.status));
  }

  std::vector<std::string> seen;
  size_t held_ = 0;

 private:
  Router router_;
  ServerOptions options_;
};

void check(bool is_so) {
  if (!is_so) std::abort();
}

void look_at(const Request& request) {
  check(request.path.starts_with('/'));
  check(request.body.size() <= std::max(kMaxBody, size_t{1} << 20));
  request.form();
  request.cookie("tocsin_session");
  if (const auto plain = gunzip(request.body, kMaxBody)) check(plain->size() <= kMaxBody);
}

std::vector<std::string> talk(std::string_view bytes, size_t step) {
  Host host;
  {
    HttpSession session(host, "peer", false, Duration(0));
    bool ended = false;
    for (;;) {
      const HttpSession::Want want = session.want();
      if (want == HttpSession::Want::kWrite) {
        const auto [head, body] = session.output();
        check(head.size() + body.size() > 0);
        session.sent(head.size() + body.size(), Duration(0));
      } else if (want == HttpSession::Want::kHandle) {
        const Request request = session.take_request();
        look_at(request);
        host.seen.push_back(request.method + " " + request.path + " " + request.body);
        session.answer(Response::text(200, request.body), Duration(0));
      } else if (want == HttpSession::Want::kRead && !ended) {
        const auto space = session.input_space();
        check(!space.empty());
        const size_t n = std::min({space.size(), bytes.size(), step});
        if (n == 0) {
          ended = true;
          session.input_ended(Duration(0));
          continue;
        }
        std::memcpy(space.data(), bytes.data(), n);
        bytes.remove_prefix(n);
        session.received(n, Duration(0));
      } else {
        break;
      }
    }
  }
  check(host.held_ == 0);
  return host.seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(talk(bytes, bytes.size() + 1) == talk(bytes, data[0] % 64 + 1));
  if (const auto target = parse_target(bytes)) check(target->path.starts_with('/'));
  return 0;
}
