#pragma once

#include "catalog/catalog.h"
#include "codec/fields.h"

namespace tocsin::catalog {

// Reads `spec` of a document of kind Person; the caller finishes it.
Person read_person_spec(codec::Fields& spec, PersonId id);

}  // namespace tocsin::catalog
