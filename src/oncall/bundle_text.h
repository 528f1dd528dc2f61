#pragma once

#include <string>
#include <vector>

#include "notify/delivery.h"

namespace tocsin::oncall {

// What one page of a bundle would say alone.
struct BundledPage {
  notify::Message message;
  std::string answer_url;
};
inline constexpr size_t kMostListed = 20;

// One message for several incidents, the worst first: how many they are, a line for each with its
// own link. It belongs to none of them (Message::is_bundle). `answer_url` leads to the list. At
// least two pages.
notify::Message bundle_message(std::vector<BundledPage> pages, std::string answer_url);

}  // namespace tocsin::oncall
