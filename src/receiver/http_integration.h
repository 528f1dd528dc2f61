#pragma once

#include <memory>
#include <string>
#include <vector>

#include "receiver/http_call.h"
#include "receiver/integration.h"
#include "receiver/message_view.h"

namespace tocsin::receiver {

// What a message becomes for one provider. What an error or an answer may repeat, but nobody should
// read, is in `mask`.
struct HttpPlan {
  std::vector<HttpRequest> requests;  // one after another; the first that fails ends it
  SecretMask mask;
};

// What one provider's protocol is. Thread-safe; it may outlive its integration by a send.
class HttpProvider {
 public:
  virtual ~HttpProvider() = default;
  // An error is not retried; it names the field of alertmanager.yml. Blocks on the disk where
  // secrets are in files.
  virtual Result<HttpPlan> compose(const GroupMessage& message) const = 0;
  // What an answer means; by default its status alone, after `also_retried`.
  virtual Sent judge(const net::HttpAnswer& answer) const;
  // After each request that was taken; `index` counts from 0.
  virtual void taken(const GroupMessage& message, size_t index, const net::HttpAnswer& answer);
  virtual void refused(const GroupMessage& message, size_t index, SendFailure& failure);

 protected:
  virtual std::vector<int> also_retried() const { return {}; }
};

struct HttpSetup {
  std::string_view kind;
  int index = 0;
  bool send_resolved = true;
  routing::HttpSettings http;
  Duration timeout{0};  // 0: the caller's alone
};

std::unique_ptr<Integration> make_http_integration(HttpSetup setup,
                                                   std::shared_ptr<HttpProvider> provider,
                                                   const Tools& tools);

}  // namespace tocsin::receiver
