#include "net/testing/http_catcher.h"

namespace tocsin::net::testing {

HttpCatcher::HttpCatcher() {
  server_.options.workers = 8;
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
    server_.router.add(method, "/{rest...}", [this](const Request& r) { return answer(r); },
                       {.max_body = 64 << 20, .accept_gzip = false});
  }
  server_.start();
}

HttpCatcher::~HttpCatcher() { release(); }

void HttpCatcher::answer_always(Answer answer) {
  const std::lock_guard lock(mutex_);
  always_ = std::move(answer);
}

void HttpCatcher::answer_next(Answer answer) {
  const std::lock_guard lock(mutex_);
  next_.push_back(std::move(answer));
}

void HttpCatcher::release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

Response HttpCatcher::answer(const Request& request) {
  std::unique_lock lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
  Answer answer = always_;
  if (!next_.empty()) {
    answer = std::move(next_.front());
    next_.pop_front();
  }
  if (answer.stall) changed_.wait(lock, [&] { return released_; });
  if (answer.hang_up) return Response::hang_up();
  Response response = Response::empty(answer.status);
  for (auto& [name, value] : answer.headers) response.headers.add(name, value);
  response.body = std::move(answer.body);
  return response;
}

std::vector<Request> HttpCatcher::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool HttpCatcher::wait_for(size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20),
                           [&] { return requests_.size() >= count; });
}

}  // namespace tocsin::net::testing
