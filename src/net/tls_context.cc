#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <array>
#include <mutex>

namespace tocsin::net {
namespace {

using Context = std::shared_ptr<SSL_CTX>;

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "no reason given";
}

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::kNone: return SSL_VERIFY_NONE;
    case ClientAuth::kRequest:
    case ClientAuth::kVerifyIfGiven: return SSL_VERIFY_PEER;
    case ClientAuth::kRequireAny:
    case ClientAuth::kRequireAndVerify: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

Result<> ask_for_certificates(SSL_CTX& context, const TlsFiles& files) {
  const bool verifies = files.client_auth == ClientAuth::kVerifyIfGiven ||
                        files.client_auth == ClientAuth::kRequireAndVerify;
  SSL_CTX_set_verify(
      &context, verify_mode(files.client_auth),
      verifies ? nullptr : +[](int, X509_STORE_CTX*) { return 1; });
  // Sessions of another client's certificate must not be taken up.
  constexpr std::array<unsigned char, 6> kSessions = {'t', 'o', 'c', 's', 'i', 'n'};
  SSL_CTX_set_session_id_context(&context, kSessions.data(), kSessions.size());
  if (!verifies) return {};
  if (files.client_ca.empty()) {
    SSL_CTX_set_default_verify_paths(&context);
    return {};
  }
  if (SSL_CTX_load_verify_locations(&context, files.client_ca.c_str(), nullptr) != 1) {
    return invalid(fmt::format("the CA certificate '{}' cannot be used ({}); it must be a PEM file",
                               files.client_ca, last_reason()));
  }
  SSL_CTX_set_client_CA_list(&context, SSL_load_client_CA_file(files.client_ca.c_str()));
  return {};
}

Result<Context> make_context(const TlsFiles& files) {
  Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr) return fail(Code::kInternal, "TLS cannot be set up: " + last_reason());
  SSL_CTX_set_min_proto_version(context.get(),
                                files.min_version >= 13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(),
                                files.max_version <= 12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (files.prefers_server_ciphers) {
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return invalid(
        fmt::format("the TLS certificate '{}' cannot be used ({}); it must be a PEM file "
                    "with the chain",
                    files.certificate, last_reason()));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return invalid(
        fmt::format("the TLS key '{}' cannot be used ({}); it must be a PEM file without "
                    "a password that belongs to '{}'",
                    files.key, last_reason(), files.certificate));
  }
  RETURN_IF_ERROR(ask_for_certificates(*context, files));
  return context;
}

// When a file was written, and which one it is: a renewed one may have the same age.
using Stamp = std::array<int64_t, 4>;
Stamp stamp_of(const std::string& path) {
  struct stat found{};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
  return {static_cast<int64_t>(found.st_mtim.tv_sec), found.st_mtim.tv_nsec,
          static_cast<int64_t>(found.st_ino), found.st_size};
}

// The context of the files as they are now. It belongs to the context that a server is given.
class Renewal {
 public:
  Renewal(TlsFiles files, Log* log) : files_(std::move(files)), log_(log), stamps_(stamps()) {}

  Context current() {
    const std::lock_guard lock(mutex_);
    const auto now = stamps();
    if (now == stamps_) return context_;
    stamps_ = now;
    auto renewed = make_context(files_);
    if (renewed) {
      context_ = *std::move(renewed);
      if (log_ != nullptr) {
        log_->info("the TLS certificate was read again", {{"file", files_.certificate}});
      }
    } else if (log_ != nullptr) {
      log_->warn("a TLS file was changed and cannot be used; what it was before stays in use",
                 {{"error", renewed.error()}});
    }
    return context_;
  }

 private:
  std::array<Stamp, 3> stamps() const {
    return {stamp_of(files_.certificate), stamp_of(files_.key), stamp_of(files_.client_ca)};
  }

  const TlsFiles files_;
  Log* const log_;
  std::mutex mutex_;
  std::array<Stamp, 3> stamps_;
  Context context_;  // none: the first one is in use
};

int choose_context(SSL* connection, int*, void* renewal) {
  if (const Context context = static_cast<Renewal*>(renewal)->current()) {
    SSL_set_SSL_CTX(connection, context.get());
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> load_tls(const TlsFiles& files, Log* log) {
  auto renewal = std::make_shared<Renewal>(files, log);
  ASSIGN_OR_RETURN(const Context context, make_context(files));
  SSL_CTX_set_client_hello_cb(context.get(), &choose_context, renewal.get());
  // Freed with the context: asio's loops hold references of their own to it, but none outlives the
  // server's.
  return Context(context.get(), [context, renewal](SSL_CTX*) {});
}

}  // namespace tocsin::net
