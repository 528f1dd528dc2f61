#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog/declared.h"

namespace tocsin::catalog {
namespace {

template <class Map>
std::vector<std::string> names_of(const Map& things) {
  std::vector<std::string> out;
  for (const auto& [id, thing] : things) out.push_back(id.value());
  return out;
}

void report(const Origin& origin, std::string message, codec::Problems& problems) {
  problems.add({origin.file, origin.place, origin.field, std::move(message)});
}

void check_references(const Declared& declared, codec::Problems& problems) {
  struct Kind {
    std::string_view name;
    std::vector<std::string> known;  // sorted, as the maps are
  };
  const Kind kinds[] = {{"person", names_of(declared.catalog.people)},
                        {"team", names_of(declared.catalog.teams)},
                        {"service", names_of(declared.catalog.services)}};
  for (const Reference& reference : declared.references) {
    const auto& [kind, known] = kinds[static_cast<size_t>(reference.to)];
    if (std::ranges::binary_search(known, reference.name)) continue;
    const std::string hint = codec::did_you_mean(reference.name, known);
    report(reference.origin,
           fmt::format("{} '{}' is not known{}", kind, codec::shown(reference.name),
                       hint.empty()
                           ? fmt::format("; declare it with kind: {}{}",
                                         static_cast<char>(kind[0] - 'a' + 'A'), kind.substr(1))
                           : hint),
           problems);
  }
}

// A page that nobody can receive must be seen now, not in the night.
void check_reach(const Declared& declared, codec::Problems& problems) {
  for (const Reference& reference : declared.references) {
    if (reference.to != Reference::To::kPerson) continue;
    const Person* person = declared.catalog.person(PersonId(reference.name));
    if (person == nullptr || !person->contacts.empty()) continue;
    const Origin& where = person->origin;
    report(reference.origin,
           fmt::format("nothing reaches person '{}'; add spec.contacts in {}:{}",
                       person->id.value(), where.file, where.place.line),
           problems);
  }
}

// Depth first with its own stack, for chains may be long. Each service is entered once, and each
// edge back into the path from the root is one cycle.
class CycleSearch {
 public:
  explicit CycleSearch(const Catalog& catalog) : catalog_(catalog) {}

  std::vector<std::vector<ServiceId>> cycles() {
    for (const auto& [id, service] : catalog_.services) walk_from(id);
    return std::move(cycles_);
  }

 private:
  struct Step {
    const Service* service;
    size_t next = 0;  // which dependency to follow
  };

  void walk_from(const ServiceId& root) {
    enter(root);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next == step.service->depends_on.size()) {
        on_path_.erase(step.service->id);
        path_.pop_back();
        continue;
      }
      const ServiceId& next = step.service->depends_on[step.next++];
      if (on_path_.contains(next)) {
        close(next);
      } else {
        enter(next);
      }
    }
  }

  void enter(const ServiceId& id) {
    const Service* service = catalog_.service(id);
    if (service == nullptr || !entered_.insert(id).second) return;
    on_path_.insert(id);
    path_.push_back({service});
  }

  void close(const ServiceId& first) {
    auto step = std::ranges::find(path_, first, [](const Step& s) { return s.service->id; });
    std::vector<ServiceId> cycle;
    for (; step != path_.end(); ++step) cycle.push_back(step->service->id);
    std::ranges::rotate(cycle, std::ranges::min_element(cycle));
    cycles_.push_back(std::move(cycle));
  }

  const Catalog& catalog_;
  std::set<ServiceId> entered_;
  std::set<ServiceId> on_path_;
  std::vector<Step> path_;
  std::vector<std::vector<ServiceId>> cycles_;
};

void check_cycles(const Declared& declared, codec::Problems& problems) {
  for (std::vector<ServiceId>& cycle : CycleSearch(declared.catalog).cycles()) {
    const Origin& origin = declared.depends_on.at(cycle.front());
    cycle.push_back(cycle.front());
    std::vector<std::string> names;
    for (const ServiceId& id : cycle) names.push_back(id.value());
    report(origin,
           fmt::format("services depend on each other in a circle: {}; remove one of the steps",
                       fmt::join(names, " -> ")),
           problems);
  }
}

}  // namespace

void check(const Declared& declared, codec::Problems& problems) {
  check_references(declared, problems);
  check_reach(declared, problems);
  check_cycles(declared, problems);
}

}  // namespace tocsin::catalog
