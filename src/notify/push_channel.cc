#include "notify/push_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "net/worker_pool.h"
#include "notify/address.h"
#include "notify/mime.h"
#include "notify/provider_answer.h"
#include "notify/render_short.h"
#include "notify/retry.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

constexpr Duration kKeepPage = hours(1);  // a page that is older wakes nobody
constexpr Duration kKeepNotification = hours(24);
constexpr Duration kVapidFor = hours(12);  // RFC 8292 allows 24
constexpr size_t kTextLimit = 1200;
constexpr size_t kMostUrl = 500;
constexpr size_t kMostWaiting = 1000;  // the outbox has fewer under way

std::string origin_of(const std::string& endpoint) {
  const size_t path = endpoint.find('/', endpoint.find("://") + 3);
  return endpoint.substr(0, path);
}

// A page of a later round has an id of its own; it is the incident that the person is rung for. A
// bundle has no incident: the end of one of its incidents must not take it off the screen.
std::string tag_of(const Delivery& delivery) {
  const Message& m = delivery.message;
  const bool is_about_it = m.is_page || delivery.subject.kind == "recovery";
  if (is_about_it && !m.incident_id.empty()) return "incident " + m.incident_id;
  return fmt::format("{} {}", delivery.subject.kind, delivery.subject.id);
}

// Below the page's own address, as a path; empty where there is none. The links of a bundle answer
// for one of its incidents; its own link shows them all.
std::string path_of(const Message& m, std::string_view external_url) {
  if (m.is_bundle) return {};
  if (!m.incident_id.empty()) return "/incidents/" + url_encode(m.incident_id);
  for (const catalog::Link& link : m.links) {
    if (link.url.size() > kMostUrl || external_url.empty()) continue;
    if (link.url.starts_with(external_url) && link.url.substr(external_url.size()).starts_with('/'))
      return link.url.substr(external_url.size());
  }
  return {};
}

// One try over all browsers of a person; the last answer ends it. Calls end on one thread.
struct Round {
  size_t open = 0;
  bool is_taken = false;
  std::optional<Error> worst;  // one that may pass wins over one that is final
  Channel::OnTaken done;

  void end_one(const Result<Taken>& taken) {
    is_taken |= taken.has_value();
    if (!taken && (!worst || !may_pass(worst->code))) worst = taken.error();
    if (--open > 0) return;
    if (is_taken || !worst) return done(Taken{});
    done(fail(*worst));
  }
};

// A message that waits for the thread that makes keys; when that ends first, it says so.
class Waiting {
 public:
  Waiting(Delivery message, Channel::OnTaken done)
      : delivery(std::move(message)), done_(std::move(done)) {}
  Waiting(Waiting&& other) noexcept
      : delivery(std::move(other.delivery)), done_(std::exchange(other.done_, nullptr)) {}
  Waiting& operator=(Waiting&&) = delete;
  ~Waiting() {
    if (done_) done_(fail(Code::kCancelled, "push: Tocsin stops"));
  }
  Channel::OnTaken take() { return std::exchange(done_, nullptr); }

  Delivery delivery;

 private:
  Channel::OnTaken done_;
};

// A key pair, an agreement and a signature for each browser are a millisecond or so, and who sends
// is the engine's writer: a thread of its own makes them.
class PushChannel final : public Channel {
 public:
  PushChannel(Caller caller, PushBook& book) : caller_(std::move(caller)), book_(book) {
    caller_.health().expect("push", "push");
  }

  void send(const Delivery& delivery, OnTaken done) override {
    const auto waiting = std::make_shared<Waiting>(delivery, std::move(done));
    net::WorkerPool::Job job = [this, waiting] {
      encrypt_and_send(waiting->delivery, waiting->take());
    };
    if (worker_.try_post(job)) return;
    waiting->take()(fail(Code::kResourceExhausted, "push: too many messages wait to be encrypted"));
  }

  // Of the push services of a person's browsers; 0 while one of them takes messages.
  Duration wait_asked_for(const Delivery& delivery) const override {
    std::optional<Duration> least;
    for (const std::string& endpoint : book_.endpoints_of(delivery.person.value())) {
      const Duration wait = caller_.pause_of(Pauses::key_of_push(endpoint));
      least = least ? std::min(*least, wait) : wait;
    }
    return least.value_or(Duration(0));
  }

