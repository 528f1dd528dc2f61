#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/access.h"
#include "alert/readers.h"
#include "catalog/catalog.h"
#include "notify/contact_book.h"
#include "oncall/pager.h"
#include "oncall/schedule_book.h"
#include "server/self_watch.h"
#include "slo/slo_book.h"
#include "telemetry/sources.h"
#include "telemetry/telemetry.h"

namespace tocsin::server {

// The catalog that is in use now, and what of it the operators should mend. Thread-safe.
class CatalogInUse {
 public:
  std::shared_ptr<const catalog::Catalog> get() const {
    std::scoped_lock lock(mutex_);
    return catalog_;
  }
  // Found once when the catalog was put into use; empty: nothing.
  std::string trouble() const {
    std::scoped_lock lock(mutex_);
    return trouble_;
  }
  void set(std::shared_ptr<const catalog::Catalog> catalog, std::string trouble) {
    std::scoped_lock lock(mutex_);
    catalog_ = std::move(catalog);
    trouble_ = std::move(trouble);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_ = std::make_shared<const catalog::Catalog>();
  std::string trouble_;
};

// What the server says about itself: /api/v1/status, /api/v1/catalog, /api/v1/reload, /-/healthy,
// /-/ready, /metrics. All must outlive the router's use. `trouble` of the status begins with what
// fails now (escalations, then the auditor, the canary and its ping); then comes who would not be
// reached (contacts that are not verified, contacts that are refused), and at last what comes in
// (sources, the limit of series).
struct StatusParts {
  access::Gate& gate;
  alert::Readers& readers;
  const CatalogInUse& catalog;
  const slo::SloBook& slo;
  const telemetry::Telemetry& telemetry;
  const telemetry::SourceRunner& sources;
  oncall::Pager& pager;
  const SelfWatch& self_watch;
  const Metrics& metrics;
  const Clock& clock;
  Time started;
  const std::atomic<bool>& ready;
  std::function<Result<>(const store::Actor&)> reload;
  const notify::ContactBook& contacts;
  const oncall::ScheduleBook& schedules;
  oncall::IsReached is_reached;  // empty: contacts that are not verified are no trouble
};
void add_status_routes(net::Router& router, StatusParts parts);

}  // namespace tocsin::server
