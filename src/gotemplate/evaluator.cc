#include "gotemplate/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gotemplate/builtins.h"
#include "gotemplate/functions.h"
#include "gotemplate/html_writer.h"
#include "gotemplate/print.h"

namespace tocsin::gotemplate {
namespace {

// What the list of nodes wants from the loop around it.
enum class Flow { kNext, kBreak, kContinue };

std::string shown(std::string_view source) {
  constexpr size_t kLongest = 60;
  if (source.size() <= kLongest) return std::string(source);
  return std::string(source.substr(0, kLongest)) + "...";
}

class Evaluator {
 public:
  Evaluator(const TreeMap& trees, const RenderOptions& options)
      : trees_(trees), options_(options), call_{options.now, make_pattern_cache()} {
    if (options.mode == Mode::kHtml) html_.emplace(out_);
  }

  Result<std::string> run(const Tree& tree, const Value& data) {
    RETURN_IF_ERROR(run_tree(tree, data, Position()));
    if (html_) {
      if (auto ended = html_->finish(); !ended) {
        return fail(Code::kInvalidArgument, fmt::format("{}: in template '{}': {}", tree.source,
                                                        tree.name, ended.error().message));
      }
    }
    return std::move(out_);
  }

 private:
  // Counts how deep execution is for as long as it lives.
  struct Deeper {
    explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth_;
  };

  std::unexpected<Error> fail_at(Position position, std::string_view source, Error error) const {
    const std::string where = source.empty() ? "" : fmt::format(" at <{}>", shown(source));
    return fail(error.code,
                fmt::format("{}:{}:{}: in template '{}'{}: {}", tree_->source, position.line,
                            position.column, tree_->name, where, error.message));
  }
  std::unexpected<Error> fail_at(const Operand& operand, std::string message) const {
    return fail_at(operand.position, operand.source,
                   Error{Code::kInvalidArgument, std::move(message)});
  }
  std::unexpected<Error> too_much(Position position, std::string message) const {
    return fail_at(position, "", Error{Code::kResourceExhausted, std::move(message)});
  }

  Result<void> spend(uint64_t steps, Position position) {
    steps_ += steps;
    if (steps_ <= options_.limits.max_steps) return {};
    return too_much(
        position, fmt::format("the template takes more than {} steps", options_.limits.max_steps));
  }
  Result<void> check_nesting(Position position) const {
    if (nesting_ <= options_.limits.max_nesting) return {};
    return too_much(position,
                    fmt::format("blocks and templates lie more than {} deep in each other",
                                options_.limits.max_nesting));
  }

  Result<void> run_tree(const Tree& tree, const Value& dot, Position position) {
    const Deeper deeper(template_depth_);
    if (template_depth_ > options_.limits.max_template_depth) {
      return too_much(position, fmt::format("templates call each other more than {} deep",
                                            options_.limits.max_template_depth));
    }
    std::vector<std::pair<std::string_view, Value>> outer{{"$", dot}};
    std::swap(outer, variables_);
    const Tree* const caller = std::exchange(tree_, &tree);
    ASSIGN_OR_RETURN(const Flow ignored, run_nodes(tree.nodes, dot));
    static_cast<void>(ignored);  // the parser lets break and continue stand in loops alone
    tree_ = caller;
    std::swap(outer, variables_);
    return {};
  }