 private:
  void encrypt_and_send(const Delivery& delivery, OnTaken done) {
    const auto browsers = book_.of(delivery.person.value());
    if (browsers.empty()) {
      return done(
          fail(Code::kFailedPrecondition,
               fmt::format("push: {} has subscribed no browser; sign in to Tocsin there and "
                           "switch notifications on",
                           delivery.person.value())));
    }
    std::vector<net::HttpCall> calls;
    for (const PushSubscription& browser : browsers) {
      if (caller_.pause_of(Pauses::key_of_push(browser.endpoint)) > Duration(0)) continue;
      auto call = call_to(browser, delivery);
      if (!call) return done(fail(call.error()));
      calls.push_back(*std::move(call));
    }
    if (calls.empty()) {
      return done(fail(Code::kResourceExhausted, "push: the push service has asked to wait"));
    }
    const auto round = std::make_shared<Round>();
    round->open = calls.size();
    round->done = std::move(done);
    for (net::HttpCall& call : calls) send_one(std::move(call), delivery, round);
  }

  void send_one(net::HttpCall call, const Delivery& delivery, const std::shared_ptr<Round>& round) {
    const std::string endpoint = call.url;
    caller_.call(
        std::move(call), delivery, "push", {Secret(endpoint)},
        [&book = book_, endpoint](const net::HttpAnswer& answer) -> Result<Taken> {
          if (answer.status == 404 || answer.status == 410) {
            book.forget(endpoint);
            return fail(Code::kFailedPrecondition,
                        "push: the browser has unsubscribed; it was removed");
          }
          RETURN_IF_ERROR(
              judge_answer(fmt::format("push {}", host_of(endpoint)), answer.status, answer.body));
          book.taken(endpoint);
          return Taken{};
        },
        [round](const Result<Taken>& taken) { round->end_one(taken); });
  }

  Result<net::HttpCall> call_to(const PushSubscription& browser, const Delivery& delivery) {
    const NotifyConfig& config = caller_.config();
    ASSIGN_OR_RETURN(const KeyPair key, book_.fresh_key());
    ASSIGN_OR_RETURN(std::string body, encrypt_push(push_payload(delivery, config.external_url),
                                                    browser.keys, key, book_.fresh_salt()));
    const std::string subject =
        config.push_subject.empty() ? config.external_url : config.push_subject;
    ASSIGN_OR_RETURN(std::string authorization,
                     vapid_authorization(book_.key(), origin_of(browser.endpoint), subject,
                                         caller_.now() + kVapidFor));
    net::HttpCall http = caller_.to_contact(delivery.contact, browser.endpoint,
                                            "application/octet-stream", std::move(body));
    const bool is_page = delivery.message.is_page;
    const Duration keep = is_page ? kKeepPage : kKeepNotification;
    http.headers.emplace_back("Content-Encoding", "aes128gcm");
    http.headers.emplace_back("TTL", std::to_string(std::chrono::floor<seconds>(keep).count()));
    http.headers.emplace_back("Urgency", is_page ? "high" : "normal");
    // A repetition replaces what the browser has not fetched yet (RFC 8030, section 5.4).
    http.headers.emplace_back("Topic", base64url(hmac_sha256("topic", delivery.id)).substr(0, 32));
    http.headers.emplace_back("Authorization", std::move(authorization));
    return http;
  }

  const Caller caller_;
  PushBook& book_;
  net::WorkerPool worker_{1, kMostWaiting};  // ends first: it uses the others
};

}  // namespace

std::string push_payload(const Delivery& delivery, std::string_view external_url) {
  const Message& m = delivery.message;
  return codec::to_text(
      codec::JsonObject{{"version", 1},
                        {"title", utf8_prefix(marked_title(delivery), 250)},
                        {"body", render_brief(delivery, kTextLimit)},
                        {"url", m.answer_url.size() <= kMostUrl ? m.answer_url : ""},
                        {"path", path_of(m, external_url)},
                        {"tag", tag_of(delivery)},
                        {"is_page", m.is_page},
                        {"incident_id", m.incident_id}});
}

std::unique_ptr<Channel> make_push_channel(Caller caller, PushBook* book) {
  if (book == nullptr) return make_missing_channel("this Tocsin keeps no browsers");
  return std::make_unique<PushChannel>(std::move(caller), *book);
}

}  // namespace tocsin::notify
