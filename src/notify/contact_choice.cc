#include "notify/contact_choice.h"

#include <charconv>

namespace tocsin::notify {

const catalog::Contact* contact_called(const catalog::Person& person, std::string_view which) {
  if (const catalog::Contact* named = person.contact(which)) return named;
  size_t place = 0;
  const char* end = which.data() + which.size();
  const auto [stop, error] = std::from_chars(which.data(), end, place);
  const bool is_place = error == std::errc() && stop == end;
  if (!is_place || place < 1 || place > person.contacts.size()) return nullptr;
  return &person.contacts[place - 1];
}

}  // namespace tocsin::notify
