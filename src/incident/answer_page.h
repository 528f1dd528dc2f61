#pragma once

#include <functional>
#include <memory>

#include "alert/readers.h"
#include "incident/page_answers.h"
#include "net/http.h"
#include "notify/answer_link.h"
#include "oncall/pager.h"

namespace tocsin::incident {

struct AnswerParts {
  alert::Readers& readers;
  engine::Engine& engine;
  PageAnswers& answers;  // the rules are those of every channel
  oncall::Pager& pager;
  const notify::AnswerLinks& links;
  const Clock& clock;
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // thread-safe
};

// The page behind the link in a message, without sign-in: the token says whose it is, and is the
// only key, so there is no session that a foreign page could use (CSRF). GET /p/{token} shows what
// is wrong and changes nothing, so that a mail scanner that opens links answers nothing. POST takes
// a form in the name of the page's person: answer=acknowledge, escalate (with `place`, where the
// page saw the escalation), snooze (with for=15m) or resolve; it answers with the page and what
// became of it: 200, or 409 when the rules refuse it; with `Accept: application/json` 200 is JSON
// instead of the page, and refusals are pages always. The link of a bundle shows the list of its
// incidents, and an answer counts for all of them. All of it, also why something is refused, is in
// the language of the link's person, also when it has ended; of the browser (Accept-Language) where
// nobody is known. /p/style.css is its style. Handlers run on any worker; everything outlives the
// router.
void add_answer_routes(net::Router& router, AnswerParts parts);

}  // namespace tocsin::incident
