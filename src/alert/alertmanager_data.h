#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "alert/told.h"
#include "routing/silence.h"

namespace tocsin::alert {

// What a Prometheus Alertmanager (0.25 to 0.34) keeps in its --storage.path: the files `silences`
// and `nflog`, protobuf messages of silence/silencepb and nflog/nflogpb, each behind its length. A
// parser: bytes in, values out. kDataLoss names the byte at which the damaged message begins, and
// what is wrong with it; a file is taken whole or not at all.

struct KeptSilence {
  routing::Silence silence;
  Time expires;  // when that Alertmanager would have forgotten it
};
// A silence with several sets of matchers (0.32 on), any of which mutes, becomes one silence a set:
// the first keeps the id, the ids of the others are made from it, the same each time.
Result<std::vector<KeptSilence>> read_alertmanager_silences(std::string_view file);

// What it has told. Alerts are known by a hash of their labels: they are in `imported`.
Result<std::vector<std::pair<ToldKey, Told>>> read_alertmanager_nflog(std::string_view file);

}  // namespace tocsin::alert
