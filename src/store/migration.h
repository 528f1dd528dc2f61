#pragma once

#include <span>
#include <string_view>

#include "store/database.h"

namespace tocsin::store {

// src/store/migrations/NNNN_name.sql, built into the binary, in rising order. The same text runs on
// both backends. A migration that has landed is never edited.
struct Migration {
  int number = 0;
  std::string_view name;
  std::string_view sql;
};
std::span<const Migration> all_migrations();

// Brings the database to the newest number, one transaction each; returns how many ran.
// kFailedPrecondition when the database is newer than this binary: it says both numbers and that
// the newer binary is the one to use.
Result<int> migrate(Session& session, std::span<const Migration> migrations = all_migrations());

}  // namespace tocsin::store
