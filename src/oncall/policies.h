#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "engine/engine.h"
#include "oncall/policy.h"

namespace tocsin::oncall {

// A policy and the name under which it is recorded: the digest of what it says.
struct Recorded {
  std::shared_ptr<const Policy> policy;
  std::string record;  // pol_...
  std::string text;    // as JSON
};

// The catalog and the policies of now, and for each team the one by which it is paged. Immutable.
class PoliciesInUse {
 public:
  PoliciesInUse() : PoliciesInUse(std::make_shared<catalog::Catalog>(), {}) {}
  PoliciesInUse(std::shared_ptr<const catalog::Catalog> catalog, std::vector<Policy> policies);

  const catalog::Catalog& catalog() const { return *catalog_; }
  const std::map<PolicyId, Policy>& policies() const { return policies_; }
  // A team that is not known has a policy without steps.
  const Recorded& of_team(const catalog::TeamId& team) const;
  // The contact of a channel, which only the policies of now have; nothing when it is gone.
  const Channel* channel(const PolicyId& policy, std::string_view name) const;

 private:
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::map<PolicyId, Policy> policies_;
  std::map<catalog::TeamId, Recorded> teams_;
  Recorded none_;
};

// What escalations began with and went on with, kept for good. Thread-safe.
class PolicyRecords {
 public:
  // In a transaction; writes a record once.
  Result<> keep(engine::Tx& tx, const Recorded& recorded);
  // `record` may also be the list itself, as earlier versions kept it.
  Result<std::shared_ptr<const Policy>> read(store::Session& sql, const std::string& record);

 private:
  std::mutex mutex_;
  std::set<std::string> written_;  // and committed
  std::map<std::string, std::shared_ptr<const Policy>> parsed_;
};

}  // namespace tocsin::oncall
