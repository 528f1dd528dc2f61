#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "gotemplate/node.h"
#include "gotemplate/parser.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

enum class Mode {
  kText,
  kHtml,  // values are escaped by where they stand (html_writer.h)
};

// What one execution may use before it is refused with kResourceExhausted: somebody else wrote the
// template, and it must not stop the pager.
struct RenderLimits {
  uint64_t max_steps = 2'000'000;  // nodes, calls, and bytes that functions read and write / 64
  size_t max_output = 1 << 20;     // bytes
  uint64_t max_value = 16 << 20;   // bytes and items of one value that a function makes
  int max_value_depth = 32;        // lists and maps inside of each other
  int max_template_depth = 100;    // templates that call templates
  int max_nesting = 250;           // those, and blocks and parentheses in them
};

struct RenderOptions {
  Mode mode = Mode::kText;
  Time now{};  // what `now` and `since` see
  RenderLimits limits = {};
};

struct Source {
  std::string name;  // a file's name without folders; the text itself is the template of this name
  std::string text;
};

// Named templates that may call each other: the files of a configuration, and our defaults under
// them. Immutable, cheap to copy, thread-safe.
//
//   ASSIGN_OR_RETURN(auto templates, default_templates().with({{"team.tmpl", text}}));
//   ASSIGN_OR_RETURN(auto title, templates.render(R"({{ template "team.title" . }})", data,
//   options));
//
// The language is that of Go's text/template and html/template (docs/gotemplate.md says where ours
// differs), with the functions of functions.h. An absent key of a map is its zero value.
class TemplateSet {
 public:
  TemplateSet() = default;

  // This set and the templates of `sources`, in their order: a later definition replaces an earlier
  // one, unless it is blank. kInvalidArgument: "name:line:column: what is wrong".
  Result<TemplateSet> with(std::span<const Source> sources, const ParseLimits& limits = {}) const;
  Result<TemplateSet> with(std::initializer_list<Source> sources,
                           const ParseLimits& limits = {}) const {
    return with(std::span(sources.begin(), sources.end()), limits);
  }

  bool has(std::string_view name) const { return trees_.contains(name); }
  std::vector<std::string> names() const;

  // Executes the template `name`. kNotFound: there is none. kInvalidArgument: it fails on these
  // data; "file:line:column: in template 'x' at <.Foo>: ...". Nothing of a failed output is given.
  Result<std::string> execute(std::string_view name, const Value& data,
                              const RenderOptions& options) const;
  // Executes a text that may call the templates of this set; "" gives "".
  Result<std::string> render(std::string_view text, const Value& data,
                             const RenderOptions& options) const;

 private:
  std::map<std::string, std::shared_ptr<const Tree>, std::less<>> trees_;
};

}  // namespace tocsin::gotemplate
