#include <algorithm>

#include "codec/yaml_writer.h"
#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

codec::Node masked_copy(const codec::Node& node,
                        const std::map<const codec::Node*, std::string>& masked) {
  codec::Node out{.kind = node.kind, .quoted = node.quoted};
  out.scalar = node.scalar;
  if (const auto mask = masked.find(&node); mask != masked.end()) {
    out.kind = codec::Node::Kind::kScalar;
    out.quoted = true;
    out.scalar = mask->second;
    return out;
  }
  for (const codec::Node& item : node.items) out.items.push_back(masked_copy(item, masked));
  for (const auto& [key, value] : node.fields) {
    out.fields.push_back({key, masked_copy(value, masked)});
  }
  return out;
}

void mask_scalars(const codec::Node& node, Reading& reading) {
  if (node.kind == codec::Node::Kind::kScalar) reading.masked.emplace(&node, "<secret>");
  for (const codec::Node& item : node.items) mask_scalars(item, reading);
  for (const auto& [key, value] : node.fields) mask_scalars(value, reading);
}

}  // namespace

void mask_all(const codec::Node& block, Reading& reading) {
  for (const auto& [key, value] : block.fields) {
    constexpr std::string_view kSecrets[] = {
        "password",      "credentials", "bearer_token", "url",       "key",
        "client_secret", "secrets",     "headers",      "proxy_url", "proxy_connect_header"};
    const bool is_secret = std::ranges::find(kSecrets, key) != std::end(kSecrets);
    if (is_secret && value.kind == codec::Node::Kind::kScalar) {
      reading.masked.emplace(&value, "<secret>");
    } else if (is_secret) {
      mask_scalars(value, reading);
    } else {
      mask_all(value, reading);
    }
  }
  for (const codec::Node& item : block.items) mask_all(item, reading);
}

std::string masked_text(const codec::Node& document, const Reading& reading) {
  return codec::to_yaml(masked_copy(document, reading.masked));
}

}  // namespace tocsin::routing
