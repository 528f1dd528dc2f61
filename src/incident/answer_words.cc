#include "incident/answer_words.h"

#include "alert/numbers.h"

namespace tocsin::incident {

std::string Words::ago(Duration since) const {
  const auto whole = std::chrono::floor<minutes>(since).count();
  if (whole < 1) return std::string((*this)("just now", "gerade eben"));
  if (whole < 60) return say("{} min ago", "vor {} min", whole);
  if (whole < 48 * 60) return say("{} h {} min ago", "vor {} h {} min", whole / 60, whole % 60);
  return say("{} days ago", "vor {} Tagen", whole / (24 * 60));
}

std::string Words::when(Time at, Time now) const {
  return fmt::format("{} ({})", alert::moment(at, now), ago(now - at));
}

std::string Words::how_long(Duration time) const {
  const auto whole = std::chrono::floor<minutes>(time).count();
  return whole % 60 == 0 ? fmt::format("{} h", whole / 60) : fmt::format("{} min", whole);
}

std::string_view Words::state(State state) const {
  if (!is_german_) return name_of(state);
  switch (state) {
    case State::kTriage: return "neu";
    case State::kInvestigating: return "wird untersucht";
    case State::kIdentified: return "Ursache bekannt";
    case State::kMitigating: return "wird behoben";
    case State::kMonitoring: return "wird beobachtet";
    case State::kResolved: return "behoben";
    case State::kClosed: return "abgeschlossen";
    case State::kDeclined: return "abgelehnt";
    case State::kMerged: return "zusammengelegt";
    case State::kCancelled: return "abgebrochen";
  }
  bug("unknown state of an incident");
}

std::string_view Words::ended_as(State state) const {
  switch (state) {
    case State::kDeclined: return (*this)("Declined", "Abgelehnt");
    case State::kCancelled: return (*this)("Cancelled", "Abgebrochen");
    case State::kMerged: return (*this)("Merged", "Zusammengelegt");
    default: return (*this)("Resolved", "Behoben");
  }
}

}  // namespace tocsin::incident
