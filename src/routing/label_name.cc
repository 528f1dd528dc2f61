#include "routing/label_name.h"

namespace tocsin::routing {

bool is_classic_label_name(std::string_view name) {
  constexpr std::string_view kChars =
      "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         name.find_first_not_of(kChars) == std::string_view::npos;
}

}  // namespace tocsin::routing
