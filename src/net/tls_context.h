#pragma once

#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "net/server.h"

struct ssl_ctx_st;

namespace tocsin::net {

// TLS for a server with this certificate; kInvalidArgument names the file that cannot be used.
// Files that have changed are read again at the next handshake; where they cannot be used, those
// before stay, and `log`, if given, is told. Safe to share between threads; `log` outlives it.
Result<std::shared_ptr<ssl_ctx_st>> load_tls(const TlsFiles& files, Log* log = nullptr);

}  // namespace tocsin::net
