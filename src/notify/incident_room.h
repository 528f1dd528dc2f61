#pragma once

#include "catalog/catalog.h"

namespace tocsin::notify {

// Subjects of messages to the channel of an incident; the subject's id is the incident's. The first
// has buttons, and whoever presses one answers as themselves.
inline constexpr const char* kRoomSubject = "incident_channel";
inline constexpr const char* kRoomUpdateSubject = "incident_update";

// A contact that is a person in Slack, and not a channel.
inline bool is_slack_member(const catalog::Contact& contact) {
  return contact.kind == catalog::Contact::Kind::kSlackUser &&
         (contact.address.starts_with('U') || contact.address.starts_with('W'));
}

}  // namespace tocsin::notify
