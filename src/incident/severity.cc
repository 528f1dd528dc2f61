#include "incident/severity.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::incident {
namespace {

int base_for(int tier) {
  if (tier <= 1) return 2;
  return tier >= 4 ? 4 : 3;
}

double share(double bad, double total) { return total > 0 ? bad / total : 0; }

}  // namespace

int severity_for(const alert::Alert& alert, const catalog::Service* service) {
  const slo::Evidence& e = alert.evidence;
  const double failing =
      std::max(share(e.bad_short, e.total_short), share(e.failed_since_start, e.total_since_start));
  const auto label = alert.labels.find("alertname");
  const bool is_blind = label != alert.labels.end() && label->second == "NoData";

  int severity = base_for(service == nullptr ? 3 : service->tier);
  if (failing >= kManyFail && !is_blind) --severity;
  if (service != nullptr && !service->is_customer_facing) ++severity;
  if (is_blind || alert.severity == slo::Severity::kTicket) ++severity;
  return std::clamp(severity, 1, 5);
}

std::string severity_name(int severity) { return fmt::format("SEV-{}", severity); }

}  // namespace tocsin::incident