  Result<Flow> run_nodes(const std::vector<Node>& nodes, const Value& dot) {
    const Deeper deeper(nesting_);
    for (const Node& node : nodes) {
      RETURN_IF_ERROR(spend(1, node.position));
      ASSIGN_OR_RETURN(const Flow flow, run_node(node, dot));
      if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
  }

  Result<Flow> run_node(const Node& node, const Value& dot) {
    switch (node.kind) {
      case Node::Kind::kText: RETURN_IF_ERROR(write_text(node)); return Flow::kNext;
      case Node::Kind::kAction: RETURN_IF_ERROR(run_action(node, dot)); return Flow::kNext;
      case Node::Kind::kIf:
      case Node::Kind::kWith: return run_branch(node, dot);
      case Node::Kind::kRange: return run_range(node, dot);
      case Node::Kind::kTemplate: RETURN_IF_ERROR(run_call(node, dot)); return Flow::kNext;
      case Node::Kind::kBreak: return Flow::kBreak;
      case Node::Kind::kContinue: return Flow::kContinue;
    }
    return Flow::kNext;
  }

  Result<void> check_output(Position position) const {
    if (out_.size() <= options_.limits.max_output) return {};
    return too_much(position,
                    fmt::format("the output is longer than {} bytes", options_.limits.max_output));
  }

  Result<void> write_text(const Node& node) {
    if (!html_) {
      out_ += node.text;
    } else if (auto written = html_->text(node.text); !written) {
      return fail_at(node.position, "", written.error());
    }
    return check_output(node.position);
  }

  Result<void> run_action(const Node& node, const Value& dot) {
    if (html_ && node.pipeline.variables.empty()) return write_escaped(node, dot);
    ASSIGN_OR_RETURN(const Value value, run_pipeline(node.pipeline, dot));
    if (!node.pipeline.variables.empty()) return {};
    out_ += value.is_nil() ? "<no value>" : to_text(value);
    return check_output(node.position);
  }

  // In HTML mode `html` and `urlquery` at the end of a pipeline take the place of the escaper that
  // does the same; elsewhere in it they would be undone or doubled, which is refused.
  Result<void> write_escaped(const Node& node, const Value& dot) {
    const std::vector<Command>& commands = node.pipeline.commands;
    const auto escaper_of = [](const Command& command) -> std::string_view {
      const Operand& first = command.operands.front();
      if (first.kind != Operand::Kind::kFunction) return "";
      const std::string& name = first.names.front();
      return name == "html" || name == "urlquery" ? std::string_view(name) : "";
    };
    for (size_t i = 0; i + 1 < commands.size(); ++i) {
      if (const std::string_view name = escaper_of(commands[i]); !name.empty()) {
        return fail_at(commands[i].operands.front(),
                       fmt::format("'{}' may only end a pipeline in HTML; leave it out, values are "
                                   "escaped by themselves",
                                   name));
      }
    }
    const std::string_view last = escaper_of(commands.back());
    const bool replaces = !last.empty() && html_->escapes_like(last);
    ASSIGN_OR_RETURN(const Value value, run_pipeline(node.pipeline, dot, replaces));
    if (auto written = html_->value(value, replaces ? last : ""); !written) {
      return fail_at(node.position, commands.back().source, written.error());
    }
    return check_output(node.position);
  }

  Result<Flow> run_branch(const Node& node, const Value& dot) {
    RETURN_IF_ERROR(check_nesting(node.position));
    const size_t visible = variables_.size();
    ASSIGN_OR_RETURN(const Value value, run_pipeline(node.pipeline, dot));
    const bool is_with = node.kind == Node::Kind::kWith;
    ASSIGN_OR_RETURN(const Flow flow, value.truth() ? run_nodes(node.body, is_with ? value : dot)
                                                    : run_nodes(node.otherwise, dot));
    variables_.resize(visible);
    return flow;
  }

  Result<void> run_call(const Node& node, const Value& dot) {
    RETURN_IF_ERROR(check_nesting(node.position));
    const auto found = trees_.find(node.text);
    if (found == trees_.end()) {
      return fail_at(
          node.position, "",
          Error{Code::kInvalidArgument, fmt::format("there is no template '{}'", node.text)});
    }
    Value argument;
    if (!node.pipeline.commands.empty()) {
      ASSIGN_OR_RETURN(argument, run_pipeline(node.pipeline, dot));
    }
    return run_tree(*found->second, argument, node.position);
  }

  Result<Flow> run_range(const Node& node, const Value& dot) {
    RETURN_IF_ERROR(check_nesting(node.position));
    const size_t visible = variables_.size();
    ASSIGN_OR_RETURN(const Value value, run_pipeline(node.pipeline, dot));
    Flow flow = Flow::kNext;
    if (value.truth() && !(value.kind() == Value::Kind::kInt && value.integer().number < 0)) {
      RETURN_IF_ERROR(run_loop(node, value));
    } else if (value.is_nil() || is_rangeable(value)) {
      ASSIGN_OR_RETURN(flow, run_nodes(node.otherwise, dot));
    } else {
      return cannot_range(node, value);
    }
    variables_.resize(visible);
    return flow;
  }

  static bool is_rangeable(const Value& value) {
    return value.kind() == Value::Kind::kList || value.kind() == Value::Kind::kMap ||
           value.kind() == Value::Kind::kInt;
  }
  std::unexpected<Error> cannot_range(const Node& node, const Value& value) const {
    return fail_at(node.position, node.pipeline.commands.back().source,
                   Error{Code::kInvalidArgument,
                         fmt::format("range can't iterate over type {}", value.type_name())});
  }

  Result<void> run_loop(const Node& node, const Value& value) {
    bool is_done = false;
    switch (value.kind()) {
      case Value::Kind::kList: {
        const std::vector<Value>& items = value.items();
        for (size_t i = 0; i < items.size() && !is_done; ++i) {
          RETURN_IF_ERROR(run_once(node, Value(static_cast<int64_t>(i)), items[i], is_done));
        }
        return {};
      }
      case Value::Kind::kMap:
        for (const auto& [key, item] : value.entries()) {
          RETURN_IF_ERROR(run_once(node, Value(key), item, is_done));
          if (is_done) break;
        }
        return {};
      case Value::Kind::kInt:
        for (int64_t i = 0; i < value.integer().number && !is_done; ++i) {
          RETURN_IF_ERROR(run_once(node, Value(i), Value(i), is_done));
        }
        return {};
      default: return cannot_range(node, value);
    }
  }

  Result<void> run_once(const Node& node, const Value& key, const Value& item, bool& is_done) {
    RETURN_IF_ERROR(spend(1, node.position));
    const size_t visible = variables_.size();
    const std::vector<std::string>& names = node.pipeline.variables;
    if (node.pipeline.assigns) {
      RETURN_IF_ERROR(assign(names[0], names.size() > 1 ? key : item, node.position));
      if (names.size() > 1) RETURN_IF_ERROR(assign(names[1], item, node.position));
    } else if (!names.empty()) {
      // The pipeline has just declared them.
      variables_[visible - 1].second = item;
      if (names.size() > 1) variables_[visible - 2].second = key;
    }
    ASSIGN_OR_RETURN(const Flow flow, run_nodes(node.body, item));
    variables_.resize(visible);
    is_done = flow == Flow::kBreak;
    return {};
  }

  // nullptr: its own pipeline asks for it.
  Value* find_variable(std::string_view name) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                    [&](const auto& variable) { return variable.first == name; });
    return found == variables_.rend() ? nullptr : &found->second;
  }

