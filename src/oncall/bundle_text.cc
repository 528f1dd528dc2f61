#include "oncall/bundle_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace tocsin::oncall {

notify::Message bundle_message(std::vector<BundledPage> pages, std::string answer_url) {
  // SEV-1 sorts before SEV-2; what has no severity comes last. Of the same severity the oldest
  // first.
  std::ranges::stable_sort(pages, [](const BundledPage& a, const BundledPage& b) {
    if (a.message.severity.empty() != b.message.severity.empty()) {
      return !a.message.severity.empty();
    }
    return std::tie(a.message.severity, a.message.since, a.message.title) <
           std::tie(b.message.severity, b.message.since, b.message.title);
  });
  const notify::Message& worst = pages.front().message;
  notify::Message message;
  message.is_page = true;
  message.title =
      fmt::format("{} incidents: {}; and {} more", pages.size(), worst.title, pages.size() - 1);
  message.since = worst.since;
  for (size_t i = 0; i < std::min(pages.size(), kMostListed); ++i) {
    const BundledPage& page = pages[i];
    message.since = std::min(message.since, page.message.since);
    message.impact += fmt::format("{}{}. {}", i == 0 ? "" : "\n", i + 1, page.message.title);
    message.links.push_back({page.message.title, page.answer_url});
  }
  if (pages.size() > kMostListed) {
    message.impact += fmt::format("\nand {} more, behind the link", pages.size() - kMostListed);
  }
  message.first_step = "Open the list and take the worst first.";
  message.answer_url = std::move(answer_url);
  message.is_bundle = true;  // of no single incident, so that none of them ends it
  message.service = worst.service;
  message.severity = worst.severity;
  return message;
}

}  // namespace tocsin::oncall
