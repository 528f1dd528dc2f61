#pragma once

#include "catalog/catalog.h"
#include "codec/json.h"

namespace tocsin::catalog {

// The schema `Catalog` of api/openapi.yaml: who owns what, for every signed-in reader. People come
// without their addresses and secrets.
codec::Json to_json(const Catalog& catalog);

// Their ids, in this order: how people stand in API answers, entries of the logbook and rows.
codec::JsonArray names_json(const std::vector<PersonId>& people);

}  // namespace tocsin::catalog
