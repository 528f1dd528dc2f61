#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "incident/incident.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// What the page behind a link shows, read at one moment.
struct AnswerView {
  Incident incident;
  std::optional<oncall::Escalation> escalation;
  std::vector<alert::Alert> alerts;  // the firing ones first
  catalog::PersonId person;          // whose page it is
  Time now;
};

// What the page behind a bundle's link shows: each incident with a link to its own page.
struct ListView {
  struct Item {
    Incident incident;
    std::string url;
    bool can_be_answered = false;
  };
  std::vector<Item> items;
  catalog::PersonId person;
};
std::string list_html(const ListView& view);

// A whole HTML document without scripts, under 14 KB whatever the texts are: one round trip of a
// new TCP connection (initial window of ten segments, RFC 6928). Every text is escaped; links only
// to http and https. In this order: who has it, what users lose, since when, numbers, what to do
// first, who else was paged, the button.
std::string answer_html(const AnswerView& view);

// For a link that cannot be used, or an answer that could not be taken.
std::string refusal_html(std::string_view title, std::string_view message);

std::string_view answer_css();

}  // namespace tocsin::incident
