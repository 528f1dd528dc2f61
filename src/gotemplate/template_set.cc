#include "gotemplate/template_set.h"

#include <fmt/format.h>

#include "gotemplate/evaluator.h"
#include "gotemplate/functions.h"

namespace tocsin::gotemplate {

Result<TemplateSet> TemplateSet::with(std::span<const Source> sources,
                                      const ParseLimits& limits) const {
  TemplateSet set = *this;
  const auto is_known = [](std::string_view name) { return find_function(name) != nullptr; };
  for (const Source& source : sources) {
    ASSIGN_OR_RETURN(auto trees, parse_template(source.name, source.text, is_known, limits));
    for (auto& tree : trees) {
      auto& place = set.trees_[tree->name];
      // A file that only defines others must not blank out a template that bears its name.
      if (place == nullptr || !tree->is_blank) place = std::move(tree);
    }
  }
  return set;
}

std::vector<std::string> TemplateSet::names() const {
  std::vector<std::string> names;
  for (const auto& [name, tree] : trees_) names.push_back(name);
  return names;
}

Result<std::string> TemplateSet::execute(std::string_view name, const Value& data,
                                         const RenderOptions& options) const {
  const auto found = trees_.find(name);
  if (found == trees_.end()) {
    return not_found(fmt::format("there is no template '{}'", name));
  }
  return evaluate(trees_, *found->second, data, options);
}

Result<std::string> TemplateSet::render(std::string_view text, const Value& data,
                                        const RenderOptions& options) const {
  if (text.empty()) return std::string();
  // A text without actions is most of what a configuration holds.
  if (options.mode == Mode::kText && text.find("{{") == std::string_view::npos) {
    if (text.size() > options.limits.max_output) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the output is longer than {} bytes", options.limits.max_output));
    }
    return std::string(text);
  }
  ASSIGN_OR_RETURN(const TemplateSet set, with({Source{"", std::string(text)}}));
  return set.execute("", data, options);
}

}  // namespace tocsin::gotemplate
