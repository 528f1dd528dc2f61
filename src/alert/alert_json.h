#pragma once

#include "alert/alert.h"
#include "codec/json.h"

namespace tocsin::alert {

// As api/openapi.yaml has it.
codec::JsonObject to_json(const Alert& alert);

std::string_view name_of(slo::Severity severity);  // page, ticket
std::string_view name_of(AlertState state);        // firing, resolved

// For rows: what was written, or kDataLoss.
std::string links_text(const std::vector<catalog::Link>& links);
Result<std::vector<catalog::Link>> read_links(std::string_view text);
std::string labels_text(const Labels& labels);
Result<Labels> read_labels(std::string_view text);
std::string names_text(const std::vector<std::string>& names);
Result<std::vector<std::string>> read_names(std::string_view text);
std::string evidence_text(const slo::Evidence& evidence);
Result<slo::Evidence> read_evidence(std::string_view text);

}  // namespace tocsin::alert
