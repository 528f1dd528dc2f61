#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "gotemplate/node.h"
#include "gotemplate/template_set.h"

namespace tocsin::gotemplate {

using TreeMap = std::map<std::string, std::shared_ptr<const Tree>, std::less<>>;

// Executes `tree`, which may call the others, with `data` as its dot. Errors as
// TemplateSet::execute says.
Result<std::string> evaluate(const TreeMap& trees, const Tree& tree, const Value& data,
                             const RenderOptions& options);

}  // namespace tocsin::gotemplate