  Result<void> assign(std::string_view name, const Value& value, Position position) {
    Value* const variable = find_variable(name);
    if (variable == nullptr) {
      return fail_at(position, name, Error{Code::kInvalidArgument, "undefined variable"});
    }
    *variable = value;
    return {};
  }

  // `without_last` leaves the last call to the caller and gives what it would have got.
  Result<Value> run_pipeline(const Pipeline& pipeline, const Value& dot,
                             bool without_last = false) {
    const Deeper deeper(nesting_);
    RETURN_IF_ERROR(check_nesting(pipeline.position));
    Value value;
    for (size_t i = 0; i < pipeline.commands.size(); ++i) {
      const Command& command = pipeline.commands[i];
      const bool is_last = i + 1 == pipeline.commands.size();
      const Value before = std::exchange(value, Value());
      const Value* const piped = i > 0 ? &before : nullptr;
      if (without_last && is_last) {
        ASSIGN_OR_RETURN(const std::vector<Value> args, arguments(command, dot, piped));
        if (args.size() == 1 && !args[0].is_nil()) return args[0];
        auto text = joined(args);
        if (!text) return fail_at(command.position, command.source, text.error());
        return Value(*std::move(text));
      }
      ASSIGN_OR_RETURN(value, run_command(command, dot, piped));
    }
    for (const std::string& name : pipeline.variables) {
      if (pipeline.assigns) {
        RETURN_IF_ERROR(assign(name, value, pipeline.position));
      } else {
        variables_.emplace_back(name, value);
      }
    }
    return value;
  }

