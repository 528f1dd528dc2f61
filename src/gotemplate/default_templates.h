#pragma once

#include "gotemplate/template_set.h"

namespace tocsin::gotemplate {

// The templates that Alertmanager's receivers use where the configuration says nothing else, and
// that people's own files call or replace: __subject, __text_alert_list, slack.default.*,
// email.default.html and so on (all names: default_templates().names()). They say what
// Alertmanager's say, byte for byte, but for email.default.html, which is a page of ours, and
// mattermost.default.*, which are ours in the manner of the others.
// Names that begin with __tocsin_ are ours alone and may change.
const TemplateSet& default_templates();

}  // namespace tocsin::gotemplate
