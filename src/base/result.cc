#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace tocsin {
namespace {

struct CodeRow {
  std::string_view name;
  int http;
  int exit;
};

// Indexed by Code. Exit codes: 1 anything else, 2 bad input, 3 not found, 4 not allowed,
// 5 try again later, 6 state does not allow it.
constexpr CodeRow kCodes[] = {
    {"cancelled", 499, 1},           {"unknown", 500, 1},         {"invalid_argument", 400, 2},
    {"deadline_exceeded", 504, 5},   {"not_found", 404, 3},       {"already_exists", 409, 6},
    {"permission_denied", 403, 4},   {"unauthenticated", 401, 4}, {"resource_exhausted", 429, 5},
    {"failed_precondition", 409, 6}, {"aborted", 409, 5},         {"out_of_range", 400, 2},
    {"unimplemented", 501, 1},       {"internal", 500, 1},        {"unavailable", 503, 5},
    {"data_loss", 500, 1},
};

const CodeRow& row(Code code) { return kCodes[static_cast<int>(code)]; }

}  // namespace

std::string_view name_of(Code code) { return row(code).name; }
int http_status(Code code) { return row(code).http; }
int exit_code(Code code) { return row(code).exit; }

void bug(std::string_view what, std::source_location where) {
  std::fprintf(stderr, "level=fatal msg=\"bug\" what=\"%.*s\" at=%s:%u\n",
               static_cast<int>(what.size()), what.data(), where.file_name(), where.line());
  std::abort();
}

}  // namespace tocsin
