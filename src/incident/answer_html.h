#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "incident/answer_words.h"
#include "incident/incident.h"
#include "notify/answers.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// What became of an answer that was given on the page.
struct Given {
  notify::Answer answer = notify::Answer::kAcknowledge;
  Duration snooze{0};
  std::optional<std::string> refused;  // why it was not taken, in words of the person
};

// What the page behind a link shows, read at one moment.
struct AnswerView {
  Incident incident;
  std::optional<oncall::Escalation> escalation;
  std::vector<alert::Alert> alerts;  // the firing ones first
  catalog::PersonId person;          // whose page it is
  std::string language = "en";       // theirs
  std::optional<Given> given;        // just now
  Time now;
};

// What the page behind a bundle's link shows: each incident with a link to its own page.
struct ListView {
  struct Item {
    Incident incident;
    std::string url;
    bool can_be_answered = false;
    bool is_theirs = false;  // the person has answered, and it is not over
  };
  std::vector<Item> items;
  catalog::PersonId person;
  std::string language = "en";
  std::optional<Given> given;
};
std::string list_html(const ListView& view);

// A whole HTML document without scripts, under 14 KB whatever the texts are: one round trip of a
// new TCP connection (initial window of ten segments, RFC 6928). Every text is escaped; links only
// to http and https. In this order: what became of the answer just given, who has it, what users
// lose, since when, numbers, what to do first, who else was paged, the answers that can be given,
// to acknowledge before all others.
std::string answer_html(const AnswerView& view);

// Where an escalation stands. The button to escalate carries it, so that a second tap on the same
// page, or a page that is sent again by a browser, does not ring one step more.
std::string place_of(const oncall::Standing& standing);

// For a link that cannot be used, or an answer that could not be taken; `message` without its full
// stop.
std::string refusal_html(std::string_view title, std::string_view message, const Words& words);

}  // namespace tocsin::incident
