#pragma once

#include <string_view>

#include "base/result.h"

namespace tocsin::store {

// What a SQLSTATE means to our callers; see Session for the codes.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
Code code_of_sqlstate(std::string_view state);

// The server ends the connection after such an error.
bool ends_connection(std::string_view state);

// What to do about it, as the end of a message; empty where the server's words say it.
std::string_view fix_for_sqlstate(std::string_view state);

}  // namespace tocsin::store
