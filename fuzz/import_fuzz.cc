#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "codec/yaml_writer.h"
#include "oncall/import.h"
#include "oncall/policy.h"
#include "oncall/schedule_spec.h"

namespace {

using namespace tocsin;

// Whatever is taken over is a catalog that loads.
void check_import(const oncall::Import& import) {
  std::string text;
  for (const codec::Node& document : import.documents) text += "---\n" + codec::to_yaml(document);
  codec::Problems problems;
  const catalog::Catalog catalog = catalog::load_texts({{"import.yaml", text}}, problems);
  std::vector<oncall::ScheduleId> schedules;
  for (const auto& spec : oncall::read_schedules(catalog, problems)) {
    schedules.push_back(spec.schedule.id);
  }
  oncall::read_policies(catalog, schedules, problems);
  if (!problems.empty()) bug(problems.as_result().error().message);
}

}  // namespace

// One object whose fields are the files of an export: {"users": ..., "schedules": ...}.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = codec::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  oncall::ExportFiles files;
  for (const codec::Field& field : json->fields) files.emplace(field.key, field.value);
  const Time now = *parse_rfc3339("2026-11-26T00:00:00Z");
  for (const auto read : {oncall::import_pagerduty, oncall::import_opsgenie,
                          oncall::import_grafana_oncall, oncall::import_goalert}) {
    if (const auto import = read(files, now)) check_import(*import);
  }
  return 0;
}
