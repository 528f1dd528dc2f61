#pragma once

#include <string>

#include "incident/answer_html.h"
#include "incident/answer_words.h"

namespace tocsin::incident {

// The forms below the pages behind links, and what is said of an answer that was just given. No
// scripts: each button posts one answer.

bool has_answered(const oncall::Standing& standing, const catalog::PersonId& person);
// The incident rings: somebody is wanted. Without a standing nobody is paged for it.
bool is_rung(const Incident& incident, const oncall::Standing* standing);
// And this person has not answered yet.
bool is_asked(const Incident& incident, const oncall::Standing* standing,
              const catalog::PersonId& person);
const oncall::Standing* standing_of(const AnswerView& view);

std::string answer_forms(const AnswerView& view, const Words& words);
std::string list_forms(const ListView& view, const Words& words);

// A box for the top of the page; empty where the page itself shows the result (acknowledged).
std::string given_box(const AnswerView& view, const Words& words);
std::string given_box(const ListView& view, const Words& words);

std::string status_box(std::string_view style, std::string_view title, std::string_view detail);

}  // namespace tocsin::incident
