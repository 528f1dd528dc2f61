#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oncall/user_group.h"
#include "store/database.h"

namespace tocsin::oncall {

// A row of table user_group.
struct GroupRow {
  std::string id;  // S...
  GroupState state;
  int tries = 0;        // failures in a row
  std::string problem;  // why it is not as it should be; empty if it is
};

Result<> put_group(store::Session& sql, const GroupRow& row);
Result<std::optional<GroupRow>> read_group(store::Session& sql, std::string_view id);
Result<std::vector<std::string>> group_ids(store::Session& sql);
Result<> delete_group(store::Session& sql, std::string_view id);

}  // namespace tocsin::oncall
