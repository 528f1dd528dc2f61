#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "codec/fields.h"

namespace tocsin::slo {

// The part that all OpenSLO objects share. Unknown annotations that begin with tocsin.dev/ are
// problems; all others are left alone.
struct Metadata {
  std::string name;
  std::string display_name;
  std::map<std::string, std::string> annotations;  // without "tocsin.dev/"
};
inline constexpr std::string_view kAnnotationPrefix = "tocsin.dev/";

// `allowed`: the annotations of ours that mean something on this kind of object.
Metadata read_metadata(codec::Fields& object, std::span<const std::string_view> allowed);

// An object that stands inside another one may repeat its apiVersion and kind.
void read_inline_kind(codec::Fields& object, std::string_view kind);

// The documents of one kind by name. A name that stands twice is a problem.
using DocumentsByName = std::map<std::string, const catalog::Document*>;
DocumentsByName documents_of(const catalog::Catalog& catalog, std::string_view kind,
                             codec::Problems& problems);

// "x is not known; did you mean y?" with the nearest of the keys.
template <class Map>
std::string unknown_name(std::string_view what, const std::string& name, const Map& known);
std::string unknown_name(std::string_view what, const std::string& name,
                         std::span<const std::string> known);

template <class Map>
std::string unknown_name(std::string_view what, const std::string& name, const Map& known) {
  std::vector<std::string> names;
  for (const auto& [key, value] : known) names.push_back(key);
  return unknown_name(what, name, std::span<const std::string>(names));
}

}  // namespace tocsin::slo
