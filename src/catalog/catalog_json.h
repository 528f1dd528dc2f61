#pragma once

#include "catalog/catalog.h"
#include "codec/json.h"

namespace tocsin::catalog {

// The schema `Catalog` of api/openapi.yaml: who owns what, for every signed-in reader. People come
// without their addresses and secrets.
codec::Json to_json(const Catalog& catalog);

}  // namespace tocsin::catalog
