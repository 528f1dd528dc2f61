#include "net/transfer.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "net/address_guard.h"

namespace tocsin::net {
namespace {

using ParsedUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Null when it cannot be read.
ParsedUrl parsed_url(const std::string& url) {
  ParsedUrl parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    parsed.reset();
  }
  return parsed;
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = CURLU_DEFAULT_PORT) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string out = text;
  curl_free(text);
  return out;
}

// libcurl's constants for the oldest and the newest version of TLS; 0 for its default.
Result<long> tls_versions(const TlsOptions& tls) {
  struct Version {
    std::string_view name;
    long min, max;
  };
  constexpr Version kVersions[] = {{"", CURL_SSLVERSION_DEFAULT, CURL_SSLVERSION_MAX_NONE},
                                   {"TLS10", CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_MAX_TLSv1_0},
                                   {"TLS11", CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_MAX_TLSv1_1},
                                   {"TLS12", CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_MAX_TLSv1_2},
                                   {"TLS13", CURL_SSLVERSION_TLSv1_3, CURL_SSLVERSION_MAX_TLSv1_3}};
  const auto find = [&](std::string_view name) {
    return std::ranges::find(kVersions, name, &Version::name);
  };
  const auto min = find(tls.min_version), max = find(tls.max_version);
  if (min == std::end(kVersions) || max == std::end(kVersions)) {
    return invalid(fmt::format("'{}' to '{}' are no versions of TLS; write TLS12 or TLS13",
                               tls.min_version, tls.max_version));
  }
  return min->min | max->max;
}

curl_blob blob_of(const std::string& text) {
  return {.data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_COPY};
}

}  // namespace

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string origin_of(const std::string& url) {
  const ParsedUrl parsed = parsed_url(url);
  if (!parsed) return "the URL";
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
  if (is_public_ip(peer).value_or(false)) return CURL_PREREQFUNC_OK;
  static_cast<Transfer*>(transfer)->refused_address_ = true;
  return CURL_PREREQFUNC_ABORT;
}

Result<> Transfer::reach_public_only() {
  // A proxy would resolve names for us, out of our sight. A connection that was made for a call
  // that may reach anything may serve this one, if check_peer() lets it.
  RETURN_IF_ERROR(set(CURLOPT_PROXY, ""));
  RETURN_IF_ERROR(set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_guarded));
  RETURN_IF_ERROR(set(CURLOPT_OPENSOCKETDATA, this));
  RETURN_IF_ERROR(set(CURLOPT_PREREQFUNCTION, &Transfer::check_peer));
  return set(CURLOPT_PREREQDATA, this);
}

Result<> Transfer::use_tls(const TlsOptions& tls) {
  const auto set_pem = [&](CURLoption option, const std::string& pem) -> Result<> {
    if (pem.empty()) return {};
    curl_blob blob = blob_of(pem);
    return set(option, &blob);
  };
  const auto set_file = [&](CURLoption option, const std::string& file,
                            const std::string& pem) -> Result<> {
    if (file.empty() || !pem.empty()) return {};
    return set(option, file.c_str());
  };
  RETURN_IF_ERROR(set_pem(CURLOPT_CAINFO_BLOB, tls.ca_pem));
  RETURN_IF_ERROR(set_pem(CURLOPT_SSLCERT_BLOB, tls.cert_pem));
  RETURN_IF_ERROR(set_pem(CURLOPT_SSLKEY_BLOB, tls.key_pem.reveal()));
  RETURN_IF_ERROR(set_file(CURLOPT_SSLCERT, tls.cert_file, tls.cert_pem));
  RETURN_IF_ERROR(set_file(CURLOPT_SSLKEY, tls.key_file, tls.key_pem.reveal()));
  ASSIGN_OR_RETURN(const long versions, tls_versions(tls));
  return set(CURLOPT_SSLVERSION, versions);
}

Result<> Transfer::set_url(const std::string& url, const TlsOptions& tls, std::string* own_host) {
  const ParsedUrl parsed =
      tls.server_name.empty() ? ParsedUrl(nullptr, &curl_url_cleanup) : parsed_url(url);
  // A wrong URL is libcurl's to refuse, in its own words.
  if (!parsed) return set(CURLOPT_URL, url.c_str());
  const std::string host = part_of(parsed.get(), CURLUPART_HOST);
  const std::string port = part_of(parsed.get(), CURLUPART_PORT, 0);
  if (own_host != nullptr) *own_host = port.empty() ? host : fmt::format("{}:{}", host, port);
  if (curl_url_set(parsed.get(), CURLUPART_HOST, tls.server_name.c_str(), 0) != CURLUE_OK) {
    return invalid(fmt::format("'{}' is no server name", tls.server_name));
  }
  append(connect_to_, fmt::format("{}::{}:", tls.server_name, host));
  RETURN_IF_ERROR(set(CURLOPT_CONNECT_TO, connect_to_.get()));
  return set(CURLOPT_URL, part_of(parsed.get(), CURLUPART_URL, 0).c_str());
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
            fmt::format("{} leads to a loopback or private address, which this call may not "
                        "reach; use a public address",
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
