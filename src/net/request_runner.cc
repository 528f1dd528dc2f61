#include "net/request_runner.h"

#include <exception>

#include "base/text.h"
#include "net/gzip.h"

namespace tocsin::net {
namespace {

// The refusal, or nothing when the request may go on.
std::optional<Response> undo_gzip(const Router& router, Request& request) {
  const auto coding = request.headers.get("Content-Encoding");
  if (!coding || !equal_ignoring_case(*coding, "gzip")) return std::nullopt;
  const Router::Match match = router.find(request.method, request.path);
  if (match.handler == nullptr || !match.options.accept_gzip) return std::nullopt;
  auto body = gunzip(request.body, match.options.max_body);
  if (!body) {
    Response refusal = Response::error(body.error(), request);
    if (body.error().code == Code::kResourceExhausted) refusal.status = 413;
    return refusal;
  }
  request.body = *std::move(body);
  request.headers.remove("Content-Encoding");
  return std::nullopt;
}

Response internal_error(const Request& request) {
  return Response::error(
      Error{Code::kInternal, "this is a bug in Tocsin; the log has it under the request id"},
      request);
}

}  // namespace

Response run_request(const Router& router, Request&& request, Log& log, Counter& exceptions) {
  Request trace;  // for the answer, should the request be gone
  trace.request_id = request.request_id;
  const std::string path = loggable_path(request.path);
  const auto failed = [&](std::string_view what) {
    exceptions.add();
    log.error("handler threw", {{"method", request.method},
                                {"path", path},
                                {"request_id", trace.request_id},
                                {"error", what}});
    return internal_error(trace);
  };
  try {
    if (auto refusal = undo_gzip(router, request)) return *std::move(refusal);
    return router.handle(std::move(request));
  } catch (const std::exception& e) {
    return failed(e.what());
  } catch (...) {
    return failed("not a std::exception");
  }
}

std::string loggable_path(std::string_view path) {
  for (const std::string_view links : {"/p/", "/ical/"}) {  // answers to pages, calendar feeds
    if (!path.starts_with(links)) continue;
    const size_t rest = path.find('/', links.size());
    const std::string_view after =
        rest == std::string_view::npos ? std::string_view() : path.substr(rest);
    return std::string(links) + "<secret>" + std::string(after);
  }
  return std::string(path);
}

}  // namespace tocsin::net
