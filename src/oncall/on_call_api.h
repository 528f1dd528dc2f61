#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/access.h"
#include "alert/readers.h"
#include "net/http.h"
#include "notify/verified_contacts.h"
#include "oncall/schedule_book.h"

namespace tocsin::oncall {

struct OnCallApiParts {
  access::Gate& gate;
  alert::Readers& readers;
  engine::Engine& engine;
  ScheduleBook& book;
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // thread-safe
  Rng& rng;                                                          // fit for secrets
  std::string external_url;
  // What was verified of people's contacts; thread-safe. Nothing: not asked, so nothing is.
  std::function<std::shared_ptr<const notify::VerifiedContacts>()> verified = {};
  IsReached is_reached = {};  // what schedules count as a fault (ScheduleBook::ask_reach)
};

// /api/v1/on-call and /api/v1/schedules with what belongs to them: overrides, plans, swaps,
// absences, calendars and the links of calendar feeds; /ical/{token}.ics is the feed itself.
void add_on_call_routes(net::Router& router, OnCallApiParts parts);

// Its parts, a file each.
void add_schedule_routes(net::Router& router, const OnCallApiParts& parts);
void add_swap_routes(net::Router& router, const OnCallApiParts& parts);  // absences, too
void add_ical_routes(net::Router& router, const OnCallApiParts& parts);

}  // namespace tocsin::oncall
