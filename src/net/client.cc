#include "net/client.h"

#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "net/transfer.h"

namespace tocsin::net {
namespace {

// More calls wait for a connection to come free; their timeouts run. Eight hosts that do not answer
// leave none for others; a host gets as many as notify has tries at once for one provider.
constexpr long kMostConnections = 512;
constexpr long kMostConnectionsToOneHost = 64;
constexpr int kLongestPollMs = 60'000;

class CurlClient final : public Client {
 public:
  explicit CurlClient(Metrics& metrics);
  ~CurlClient() override;

  void call(HttpCall call, OnAnswer done) override {
    accept(make_http_transfer(std::move(call), std::move(done)));
  }
  void send(Mail mail, OnMail done) override {
    accept(make_mail_transfer(std::move(mail), std::move(done)));
  }

 private:
  void accept(std::unique_ptr<Transfer> transfer);
  void run();
  void begin_accepted();
  void move_bytes();
  void cancel_all();

  Counter& succeeded_;
  Counter& failed_;
  Gauge& under_way_gauge_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> accepted_;
  bool stopped_ = false;

  // Of the thread.
  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> under_way_;
  std::thread thread_;
};

CurlClient::CurlClient(Metrics& metrics)
    : succeeded_(metrics.counter("tocsin_client_calls_total", "Outgoing calls and mails",
                                 {{"outcome", "answered"}})),
      failed_(metrics.counter("tocsin_client_calls_total", "Outgoing calls and mails",
                              {{"outcome", "failed"}})),
      under_way_gauge_(metrics.gauge("tocsin_client_calls_under_way", "Outgoing calls under way")),
      multi_(curl_multi_init(), &curl_multi_cleanup) {
  if (multi_ == nullptr) bug("curl_multi_init failed");
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, kMostConnections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kMostConnectionsToOneHost);
  thread_ = std::thread([this] { run(); });
}

CurlClient::~CurlClient() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

void CurlClient::accept(std::unique_ptr<Transfer> transfer) {
  {
    const std::lock_guard lock(mutex_);
    accepted_.push_back(std::move(transfer));
  }
  curl_multi_wakeup(multi_.get());
}

void CurlClient::begin_accepted() {
  std::vector<std::unique_ptr<Transfer>> accepted;
  {
    const std::lock_guard lock(mutex_);
    accepted.swap(accepted_);
  }
  for (std::unique_ptr<Transfer>& transfer : accepted) {
    if (Result<> ready = transfer->prepare(); !ready) {
      failed_.add();
      transfer->finish_with(std::move(ready.error()));
      continue;
    }
    CURL* handle = transfer->handle();
    if (curl_multi_add_handle(multi_.get(), handle) != CURLM_OK)
      bug("curl_multi_add_handle failed");
    under_way_.emplace(handle, std::move(transfer));
  }
}

void CurlClient::move_bytes() {
  int running = 0;
  curl_multi_perform(multi_.get(), &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode code = message->data.result;  // gone once the handle is removed
    curl_multi_remove_handle(multi_.get(), handle);
    auto ended = under_way_.extract(handle);
    (code == CURLE_OK ? succeeded_ : failed_).add();
    ended.mapped()->finish(code);
  }
}

void CurlClient::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) break;
    }
    begin_accepted();
    move_bytes();
    under_way_gauge_.set(static_cast<double>(under_way_.size()));
    curl_multi_poll(multi_.get(), nullptr, 0, kLongestPollMs, nullptr);
  }
  cancel_all();
}

void CurlClient::cancel_all() {
  const Error cancelled{Code::kCancelled, "the client was stopped"};
  for (auto& [handle, transfer] : under_way_) {
    curl_multi_remove_handle(multi_.get(), handle);
    transfer->finish_with(cancelled);
  }
  under_way_.clear();
  std::vector<std::unique_ptr<Transfer>> accepted;
  {
    const std::lock_guard lock(mutex_);
    accepted.swap(accepted_);
  }
  for (const auto& transfer : accepted) transfer->finish_with(cancelled);
}

}  // namespace

std::unique_ptr<Client> Client::start(Metrics& metrics) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) bug("curl_global_init failed");
  return std::make_unique<CurlClient>(metrics);
}

Result<HttpAnswer> Client::call_and_wait(HttpCall http) {
  std::promise<Result<HttpAnswer>> answered;
  auto answer = answered.get_future();
  call(std::move(http), [&](Result<HttpAnswer> result) { answered.set_value(std::move(result)); });
  return answer.get();
}

}  // namespace tocsin::net
