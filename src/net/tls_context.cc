#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace tocsin::net {
namespace {

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "no reason given";
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> load_tls(const TlsFiles& files) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr) return fail(Code::kInternal, "TLS cannot be set up: " + last_reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
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
  return context;
}

}  // namespace tocsin::net
