#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/transfer.h"

namespace tocsin::net {
namespace {

constexpr size_t kMostHeaderBytes = 256 << 10;

bool has_header(const HttpCall& call, std::string_view name) {
  return std::ranges::any_of(call.headers,
                             [&](const auto& h) { return equal_ignoring_case(h.first, name); });
}

class HttpTransfer final : public Transfer {
 public:
  HttpTransfer(HttpCall call, Client::OnAnswer done)
      : call_(std::move(call)), done_(std::move(done)) {}

  Result<> prepare() override;
  void finish(CURLcode code) override {
    if (code != CURLE_OK) return finish_with(error_of(code, call_.url));
    long status = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    done_(std::move(answer_));
  }
  void finish_with(Error error) override { done_(fail(std::move(error))); }

 private:
  Result<> set_headers(const std::string& own_host);
  Result<> set_method();
  Result<> set_limits();
  Result<> set_proxy();
  static size_t on_body(char* bytes, size_t, size_t size, void* transfer);
  static size_t on_header(char* bytes, size_t, size_t size, void* transfer);

  const HttpCall call_;
  Client::OnAnswer done_;
  HttpAnswer answer_;
  size_t header_bytes_ = 0;
  List headers_;
  List proxy_headers_;
};

size_t HttpTransfer::on_body(char* bytes, size_t, size_t size, void* transfer) {
  auto& self = *static_cast<HttpTransfer*>(transfer);
  if (size > self.call_.max_answer - self.answer_.body.size()) {
    self.too_large_ = true;
    return 0;
  }
  self.answer_.body.append(bytes, size);
  return size;
}

size_t HttpTransfer::on_header(char* bytes, size_t, size_t size, void* transfer) {
  auto& self = *static_cast<HttpTransfer*>(transfer);
  const std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) {  // a further answer, after a redirect
    self.answer_.headers.clear();
    return size;
  }
  self.header_bytes_ += size;
  if (self.header_bytes_ > kMostHeaderBytes) {
    self.too_large_ = true;
    return 0;
  }
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    self.answer_.headers.insert_or_assign(to_lower(line.substr(0, colon)),
                                          std::string(trim(line.substr(colon + 1))));
  }
  return size;
}

Result<> HttpTransfer::set_headers(const std::string& own_host) {
  for (const auto& [name, value] : call_.headers) {
    if (name.empty() || has_line_break(name) || has_line_break(value)) {
      return invalid(fmt::format("header '{}' cannot be sent: it holds a line break", name));
    }
    // libcurl's way to say an empty value.
    append(headers_, value.empty() ? name + ";" : name + ": " + value);
  }
  if (!own_host.empty() && !has_header(call_, "Host")) append(headers_, "Host: " + own_host);
  append(headers_, "Expect:");  // no waiting for 100 Continue
  if (!has_header(call_, "Content-Type")) append(headers_, "Content-Type:");
  return set(CURLOPT_HTTPHEADER, headers_.get());
}

Result<> HttpTransfer::set_method() {
  if (has_line_break(call_.method) || call_.method.empty())
    return invalid("the method is not valid");
  if (call_.method == "HEAD") return set(CURLOPT_NOBODY, 1L);
  if (!call_.body.empty() || call_.method == "POST") {
    RETURN_IF_ERROR(set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size())));
    RETURN_IF_ERROR(set(CURLOPT_POSTFIELDS, call_.body.c_str()));
  }
  return set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
}

Result<> HttpTransfer::set_limits() {
  const auto ms = std::chrono::ceil<milliseconds>(call_.timeout).count();
  RETURN_IF_ERROR(set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(ms, 1))));
  RETURN_IF_ERROR(set(CURLOPT_PROTOCOLS_STR, "http,https"));
  RETURN_IF_ERROR(set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https"));
  RETURN_IF_ERROR(set(CURLOPT_FOLLOWLOCATION, call_.follow_redirects ? 1L : 0L));
  RETURN_IF_ERROR(set(CURLOPT_MAXREDIRS, 5L));
  // Otherwise a redirected POST would arrive without its body.
  RETURN_IF_ERROR(set(CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL)));
  if (!call_.http2) {
    RETURN_IF_ERROR(set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)));
  }
  RETURN_IF_ERROR(set_proxy());
  if (call_.reach == Reach::kAnywhere) return {};
  return reach_public_only();
}

Result<> HttpTransfer::set_proxy() {
  const ProxyOptions& proxy = call_.proxy;
  if (proxy.url.empty() && proxy.from_environment) return {};
  RETURN_IF_ERROR(set(CURLOPT_PROXY, proxy.url.reveal().c_str()));  // "": none
  RETURN_IF_ERROR(set(CURLOPT_NOPROXY, proxy.no_proxy.c_str()));
  for (const auto& [name, value] : proxy.connect_headers) {
    if (has_line_break(name) || has_line_break(value.reveal())) {
      return invalid(fmt::format("proxy header '{}' cannot be sent: it holds a line break", name));
    }
    append(proxy_headers_, name + ": " + value.reveal());
  }
  RETURN_IF_ERROR(set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE)));
  return set(CURLOPT_PROXYHEADER, proxy_headers_.get());
}

Result<> HttpTransfer::prepare() {
  std::string own_host;
  RETURN_IF_ERROR(set_url(call_.url, call_.tls, &own_host));
  RETURN_IF_ERROR(set_headers(own_host));
  RETURN_IF_ERROR(set_method());
  RETURN_IF_ERROR(set_limits());
  if (!has_header(call_, "User-Agent")) RETURN_IF_ERROR(set(CURLOPT_USERAGENT, "Tocsin"));
  if (!has_header(call_, "Accept-Encoding")) RETURN_IF_ERROR(set(CURLOPT_ACCEPT_ENCODING, "gzip"));
  if (!call_.ca_file.empty()) RETURN_IF_ERROR(set(CURLOPT_CAINFO, call_.ca_file.c_str()));
  RETURN_IF_ERROR(use_tls(call_.tls));
  RETURN_IF_ERROR(set(CURLOPT_SSL_VERIFYPEER, call_.verify_tls ? 1L : 0L));
  RETURN_IF_ERROR(set(CURLOPT_SSL_VERIFYHOST, call_.verify_tls ? 2L : 0L));
  RETURN_IF_ERROR(set(CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body));
  RETURN_IF_ERROR(set(CURLOPT_WRITEDATA, this));
  RETURN_IF_ERROR(set(CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header));
  return set(CURLOPT_HEADERDATA, this);
}

}  // namespace

std::unique_ptr<Transfer> make_http_transfer(HttpCall call, Client::OnAnswer done) {
  return std::make_unique<HttpTransfer>(std::move(call), std::move(done));
}

}  // namespace tocsin::net
