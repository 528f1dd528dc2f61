#pragma once

#include <string>

#include "codec/node.h"
#include "receiver/message_view.h"

namespace tocsin::receiver {

// A tree of alertmanager.yml as JSON, its texts and keys executed as templates; keys are sorted, as
// Go's maps are. What a template gives becomes a number, a bool, null, a list or a mapping if it
// reads as one in YAML (alertmanager template/template.go, DeepCopyWithTemplate). Unlike there,
// what came out of a template is not executed once more: it may hold what a stranger put in a
// label.
std::string render_node(const codec::Node& node, std::string_view field, MessageView& view);

}  // namespace tocsin::receiver
