#pragma once

#include <string>
#include <vector>

#include "alert/suppression.h"
#include "store/database.h"

namespace tocsin::alert {

struct SuppressionRow {
  int64_t id = 0;
  uint64_t fingerprint = 0;
  std::string group_key;
  std::string receiver;
  Suppressors reasons;
  Time since;
};
Result<> insert_suppression(store::Session& sql, const SuppressionRow& row);
Result<> delete_suppression(store::Session& sql, int64_t id);
Result<std::vector<SuppressionRow>> all_suppressions(store::Session& sql);

}  // namespace tocsin::alert
