#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace tocsin::catalog {

struct Reference {
  enum class To { kPerson, kTeam, kService };
  To to = To::kPerson;
  std::string name;
  Origin origin;
};

// The catalog while its files are read: what they say, and where, so that it can be checked as a
// whole afterwards.
struct Declared {
  Catalog catalog;
  std::map<ServiceId, Origin> depends_on;
  std::vector<Reference> references;
};

// Reads one document into `declared`; what is wrong with it alone goes to `problems`.
void read_document(const codec::Node& document, const std::string& file, Declared& declared,
                   codec::Problems& problems);

// What can only be seen in the whole: references to nothing, cycles of dependencies, people in an
// escalation whom nothing reaches.
void check(const Declared& declared, codec::Problems& problems);

}  // namespace tocsin::catalog
