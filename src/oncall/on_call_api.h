#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/access.h"
#include "alert/readers.h"
#include "net/http.h"
#include "notify/verified_contacts.h"
#include "oncall/schedule_book.h"
#include "oncall/user_groups.h"

namespace tocsin::oncall {

struct OnCallApiParts {
  access::Gate& gate;
  alert::Readers& readers;
  engine::Engine& engine;
  ScheduleBook& book;
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // thread-safe
  Rng& rng;                                                          // fit for secrets
  std::string external_url;
  const UserGroups* groups = nullptr;  // lives longer; nothing: no schedule fills a group
  // A line for each incident of the team that was open in that time; room incident knows them. May
  // be nothing.
  std::function<Result<std::vector<std::string>>(store::Session&, const catalog::TeamId&,
                                                 const Interval&)>
      incidents{};
  // What was verified of people's contacts; thread-safe. Nothing: not asked, so nothing is.
  std::function<std::shared_ptr<const notify::VerifiedContacts>()> verified = {};
  IsReached is_reached = {};  // what schedules count as a fault (ScheduleBook::ask_reach)
};

// /api/v1/on-call and /api/v1/schedules with what belongs to them: overrides, plans, swaps,
// absences, calendars, hand-off notes and the links of calendar feeds; /ical/{token}.ics is the
// feed itself.
void add_on_call_routes(net::Router& router, OnCallApiParts parts);

// Its parts, a file each.
void add_schedule_routes(net::Router& router, const OnCallApiParts& parts);
void add_swap_routes(net::Router& router, const OnCallApiParts& parts);  // absences, too
void add_ical_routes(net::Router& router, const OnCallApiParts& parts);
void add_hand_off_note_routes(net::Router& router, const OnCallApiParts& parts);

}  // namespace tocsin::oncall
