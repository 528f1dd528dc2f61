#include "oncall/policies.h"

#include <fmt/format.h>

#include "notify/sign.h"
#include "oncall/policy_json.h"

namespace tocsin::oncall {
namespace {

Recorded recorded(Policy policy) {
  Recorded out;
  out.text = codec::to_text(to_json(policy));
  out.record = "pol_";
  for (const char byte : notify::hmac_sha256("policy", out.text).substr(0, 16)) {
    out.record += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  out.policy = std::make_shared<const Policy>(std::move(policy));
  return out;
}

}  // namespace

PoliciesInUse::PoliciesInUse(std::shared_ptr<const catalog::Catalog> catalog,
                             std::vector<Policy> policies)
    : catalog_(std::move(catalog)), none_(recorded(policy_of(catalog::Team()))) {
  for (Policy& policy : policies) {
    const PolicyId id = policy.id;
    policies_.insert_or_assign(id, std::move(policy));
  }
  for (const auto& [id, team] : catalog_->teams) {
    const auto named = policies_.find(PolicyId(team.escalation_policy));
    teams_.emplace(id, recorded(named == policies_.end() ? policy_of(team) : named->second));
  }
}

const Recorded& PoliciesInUse::of_team(const catalog::TeamId& team) const {
  const auto found = teams_.find(team);
  return found == teams_.end() ? none_ : found->second;
}

const Channel* PoliciesInUse::channel(const PolicyId& policy, std::string_view name) const {
  const auto found = policies_.find(policy);
  return found == policies_.end() ? nullptr : found->second.channel(name);
}

Result<> PolicyRecords::keep(engine::Tx& tx, const Recorded& recorded) {
  {
    const std::lock_guard lock(mutex_);
    parsed_.emplace(recorded.record, recorded.policy);
    if (written_.contains(recorded.record)) return {};
  }
  auto written = tx.sql().exec(
      "INSERT INTO recorded_policy (id, policy) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
      recorded.record, recorded.text);
  if (!written) return fail(std::move(written.error()));
  // Only what is durable may be taken for written by the next escalation.
  tx.after_commit([this, record = recorded.record] {
    const std::lock_guard lock(mutex_);
    written_.insert(record);
  });
  return {};
}

Result<std::shared_ptr<const Policy>> PolicyRecords::read(store::Session& sql,
                                                          const std::string& record) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = parsed_.find(record); found != parsed_.end()) return found->second;
  }
  std::string text = record;
  if (!record.starts_with('{')) {
    ASSIGN_OR_RETURN(const auto rows,
                     sql.query("SELECT policy FROM recorded_policy WHERE id = $1", record));
    if (rows.empty()) {
      return fail(Code::kDataLoss, fmt::format("the policy {} of an escalation is not in the "
                                               "database; restore it from a backup",
                                               record));
    }
    text = rows.front().text(0);
  }
  ASSIGN_OR_RETURN(Policy read, read_policy(text));
  auto policy = std::make_shared<const Policy>(std::move(read));
  const std::lock_guard lock(mutex_);
  parsed_.emplace(record, policy);
  return policy;
}

}  // namespace tocsin::oncall