  // The operands behind the first and what the pipe brings.
  Result<std::vector<Value>> arguments(const Command& command, const Value& dot,
                                       const Value* piped) {
    std::vector<Value> args;
    for (size_t i = 1; i < command.operands.size(); ++i) {
      ASSIGN_OR_RETURN(Value value, run_operand(command.operands[i], dot));
      args.push_back(std::move(value));
    }
    if (piped != nullptr) args.push_back(*piped);
    return args;
  }

  Result<Value> run_command(const Command& command, const Value& dot, const Value* piped) {
    const Operand& first = command.operands.front();
    const bool has_args = command.operands.size() > 1 || piped != nullptr;
    switch (first.kind) {
      case Operand::Kind::kFunction: {
        const std::string& name = first.names.front();
        if (name == "and" || name == "or") return run_logic(command, dot, piped, name == "or");
        ASSIGN_OR_RETURN(const std::vector<Value> args, arguments(command, dot, piped));
        const Function* const function = find_function(name);
        if (function == nullptr) bug("the parser has let an unknown function pass");
        return run_function(*function, args, nullptr, command.position, command.source);
      }
      case Operand::Kind::kField:
      case Operand::Kind::kChain:
      case Operand::Kind::kVariable: {
        if (!has_args) return run_operand(first, dot);
        const bool has_field = first.names.size() > (first.kind == Operand::Kind::kVariable);
        if (!has_field) return not_callable(first);
        ASSIGN_OR_RETURN(const std::vector<Value> args, arguments(command, dot, piped));
        return run_operand(first, dot, &args, command.source);
      }
      case Operand::Kind::kNil: return fail_at(first, "nil is not a command");
      case Operand::Kind::kDot:
      case Operand::Kind::kConstant:
        if (has_args) return not_callable(first);
        return run_operand(first, dot);
    }
    return Value();
  }

  std::unexpected<Error> not_callable(const Operand& operand) const {
    return fail_at(operand,
                   fmt::format("can't give argument to non-function {}", shown(operand.source)));
  }

  // `and` and `or` stop at the first argument that decides.
  Result<Value> run_logic(const Command& command, const Value& dot, const Value* piped,
                          bool is_or) {
    const Operand& first = command.operands.front();
    Value value;
    for (size_t i = 1; i < command.operands.size(); ++i) {
      ASSIGN_OR_RETURN(value, run_operand(command.operands[i], dot));
      if (value.truth() == is_or) return value;
    }
    if (piped != nullptr) return *piped;
    if (command.operands.size() > 1) return value;
    return fail_at(first, fmt::format("wrong number of args for {}: want at least 1 got 0",
                                      first.names.front()));
  }

  // `args` are for the last field of the chain, which then must be a method.
  Result<Value> run_operand(const Operand& operand, const Value& dot,
                            const std::vector<Value>* args = nullptr,
                            std::string_view source = {}) {
    RETURN_IF_ERROR(spend(1, operand.position));
    switch (operand.kind) {
      case Operand::Kind::kDot: return dot;
      case Operand::Kind::kNil: return Value();
      case Operand::Kind::kConstant: return operand.constant;
      case Operand::Kind::kFunction: {
        const std::string& name = operand.names.front();
        if (name == "and" || name == "or") {
          return fail_at(operand,
                         fmt::format("wrong number of args for {}: want at least 1 got 0", name));
        }
        const Function* const function = find_function(name);
        if (function == nullptr) bug("the parser has let an unknown function pass");
        return run_function(*function, {}, nullptr, operand.position, operand.source);
      }
      case Operand::Kind::kField: return walk(operand, 0, dot, args, source);
      case Operand::Kind::kVariable: {
        const Value* const variable = find_variable(operand.names.front());
        if (variable == nullptr) return fail_at(operand, "undefined variable");
        return walk(operand, 1, *variable, args, source);
      }
      case Operand::Kind::kChain: {
        ASSIGN_OR_RETURN(const Value value, run_pipeline(*operand.pipeline, dot));
        return walk(operand, 0, value, args, source);
      }
    }
    return Value();
  }

