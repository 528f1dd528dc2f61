#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "routing/labels.h"

namespace tocsin::routing {

// For tests: an alertmanager.yml of any shape that Alertmanager 0.25 knows, with few names, so that
// its routes match often.
struct RandomConfig {
  std::string text;
  // Some entries are wrong on purpose, when asked for: then it may or may not be refused.
  bool may_be_wrong = false;
};
RandomConfig random_config(Rng& rng, bool with_mistakes);
// The text with a line left out, said twice or with another value, as an editor may leave it.
std::string damaged(Rng& rng, const std::string& text);
// Labels of the names and values that such files match on.
std::vector<std::pair<std::string, std::string>> random_alert(Rng& rng);

}  // namespace tocsin::routing
