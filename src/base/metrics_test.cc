#include "base/metrics.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Metrics, PrintsThePrometheusTextFormat) {
  Metrics metrics;
  metrics.counter("tocsin_pages_total", "Pages sent", {{"channel", "ma\"il"}}).add(3);
  metrics.gauge("tocsin_queue", "Waiting").set(2.5);
  Histogram& h = metrics.histogram("tocsin_step_seconds", "Steps", {}, std::vector{0.1, 1.0});
  h.observe(0.075, 2);
  h.observe(7);
  EXPECT_EQ(metrics.to_text(),
            "# HELP tocsin_pages_total Pages sent\n# TYPE tocsin_pages_total counter\n"
            "tocsin_pages_total{channel=\"ma\\\"il\"} 3\n"
            "# HELP tocsin_queue Waiting\n# TYPE tocsin_queue gauge\ntocsin_queue 2.5\n"
            "# HELP tocsin_step_seconds Steps\n# TYPE tocsin_step_seconds histogram\n"
            "tocsin_step_seconds_bucket{le=\"0.1\"} 2\n"
            "tocsin_step_seconds_bucket{le=\"1\"} 2\n"
            "tocsin_step_seconds_bucket{le=\"+Inf\"} 3\n"
            "tocsin_step_seconds_sum 7.15\ntocsin_step_seconds_count 3\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  metrics.counter("a_total", "A", {{"x", "1"}}).add();
  metrics.counter("a_total", "A", {{"x", "1"}}).add();
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "1"}}).value(), 2U);
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "2"}}).value(), 0U);
}

}  // namespace
}  // namespace tocsin
