#include "telemetry/scrape_address.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view kParameter = "__param_";

// The value of a label, which is taken out; empty: there is none.
std::string take(std::map<std::string, std::string>& labels, const std::string& name) {
  const auto found = labels.extract(name);
  return found.empty() ? std::string() : found.mapped();
}

// A label's path is a path and nothing else: a '?' in it begins no parameters.
std::string encoded_path(std::string_view path) {
  std::string out;
  for (const std::string_view segment : split(path, '/')) out += "/" + url_encode(segment);
  return path.starts_with('/') ? out.substr(1) : out;
}

}  // namespace

Result<ScrapeAddress> scrape_address(const ScrapeJob& job, DiscoveredTarget target) {
  if (target.address.empty() || target.address.find_first_of("/?#@ ") != std::string::npos) {
    return invalid(fmt::format("target '{}' is not host:port", target.address));
  }
  std::map<std::string, std::string> labels = std::move(target.labels);
  for (const auto& [name, value] : job.labels) labels.emplace(name, value);
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  const std::string own_scheme = take(labels, "__scheme__");
  const std::string own_path = take(labels, "__metrics_path__");
  const std::string& scheme = own_scheme.empty() ? job.scheme : own_scheme;
  if (scheme != "http" && scheme != "https") {
    return invalid(fmt::format("target '{}': __scheme__ is '{}', which is neither http nor https",
                               target.address, scheme));
  }
  ScrapeAddress out;
  out.url = fmt::format("{}://{}{}", scheme, target.address,
                        own_path.empty() ? job.path : encoded_path(own_path));
  char before = out.url.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : labels) {
    if (!name.starts_with(kParameter)) continue;
    out.url += before + url_encode(name.substr(kParameter.size())) + "=" + url_encode(value);
    before = '&';
  }
  std::erase_if(labels, [](const auto& label) { return label.first.starts_with("__"); });
  labels.emplace("job", job.job);
  labels.emplace("instance", target.address);
  out.labels = std::move(labels);
  out.address = std::move(target.address);
  return out;
}

}  // namespace tocsin::telemetry
