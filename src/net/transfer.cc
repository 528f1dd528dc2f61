#include "net/transfer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>

#include "net/address_guard.h"

namespace tocsin::net {
namespace {

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string out = text;
  curl_free(text);
  return out;
}

}  // namespace

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    return "the URL";
  }
  const std::string port = part_of(parsed.get(), CURLUPART_PORT);
  return fmt::format("{}://{}{}{}", part_of(parsed.get(), CURLUPART_SCHEME),
                     part_of(parsed.get(), CURLUPART_HOST), port.empty() ? "" : ":", port);
}

// Before a socket is made for a resolved address: nothing at all is sent to a forbidden one.
curl_socket_t Transfer::open_guarded(void* transfer, curlsocktype, curl_sockaddr* address) {
  if (!is_public_address(address->addr)) {
    static_cast<Transfer*>(transfer)->refused_address_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Before a request goes out, also on a connection that was used before.
int Transfer::check_peer(void* transfer, char* peer, char*, int, int) {
  sockaddr_storage storage{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (inet_pton(AF_INET, peer, &v4.sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, peer, &v6.sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  }
  if (is_public_address(reinterpret_cast<const sockaddr&>(storage))) return CURL_PREREQFUNC_OK;
  static_cast<Transfer*>(transfer)->refused_address_ = true;
  return CURL_PREREQFUNC_ABORT;
}

Result<> Transfer::reach_public_only() {
  // A proxy would resolve names for us, out of our sight; a connection made for a call that may
  // reach anything must not serve this one.
  RETURN_IF_ERROR(set(CURLOPT_PROXY, ""));
  RETURN_IF_ERROR(set(CURLOPT_FRESH_CONNECT, 1L));
  RETURN_IF_ERROR(set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_guarded));
  RETURN_IF_ERROR(set(CURLOPT_OPENSOCKETDATA, this));
  RETURN_IF_ERROR(set(CURLOPT_PREREQFUNCTION, &Transfer::check_peer));
  return set(CURLOPT_PREREQDATA, this);
}

Transfer::Transfer() : handle_(curl_easy_init()) {
  if (handle_ == nullptr) bug("curl_easy_init failed");
  curl_easy_setopt(handle(), CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(handle(), CURLOPT_NOSIGNAL, 1L);
}

void Transfer::append(List& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) bug("curl_slist_append failed");
  static_cast<void>(list.release());
  list.reset(longer);
}

Error Transfer::error_of(CURLcode code, const std::string& url) const {
  const std::string where = origin_of(url);
  if (refused_address_) {
    return {Code::kPermissionDenied,
            fmt::format("{} is an address inside, which this call may not reach; use a public "
                        "address",
                        where)};
  }
  if (too_large_) {
    return {Code::kResourceExhausted, fmt::format("{} sent a larger answer than allowed", where)};
  }
  const std::string what = message_[0] != '\0' ? message_ : curl_easy_strerror(code);
  const auto with = [&](Code kind) { return Error{kind, fmt::format("{}: {}", where, what)}; };
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return with(Code::kDeadlineExceeded);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return with(Code::kInvalidArgument);
    default: return with(Code::kUnavailable);
  }
}

}  // namespace tocsin::net
