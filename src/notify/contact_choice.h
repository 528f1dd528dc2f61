#pragma once

#include <string_view>

#include "catalog/catalog.h"

namespace tocsin::notify {

// The contact that a request means: by its name, else by its place from 1 on. Null when the person
// has none such.
const catalog::Contact* contact_called(const catalog::Person& person, std::string_view which);

}  // namespace tocsin::notify
