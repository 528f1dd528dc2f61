#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "codec/json.h"

namespace tocsin::cli {

inline void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }
// What --json prints: the server's answer on one line.
inline void print_json(const codec::Json& value) { print(codec::to_text(value) + "\n"); }

}  // namespace tocsin::cli
