#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "net/client.h"

namespace tocsin::net {

// One outgoing call or mail as libcurl sees it. Made and ended on the client's thread; it stays
// where it is, because libcurl keeps its address.
class Transfer {
 public:
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Sets the handle up; an error when the call can never be made.
  virtual Result<> prepare() = 0;
  // Tells the caller how it ended. Once.
  virtual void finish(CURLcode code) = 0;
  virtual void finish_with(Error error) = 0;
  CURL* handle() { return handle_.get(); }

 protected:
  Transfer();
  // What went wrong, for a person. URLs may hold secrets: only scheme, host and port are named.
  Error error_of(CURLcode code, const std::string& url) const;
  Result<> reach_public_only();
  Result<> use_tls(const TlsOptions& tls);
  // Sets the URL. With `tls.server_name` libcurl is given that name as the host, for it knows no
  // other way to ask for it, and is led to the URL's own host; `own_host` is what the Host header
  // says then, and empty otherwise.
  Result<> set_url(const std::string& url, const TlsOptions& tls, std::string* own_host = nullptr);
  // `value` as curl_easy_setopt wants it; libcurl copies texts.
  template <class T>
  Result<> set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(handle(), option, value);
    if (code == CURLE_OK) return {};
    return invalid(std::string("libcurl does not take an option: ") + curl_easy_strerror(code));
  }

  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using List = std::unique_ptr<curl_slist, FreeList>;
  static void append(List& list, const std::string& text);

  bool too_large_ = false;

 private:
  struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, FreeHandle> handle_;
  List connect_to_;
  char message_[CURL_ERROR_SIZE] = "";
  bool refused_address_ = false;

  static curl_socket_t open_guarded(void* transfer, curlsocktype, curl_sockaddr* address);
  static int check_peer(void* transfer, char* peer, char*, int, int);
};

std::unique_ptr<Transfer> make_http_transfer(HttpCall call, Client::OnAnswer done);
std::unique_ptr<Transfer> make_mail_transfer(Mail mail, Client::OnMail done);

// CR, LF or NUL: what could add lines to a protocol.
bool has_line_break(std::string_view text);

// "https://example.org:443" of a URL with path, query and user; "the URL" when it cannot be read.
std::string origin_of(const std::string& url);

}  // namespace tocsin::net
