#pragma once

#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin {

// What kind of failure happened, so that a caller can decide without reading the message. The
// sixteen canonical codes of gRPC (https://grpc.io/docs/guides/status-codes/), without `ok`.
//
// Which one to choose when several fit:
//   kInvalidArgument     the request is wrong whatever the state is; kFailedPrecondition when the
//                        state must change first; kOutOfRange only for iteration past an end
//   kUnavailable         try the same call again; kAborted: try the whole transaction again
//   kResourceExhausted   a limit of ours or of the caller's is reached
//   kUnauthenticated     we do not know who asks; kPermissionDenied: we know, and the answer is no
//   kInternal            a bug of ours; kDataLoss: stored bytes are damaged
enum class Code {
  kCancelled,
  kUnknown,
  kInvalidArgument,
  kDeadlineExceeded,
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kUnauthenticated,
  kResourceExhausted,
  kFailedPrecondition,
  kAborted,
  kOutOfRange,
  kUnimplemented,
  kInternal,
  kUnavailable,
  kDataLoss,
};

std::string_view name_of(Code code);  // "not_found"
int http_status(Code code);           // 404; the one table from code to HTTP status
int exit_code(Code code);             // process exit code: 2 usage or bad input, 3 not found, ...

// A failure that a person will read. `message` names what, where and the fix, without a final
// full stop: "catalog/services.yaml:12: service 'shop': team 'paymnts' is not known; did you mean
// 'payments'?". It never holds a secret.
struct Error {
  Code code = Code::kUnknown;
  std::string message;

  // The same failure seen from further out: "opening ./var/tocsin.db: disk is full".
  Error in(std::string_view context) && {
    return Error{code, std::string(context) + ": " + message};
  }
  Error in(std::string_view context) const& { return Error(*this).in(context); }
  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}
inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

inline std::unexpected<Error> invalid(std::string message) {
  return fail(Code::kInvalidArgument, std::move(message));
}
inline std::unexpected<Error> not_found(std::string message) {
  return fail(Code::kNotFound, std::move(message));
}

// Ends the program with the place and the reason. For invariants that only a bug of ours can break;
// never for input from network, disk, database or configuration.
[[noreturn]] void bug(std::string_view what,
                      std::source_location where = std::source_location::current());

}  // namespace tocsin

#define TOCSIN_CONCAT_(a, b) a##b
#define TOCSIN_CONCAT(a, b) TOCSIN_CONCAT_(a, b)

// Statements, not expressions: g++ 12 cannot compile a statement-expression that holds co_await.
#define RETURN_IF_ERROR(expr)                                    \
  do {                                                           \
    if (auto tocsin_result_ = (expr); !tocsin_result_)           \
      return std::unexpected(std::move(tocsin_result_.error())); \
  } while (false)

// ASSIGN_OR_RETURN(auto rows, session.query(...));
#define ASSIGN_OR_RETURN(lhs, expr) \
  TOCSIN_ASSIGN_OR_RETURN_(TOCSIN_CONCAT(tocsin_result_, __LINE__), lhs, expr)
#define TOCSIN_ASSIGN_OR_RETURN_(tmp, lhs, expr)            \
  auto tmp = (expr);                                        \
  if (!tmp) return std::unexpected(std::move(tmp.error())); \
  lhs = *std::move(tmp)
