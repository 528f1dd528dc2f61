#pragma once

#include "access/access.h"
#include "alert/readers.h"
#include "net/http.h"
#include "oncall/pager.h"
#include "oncall/schedule_book.h"

namespace tocsin::oncall {

struct PolicyApiParts {
  access::Gate& gate;
  alert::Readers& readers;
  const Pager& pager;
  const Clock& clock;
  const OnCall* on_call = nullptr;
  ScheduleBook* book = nullptr;  // for the time on call; nothing: that is 0
};

// GET /api/v1/escalation-policies, /api/v1/escalation-policies/{id}/preview and
// /api/v1/on-call/load; for responders. A team that pages by its own list has a policy too: its id
// is "team:" and the team's name.
void add_policy_routes(net::Router& router, const PolicyApiParts& parts);

}  // namespace tocsin::oncall
