#include "incident/logbook_stream.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>

#include "codec/fields.h"
#include "slo/slo_json.h"

namespace tocsin::incident {
namespace {

using net::Request;
using net::Response;

constexpr Duration kPulseEvery = std::chrono::seconds(2);
// What one take() gives at most; a reader that was away gets the rest by and by.
constexpr size_t kPieceBytes = 256 << 10;

std::string event(std::string_view name, std::string_view data) {
  return fmt::format("event: {}\ndata: {}\n\n", name, data);
}

class Follower final : public net::EventSource {
 public:
  Follower(const StreamParts& parts, access::Gate::Watch is_let_in, std::optional<int64_t> since)
      : is_let_in_(std::move(is_let_in)),
        tail_(parts.tail),
        clock_(parts.clock),
        pulse_(parts.pulses()) {
    const int64_t newest = tail_.last_seq();
    seq_ = since.value_or(newest);
    waiting_ =
        event("hello", codec::to_text(codec::JsonObject{{"seq", newest}, {"build", parts.build}}));
  }

  std::string take() override {
    std::string out = std::exchange(waiting_, {});
    const auto piece = tail_.after(seq_, kPieceBytes);
    if (piece.is_gap) {
      out += event("reset", fmt::format("{{\"seq\":{}}}", piece.last_seq));
    } else if (!piece.entries.empty()) {
      out += fmt::format("event: entries\nid: {}\ndata: {}\n\n", piece.last_seq, piece.entries);
    }
    seq_ = piece.last_seq;
    const Duration now = clock_.monotonic();
    if (!pulsed_ || now - *pulsed_ >= kPulseEvery) {
      if (const std::string pulse = pulse_(); !pulse.empty()) {
        pulsed_ = now;
        out += event("pulse", pulse);
      }
    }
    return out;
  }

  bool is_over() const override { return !is_let_in_(); }

 private:
  const access::Gate::Watch is_let_in_;
  const LogbookTail& tail_;
  const Clock& clock_;
  const PulseSource pulse_;
  int64_t seq_ = 0;
  std::string waiting_;
  std::optional<Duration> pulsed_;
};

Result<std::optional<int64_t>> since_of(const Request& request) {
  auto text = request.headers.get("Last-Event-ID");
  std::string_view name = "Last-Event-ID";
  if (!text || text->empty()) {
    text = request.query_value("since");
    name = "since";
  }
  if (!text) return std::nullopt;
  int64_t seq = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seq);
  if (error != std::errc() || end != text->data() + text->size() || seq < 0) {
    return invalid(
        fmt::format("{} '{}' is not the number of a logbook entry", name, codec::shown(*text)));
  }
  return seq;
}

Result<Response> follow(const Request& request, const StreamParts& parts) {
  RETURN_IF_ERROR(parts.gate.require(request, access::Role::kResponder));
  ASSIGN_OR_RETURN(const auto since, since_of(request));
  // So that an entry that the caller has seen in another answer is not taken for one of a future
  // that this server does not have.
  RETURN_IF_ERROR(parts.tail.pull());
  Response response;
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // a proxy that gathers would hold it back
  response.events = std::make_unique<Follower>(parts, parts.gate.watch(request), since);
  return response;
}

}  // namespace

PulseSources pulses_of(const slo::SloBook& book) {
  return [&book]() -> PulseSource {
    return [&book, token = uint64_t{0}]() mutable -> std::string {
      const auto news = book.pulses_since(token);
      token = news.token;
      if (news.pulses.empty()) return {};
      codec::JsonArray objectives;
      for (const slo::Pulse& pulse : news.pulses) objectives.push_back(slo::pulse_json(pulse));
      return codec::to_text(codec::JsonObject{{"objectives", std::move(objectives)}});
    };
  };
}

void add_stream_routes(net::Router& router, StreamParts parts) {
  router.add("GET", "/api/v1/stream", [parts = std::move(parts)](const Request& request) {
    auto response = follow(request, parts);
    return response ? *std::move(response) : Response::error(response.error(), request);
  });
}

}  // namespace tocsin::incident
