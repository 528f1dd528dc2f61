#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gotemplate/alert_data.h"
#include "gotemplate/template_set.h"

namespace tocsin::gotemplate::testing {

// Alertmanager's own tool, asked what its templates make of a text. Debian's
// prometheus-alertmanager (0.25) brings it; script/setup installs that for the tests.
class Amtool {
 public:
  static bool is_installed();

  // Works in a folder of its own under the test's temporary one.
  Amtool();
  ~Amtool();
  Amtool(const Amtool&) = delete;
  Amtool& operator=(const Amtool&) = delete;

  // What each text gives, nullopt where it is refused. Many are rendered in one run; a run that
  // fails is halved until the guilty ones are alone. `beside` is a file with more templates.
  std::vector<std::optional<std::string>> render(const std::vector<std::string>& texts,
                                                 const NotificationFacts& facts, Mode mode,
                                                 std::string_view beside = "");

 private:
  std::optional<std::string> run(const std::string& file, Mode mode, std::string_view beside);
  void render_range(const std::vector<std::string>& texts, size_t from, size_t to, Mode mode,
                    std::string_view beside, std::vector<std::optional<std::string>>& out);

  std::string folder_;
};

}  // namespace tocsin::gotemplate::testing
