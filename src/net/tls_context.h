#pragma once

#include <memory>

#include "base/result.h"
#include "net/server.h"

struct ssl_ctx_st;

namespace tocsin::net {

// TLS 1.2 and 1.3 for a server with this certificate; kInvalidArgument names the file that cannot
// be used. Safe to share between threads.
Result<std::shared_ptr<ssl_ctx_st>> load_tls(const TlsFiles& files);

}  // namespace tocsin::net
