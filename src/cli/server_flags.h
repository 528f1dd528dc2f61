#pragma once

#include <CLI/CLI.hpp>

#include "cli/api_client.h"

namespace tocsin::cli {

// The flags of every command that talks to a server.
inline void add_server_flags(CLI::App& command, ServerFlags& flags) {
  command.add_option("--url", flags.url, "Where the server is")
      ->envname("TOCSIN_URL")
      ->capture_default_str();
  command
      .add_option("--token-file", flags.token_file,
                  "File with an API token, unless TOCSIN_TOKEN is set")
      ->capture_default_str();
  command.add_flag("--json", flags.json, "Print the server's answer as JSON");
}

}  // namespace tocsin::cli
