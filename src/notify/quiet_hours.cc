#include "notify/quiet_hours.h"

namespace tocsin::notify {

Quiet quiet_at(const catalog::Person& person, Time now) {
  if (!person.quiet.contains(person.zone, now)) return {};
  return {.is_quiet = true, .until = person.quiet.next_change(person.zone, now)};
}

}  // namespace tocsin::notify
