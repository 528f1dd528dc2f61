#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace tocsin::notify {

Result<catalog::Contact::Kind> parse_contact_kind(std::string_view name);

// Host and port of a URL, without user, path and query; empty if there is none.
std::string_view host_of(std::string_view url);

// The contact as logs, the logbook and screens may show it. The URL of a webhook is a key to the
// channel behind it, so of a URL only the host is shown.
std::string shown_address(const catalog::Contact& contact);

// What a finished delivery keeps of its contact's address: scheme and host of a URL.
std::string kept_address(const catalog::Contact& contact);

// Takes each occurrence of a word that must not be shown out of the text; an empty word changes
// nothing.
void mask_word(std::string& text, std::string_view word, std::string_view shown = "<secret>");

// The text (usually an error of somebody else's) with whatever of the contact must not be shown
// taken out.
std::string without_secrets(std::string text, const catalog::Contact& contact);

// Who would be overloaded or dead together: "mail", "slack:hooks.slack.com", "webhook:host:port".
std::string lane_of(const catalog::Contact& contact);

}  // namespace tocsin::notify
