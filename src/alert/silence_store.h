#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "routing/silence.h"
#include "store/database.h"

namespace tocsin::alert {

Result<> write_silence(store::Session& sql, const routing::Silence& silence);
Result<std::optional<routing::Silence>> read_silence(store::Session& sql, std::string_view id);
Result<std::vector<routing::Silence>> all_silences(store::Session& sql);
Result<int64_t> count_silences(store::Session& sql);
Result<> delete_silence(store::Session& sql, std::string_view id);

// [{"name": "team", "op": "=~", "value": "a|b"}], as it is stored and shown in the logbook.
codec::JsonArray matchers_json(const routing::Matchers& matchers);
// kDataLoss, naming `owner`, when it is something else.
Result<routing::Matchers> read_matchers_json(std::string_view text, const std::string& owner);

}  // namespace tocsin::alert
