#pragma once

#include <string>
#include <vector>

#include "alert/alertmanager_data.h"
#include "engine/engine.h"

namespace tocsin::alert {

// The data of an Alertmanager, as it is taken over. Of a silence or notification that is known
// here, too, the newer one holds; nothing is deleted, so doing it again changes nothing.
struct AlertmanagerData {
  std::vector<KeptSilence> silences;
  std::vector<std::pair<ToldKey, Told>> told;
};

struct ImportReport {
  struct Line {
    routing::Silence silence;
    std::string what;  // new, newer
  };
  std::vector<Line> silences;
  size_t same_silences = 0;     // known here, and not older
  size_t expired_silences = 0;  // that Alertmanager was about to forget them
  size_t told = 0;
  size_t same_told = 0;
  size_t expired_told = 0;
  bool has_changes() const { return !silences.empty() || told > 0; }
};

// Writes it in one transaction, with an entry in the logbook for each silence.
Result<ImportReport> import_alertmanager(engine::Tx& tx, const AlertmanagerData& data, Time now);

}  // namespace tocsin::alert
