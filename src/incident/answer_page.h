#pragma once

#include "alert/readers.h"
#include "incident/incident_desk.h"
#include "net/http.h"
#include "notify/answer_link.h"
#include "oncall/pager.h"

namespace tocsin::incident {

struct AnswerParts {
  alert::Readers& readers;
  engine::Engine& engine;
  IncidentDesk& desk;
  oncall::Pager& pager;
  const notify::AnswerLinks& links;
  const Clock& clock;
};

// The page behind the link in a message, without sign-in: the token says whose it is. GET
// /p/{token} shows what is wrong and changes nothing, so that a mail scanner that opens links
// answers nothing; POST with answer=acknowledge takes the incident in the name of the page's
// person. The link of a bundle shows the list of its incidents, and its button takes all of them.
// With `Accept:
// application/json` the answer to the POST is JSON instead of the page; refusals are pages always.
// /p/style.css is its style. Everything outlives the router.
void add_answer_routes(net::Router& router, AnswerParts parts);

}  // namespace tocsin::incident
