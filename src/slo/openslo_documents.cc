#include "slo/openslo_documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "catalog/address.h"

namespace tocsin::slo {
namespace {

constexpr std::string_view kApiVersion = "openslo/v1";

std::map<std::string, std::string> read_annotations(codec::Fields& metadata,
                                                    std::span<const std::string_view> allowed) {
  std::map<std::string, std::string> ours;
  const codec::Node* all = metadata.raw("annotations");
  if (all == nullptr || all->is_null()) return ours;
  if (all->kind != codec::Node::Kind::kMapping) {
    metadata.problem("annotations", "must be a mapping of names to texts");
    return ours;
  }
  std::vector<std::string> known;
  for (std::string_view name : allowed)
    known.push_back(std::string(kAnnotationPrefix) + std::string(name));
  for (const auto& field : all->fields) {
    if (!field.key.starts_with(kAnnotationPrefix)) continue;
    if (std::find(known.begin(), known.end(), field.key) == known.end()) {
      metadata.problem("annotations",
                       unknown_name("annotation", field.key, std::span<const std::string>(known)));
      continue;
    }
    if (field.value.kind != codec::Node::Kind::kScalar) {
      metadata.problem("annotations", fmt::format("'{}' must be a text", field.key));
      continue;
    }
    ours[field.key.substr(kAnnotationPrefix.size())] = field.value.scalar;
  }
  return ours;
}

}  // namespace

std::string unknown_name(std::string_view what, const std::string& name,
                         std::span<const std::string> known) {
  std::string text = fmt::format("{} '{}' is not known", what, name);
  if (known.empty()) return text + "; there is none";
  if (const auto near = nearest(name, known))
    return text + fmt::format("; did you mean '{}'?", *near);
  return text +
         fmt::format(" (known: {})", join(known.first(std::min<size_t>(known.size(), 8)), ", "));
}

Metadata read_metadata(codec::Fields& object, std::span<const std::string_view> allowed) {
  codec::Fields fields = object.child("metadata");
  Metadata metadata;
  metadata.name = fields.text("name");
  metadata.display_name = fields.text("displayName", "");
  metadata.annotations = read_annotations(fields, allowed);
  fields.raw("labels");
  if (!metadata.name.empty())
    if (std::string wrong = catalog::wrong_with_name(metadata.name); !wrong.empty())
      fields.problem("name", fmt::format("'{}' {}", metadata.name, wrong));
  fields.finish();
  return metadata;
}

void read_inline_kind(codec::Fields& object, std::string_view kind) {
  if (object.text("apiVersion", std::string(kApiVersion)) != kApiVersion)
    object.problem("apiVersion", fmt::format("must be {}", kApiVersion));
  if (object.text("kind", std::string(kind)) != kind)
    object.problem("kind", fmt::format("must be {}", kind));
}

DocumentsByName documents_of(const catalog::Catalog& catalog, std::string_view kind,
                             codec::Problems& problems) {
  DocumentsByName found;
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != kApiVersion || document.kind != kind) continue;
    const codec::Node* metadata = document.node.find("metadata");
    const codec::Node* name = metadata ? metadata->find("name") : nullptr;
    if (name == nullptr || name->kind != codec::Node::Kind::kScalar)
      continue;  // said by its reader
    const auto [first, is_new] = found.try_emplace(name->scalar, &document);
    if (is_new) continue;
    problems.add(
        {document.file, name->place, "metadata.name",
         fmt::format("{} '{}' is already declared in {}:{}; remove or rename one of the two", kind,
                     name->scalar, first->second->file, first->second->node.place.line)});
  }
  return found;
}

}  // namespace tocsin::slo
