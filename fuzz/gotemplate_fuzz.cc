#include <string_view>

#include "gotemplate/alert_data.h"
#include "gotemplate/default_templates.h"

namespace {

using namespace tocsin;
using namespace tocsin::gotemplate;

NotificationFacts make_facts() {
  AlertFacts firing;
  firing.labels = {
      {"alertname", "Down"}, {"job", "<script>alert(1)</script>"}, {"path", "/a?b=c&d"}};
  firing.annotations = {{"summary", "\"quoted\" 'and' `ticked` \\"},
                        {"url", "javascript:alert(1)"}};
  firing.starts_at = from_micros(1'767'571'200'123'456);
  AlertFacts resolved = firing;
  resolved.status = "resolved";
  resolved.ends_at = firing.starts_at + hours(1);
  NotificationFacts facts;
  facts.receiver = "team/pager";
  facts.alerts = {firing, resolved};
  facts.group_labels = {{"alertname", "Down"}};
  facts.external_url = "http://alerts.example";
  fill_common(facts);
  return facts;
}

}  // namespace

// Any text is rendered within the limits or refused with one clear error, in both modes and always
// in the same way.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const Value data = to_value(make_facts());
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const RenderLimits limits = {.max_steps = 20'000,
                               .max_output = 1 << 14,
                               .max_value = 1 << 14,
                               .max_template_depth = 20,
                               .max_nesting = 60};
  for (const Mode mode : {Mode::kText, Mode::kHtml}) {
    const RenderOptions options = {.mode = mode, .now = from_micros(0), .limits = limits};
    const auto out = default_templates().render(text, data, options);
    const auto again = default_templates().render(text, data, options);
    if (out != again) bug("two executions do not agree");
    if (!out && out.error().code != Code::kInvalidArgument &&
        out.error().code != Code::kResourceExhausted) {
      bug("a wrong code");
    }
    if (out && out->size() > limits.max_output) bug("the output is too long");
  }
  return 0;
}
