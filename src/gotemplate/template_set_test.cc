#include "gotemplate/template_set.h"
#include <gtest/gtest.h>
#include <fstream>
#include <iostream>
#include "gotemplate/alert_data.h"
namespace tocsin::gotemplate {
TEST(X, Y) {
  NotificationFacts f;
  f.receiver = "r";
  AlertFacts a;
  a.labels = {{"alertname", "A"}, {"x", "<b>"}};
  a.annotations = {{"s", "1"}};
  a.starts_at = parse_rfc3339("2026-01-02T03:04:05.123456Z").value();
  a.generator_url = "http://g/?a=1&b=2";
  a.fingerprint = "abc";
  f.alerts = {a};
  f.group_labels = {{"alertname", "A"}};
  f.external_url = "http://am";
  fill_common(f);
  std::string t = getenv("T") ? getenv("T") : "x";
  auto r = TemplateSet().render(t, to_value(f), {.mode = getenv("H") ? Mode::kHtml : Mode::kText});
  std::cout << (r ? *r : "ERR " + r.error().message) << "\n";
}
}  // namespace tocsin::gotemplate
