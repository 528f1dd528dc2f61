#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "slo/openslo.h"
#include "slo/openslo_documents.h"

namespace tocsin::slo {

// Reads SLI documents and inline indicators and makes signals of them.
class IndicatorReader {
 public:
  IndicatorReader(const catalog::Catalog& catalog, const Surroundings& around,
                  codec::Problems& problems);

  // The signal that an SLO's spec names by `indicator` or `indicatorRef`; nothing: broken, and
  // said.
  std::optional<telemetry::SignalName> read(codec::Fields& spec, const std::string& slo_name,
                                            const std::string& service);
  // Those that were asked for.
  std::vector<telemetry::SignalSpec> take_signals();

 private:
  struct Queries {
    std::string good, bad, total;
    std::string source;  // of tocsin.yaml; empty: folded as samples come
    bool operator==(const Queries&) const = default;
  };
  struct Wanted {
    Queries queries;
    telemetry::SignalSpec spec;
  };
  std::optional<Queries> read_object(codec::Fields& object);
  std::optional<Queries> read_ratio(codec::Fields& ratio);
  std::string read_query(codec::Fields& ratio, std::string_view key,
                         std::optional<std::string>& source);
  std::optional<telemetry::SignalName> want(codec::Fields& at, std::string_view key,
                                            const std::string& name, const Queries& queries,
                                            const std::string& service);

  const Surroundings& around_;
  DocumentsByName data_sources_;
  std::map<std::string, std::optional<Queries>> slis_;
  std::map<std::string, Wanted> wanted_;
};

}  // namespace tocsin::slo
