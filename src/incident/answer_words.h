#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "incident/incident.h"

namespace tocsin::incident {

// What Tocsin itself says on the pages behind links, in the language of the person: English, or
// German for "de". Both stand side by side where they are said, so that neither is forgotten. What
// comes from alerts and the catalog stays as it was written.
class Words {
 public:
  explicit Words(std::string_view language) : is_german_(language == "de") {}

  std::string_view code() const { return is_german_ ? "de" : "en"; }  // for <html lang>
  std::string_view operator()(std::string_view english, std::string_view german) const {
    return is_german_ ? german : english;
  }
  template <class... Args>
  std::string say(fmt::format_string<Args...> english, fmt::format_string<Args...> german,
                  Args&&... args) const {
    return fmt::format(is_german_ ? german : english, std::forward<Args>(args)...);
  }

  std::string ago(Duration since) const;         // "6 min ago"
  std::string when(Time at, Time now) const;     // "00:05 UTC (6 min ago)"
  std::string how_long(Duration time) const;     // of whole minutes: "30 min", "2 h"
  std::string_view state(State state) const;     // "investigating"
  std::string_view ended_as(State state) const;  // "Resolved"; of states that have ended

 private:
  bool is_german_;
};

}  // namespace tocsin::incident
