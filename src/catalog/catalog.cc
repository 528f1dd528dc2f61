#include "catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "catalog/declared.h"
#include "codec/yaml.h"

namespace tocsin::catalog {
namespace {

namespace fs = std::filesystem;

template <class Map, class Id>
const typename Map::mapped_type* look_up(const Map& map, const Id& id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : &found->second;
}

// The files to read, sorted. Hidden ones belong to editors and to mounts.
std::vector<fs::path> files_of(const std::string& directory, codec::Problems& problems) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator file(directory, error);
  for (const fs::directory_iterator end; !error && file != end; file.increment(error)) {
    const fs::path& path = file->path();
    std::error_code ignored;
    const bool is_yaml = path.extension() == ".yaml" || path.extension() == ".yml";
    const bool is_hidden = path.filename().string().starts_with('.');
    if (is_yaml && !is_hidden && !file->is_directory(ignored)) files.push_back(path);
  }
  if (error) {
    problems.add({directory,
                  {},
                  "",
                  fmt::format("the catalog's directory cannot be read: {}", error.message())});
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return fail(Code::kNotFound, error ? error.message() : "it is not a regular file");
  }
  const size_t most = codec::YamlLimits().max_bytes + 1;  // one too many: the parser says so
  const size_t size = static_cast<size_t>(fs::file_size(path, error));
  if (error) return fail(Code::kUnavailable, error.message());
  std::string text(std::min(size, most), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return fail(Code::kPermissionDenied, "it cannot be opened and read; look at its permissions");
  }
  return text;
}

// `is_whole`: nothing is missing from `texts`.
Catalog build(const std::vector<FileAndText>& texts, bool is_whole, codec::Problems& problems) {
  Declared declared;
  for (const auto& [file, text] : texts) {
    const size_t before = problems.all().size();
    const std::vector<codec::Node> documents = codec::parse_yaml(text, file, problems);
    if (problems.all().size() > before) is_whole = false;
    for (const codec::Node& document : documents) {
      read_document(document, file, declared, problems);
    }
  }
  // Where a file could not be read, references to what it declares would all look wrong.
  if (is_whole) check(declared, problems);
  return std::move(declared.catalog);
}

}  // namespace

const Person* Catalog::person(const PersonId& id) const { return look_up(people, id); }
const Team* Catalog::team(const TeamId& id) const { return look_up(teams, id); }
const Service* Catalog::service(const ServiceId& id) const { return look_up(services, id); }
const Team* Catalog::team_of(const ServiceId& id) const {
  const Service* found = service(id);
  return found == nullptr ? nullptr : team(found->team);
}

Catalog load_texts(const std::vector<FileAndText>& texts, codec::Problems& problems) {
  return build(texts, true, problems);
}

Catalog load(const std::string& directory, codec::Problems& problems,
             const std::vector<FileAndText>& and_texts) {
  const size_t before = problems.all().size();
  std::vector<FileAndText> texts;
  for (const fs::path& path : files_of(directory, problems)) {
    auto text = read_file(path);
    if (text) {
      texts.emplace_back(path.string(), *std::move(text));
    } else {
      problems.add({path.string(), {}, "", text.error().message});
    }
  }
  texts.insert(texts.end(), and_texts.begin(), and_texts.end());
  return build(texts, problems.all().size() == before, problems);
}

}  // namespace tocsin::catalog