  Result<Value> walk(const Operand& operand, size_t from, Value value,
                     const std::vector<Value>* args, std::string_view source) {
    for (size_t i = from; i < operand.names.size(); ++i) {
      const bool is_last = i + 1 == operand.names.size();
      // Nothing given as data has no fields, and asking for one is no mistake; nothing inside of
      // the data is.
      if (value.is_nil() && i == from && (args == nullptr || !is_last)) return Value();
      ASSIGN_OR_RETURN(value,
                       field(operand, operand.names[i], value, is_last ? args : nullptr, source));
    }
    return value;
  }

  Result<Value> field(const Operand& operand, const std::string& name, const Value& receiver,
                      const std::vector<Value>* args, std::string_view source) {
    if (const Function* const method = find_method(receiver, name)) {
      return run_function(*method, args != nullptr ? *args : std::vector<Value>(), &receiver,
                          operand.position, source.empty() ? operand.source : source);
    }
    const Type* const type = receiver.type();
    if (receiver.kind() == Value::Kind::kStruct) {
      const auto found = std::ranges::find(type->fields, name);
      if (found != type->fields.end()) {
        if (args != nullptr) {
          return fail_at(operand,
                         fmt::format("{} has arguments but cannot be invoked as function", name));
        }
        return receiver.fields()[static_cast<size_t>(found - type->fields.begin())];
      }
    }
    if (receiver.kind() == Value::Kind::kMap) {
      if (args != nullptr) {
        return fail_at(operand, fmt::format("{} is not a method but has arguments", name));
      }
      const auto found = receiver.entries().find(name);
      if (found != receiver.entries().end()) return found->second;
      return type->holds_text ? Value("") : Value();
    }
    if (receiver.is_nil()) {
      return fail_at(operand, fmt::format("nil has no field {}", name));
    }
    return fail_at(operand,
                   fmt::format("can't evaluate field {} in type {}", name, receiver.type_name()));
  }

  static const Function* find_method(const Value& receiver, std::string_view name) {
    const Type* const type = receiver.type();
    if (type == nullptr) return find_time_method(receiver, name);
    const auto found = std::ranges::find(type->methods, name, &Function::name);
    return found == type->methods.end() ? nullptr : &*found;
  }

  Result<Value> run_function(const Function& function, const std::vector<Value>& args,
                             const Value* receiver, Position position, std::string_view source) {
    if (auto checked = check_arguments(function, args); !checked) {
      return fail_at(position, source, checked.error());
    }
    for (const Value& arg : args) {
      if (arg.kind() == Value::Kind::kText)
        RETURN_IF_ERROR(spend(arg.text().size() / 64, position));
    }
    std::vector<Value> all;
    if (receiver != nullptr) {
      all.push_back(*receiver);
      all.insert(all.end(), args.begin(), args.end());
    }
    auto value = function.body(receiver != nullptr ? all : args, call_);
    if (!value) {
      Error error = value.error();
      if (receiver == nullptr && error.code == Code::kInvalidArgument) {
        error.message = fmt::format("error calling {}: {}", function.name, error.message);
      }
      return fail_at(position, source, std::move(error));
    }
    RETURN_IF_ERROR(charge(*value, position));
    return value;
  }

  // Work that a value has cost, and whether it has grown too big.
  Result<void> charge(const Value& value, Position position) {
    RETURN_IF_ERROR(spend(1, position));
    if (value.weight() > options_.limits.max_value ||
        value.depth() > options_.limits.max_value_depth) {
      return too_much(position, "a value has grown too big");
    }
    if (value.kind() == Value::Kind::kText) return spend(value.text().size() / 64, position);
    if (value.kind() == Value::Kind::kList) return spend(value.items().size(), position);
    if (value.kind() == Value::Kind::kMap) return spend(value.entries().size(), position);
    return {};
  }

  const TreeMap& trees_;
  const RenderOptions& options_;
  const Call call_;
  std::string out_;
  std::optional<HtmlWriter> html_;
  const Tree* tree_ = nullptr;  // being executed
  std::vector<std::pair<std::string_view, Value>> variables_;
  uint64_t steps_ = 0;
  int template_depth_ = 0;
  int nesting_ = 0;
};

}  // namespace

Result<std::string> evaluate(const TreeMap& trees, const Tree& tree, const Value& data,
                             const RenderOptions& options) {
  return Evaluator(trees, options).run(tree, data);
}

}  // namespace tocsin::gotemplate
