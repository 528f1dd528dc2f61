#pragma once

#include <optional>

#include "catalog/catalog.h"
#include "codec/fields.h"

namespace tocsin::catalog {

// Reads `spec` of a document of kind Person; the caller finishes it.
Person read_person_spec(codec::Fields& spec, PersonId id);

// One contact, whole. Nothing when it is none; then that was reported.
std::optional<Contact> read_contact(codec::Fields fields);

}  // namespace tocsin::catalog
