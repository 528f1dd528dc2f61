#include "gotemplate/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "gotemplate/lexer.h"
#include "gotemplate/literal.h"

namespace tocsin::gotemplate {
namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(std::string_view name, std::string_view text, std::vector<Token> tokens,
         bool (*knows_function)(std::string_view), const ParseLimits& limits)
      : name_(name),
        text_(text),
        tokens_(std::move(tokens)),
        knows_function_(knows_function),
        limits_(limits) {}

  Result<std::vector<std::shared_ptr<const Tree>>> run() {
    auto top = std::make_shared<Tree>();
    trees_.push_back(top);
    RETURN_IF_ERROR(parse_tree(*top, name_, true));
    return std::vector<std::shared_ptr<const Tree>>(trees_.begin(), trees_.end());
  }

 private:
  // How a list of nodes ended.
  enum class Ending { kText, kEnd, kElse };

  const Token& peek() const { return tokens_[at_]; }
  const Token& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  void skip_space() {
    while (peek().kind == Kind::kSpace) ++at_;
  }
  const Token& next_solid() {
    skip_space();
    return next();
  }

  std::unexpected<Error> fail_at(Position position, std::string_view what,
                                 Code code = Code::kInvalidArgument) const {
    return fail(code, fmt::format("{}:{}:{}: {}", name_, position.line, position.column, what));
  }
  std::unexpected<Error> unexpected(const Token& token, std::string_view where) const {
    if (token.kind == Kind::kEnd) {
      return fail_at(token.position, fmt::format("unexpected end of the text in {}", where));
    }
    return fail_at(token.position, fmt::format("unexpected '{}' in {}", token.text, where));
  }

  Result<void> count_node(Position position) {
    if (++nodes_ <= limits_.max_nodes) return {};
    return fail_at(position, fmt::format("a template may have {} parts", limits_.max_nodes),
                   Code::kResourceExhausted);
  }
  Result<void> go_deeper(Position position) {
    if (++depth_ <= limits_.max_depth) return {};
    return fail_at(position, fmt::format("blocks may lie {} deep in each other", limits_.max_depth),
                   Code::kResourceExhausted);
  }

  std::string source_between(const Token& first, const Token& last) const {
    const size_t from = static_cast<size_t>(first.text.data() - text_.data());
    const size_t to = static_cast<size_t>(last.text.data() - text_.data()) + last.text.size();
    return std::string(text_.substr(from, to - from));
  }

  // Parses what belongs to one name. Variables of another template are not seen.
  Result<void> parse_tree(Tree& tree, std::string_view name, bool is_top) {
    tree.name = name;
    tree.source = name_;
    std::vector<std::string> outer{"$"};
    std::swap(outer, variables_);
    const int outer_loops = std::exchange(loops_, 0);
    Ending ending = Ending::kText;
    RETURN_IF_ERROR(parse_list(tree.nodes, ending, is_top));
    if (is_top && ending != Ending::kText) {
      return fail_at(ended_at_, ending == Ending::kEnd ? "unexpected {{end}}; nothing is open"
                                                       : "unexpected {{else}}; nothing is open");
    }
    if (!is_top && ending != Ending::kEnd) {
      return fail_at(ended_at_,
                     ending == Ending::kElse
                         ? "unexpected {{else}} in {{define}}"
                         : fmt::format("template '{}' is not closed by an {{{{end}}}}", name));
    }
    std::swap(outer, variables_);
    loops_ = outer_loops;
    tree.is_blank = std::ranges::all_of(tree.nodes, [](const Node& node) {
      return node.kind == Node::Kind::kText &&
             node.text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
    });
    return {};
  }

  Result<void> parse_list(std::vector<Node>& nodes, Ending& ending, bool is_top = false) {
    while (true) {
      const Token token = next();
      ended_at_ = token.position;
      if (token.kind == Kind::kEnd) {
        ending = Ending::kText;
        return {};
      }
      RETURN_IF_ERROR(count_node(token.position));
      if (token.kind == Kind::kText) {
        nodes.push_back({Node::Kind::kText, token.position, std::string(token.text), {}, {}, {}});
        continue;
      }
      bool ended = false;
      RETURN_IF_ERROR(parse_action(token, nodes, ending, ended, is_top));
      if (ended) return {};
    }
  }

  Result<void> parse_action(const Token& left, std::vector<Node>& nodes, Ending& ending,
                            bool& ended, bool is_top) {
    skip_space();
    if (peek().kind != Kind::kKeyword) {
      Node node{Node::Kind::kAction, peek().position, "", {}, {}, {}};
      ASSIGN_OR_RETURN(node.pipeline, parse_pipeline("an action", Kind::kRight));
      nodes.push_back(std::move(node));
      return {};
    }
    const Token keyword = next();
    const std::string_view word = keyword.text;
    if (word == "end" || word == "else") {
      if (word == "end") {
        RETURN_IF_ERROR(expect(Kind::kRight, "{{end}}"));
      }
      ending = word == "end" ? Ending::kEnd : Ending::kElse;
      ended = true;
      return {};
    }
    if (word == "define") return parse_define(keyword, is_top);
    Node node;
    node.position = keyword.position;
    RETURN_IF_ERROR(go_deeper(left.position));
    if (word == "if" || word == "with" || word == "range") {
      RETURN_IF_ERROR(parse_control(word, node));
    } else if (word == "template" || word == "block") {
      RETURN_IF_ERROR(parse_call(word == "block", node));
    } else {
      RETURN_IF_ERROR(parse_jump(word, keyword, node));
    }
    --depth_;
    nodes.push_back(std::move(node));
    return {};
  }

  Result<void> expect(Kind kind, std::string_view where) {
    const Token& token = next_solid();
    return token.kind == kind ? Result<void>() : unexpected(token, where);
  }

  Result<void> parse_jump(std::string_view word, const Token& keyword, Node& node) {
    if (loops_ == 0) {
      return fail_at(keyword.position, fmt::format("{{{{{0}}}}} outside of {{{{range}}}}", word));
    }
    node.kind = word == "break" ? Node::Kind::kBreak : Node::Kind::kContinue;
    return expect(Kind::kRight, word);
  }

  Result<void> parse_define(const Token& keyword, bool is_top) {
    if (!is_top) return fail_at(keyword.position, "{{define}} may not stand inside of a block");
    ASSIGN_OR_RETURN(const std::string name, parse_name("{{define}}"));
    RETURN_IF_ERROR(expect(Kind::kRight, "{{define}}"));
    return add_tree(name, keyword.position);
  }

  Result<std::string> parse_name(std::string_view where) {
    const Token& token = next_solid();
    if (token.kind != Kind::kString && token.kind != Kind::kRawString) {
      return unexpected(token, fmt::format("{}; a quoted name is expected", where));
    }
    auto name = unquote(token.text);
    if (!name) return fail_at(token.position, name.error().message);
    return name;
  }

  // Parses the body of `name` and puts it among the trees.
  Result<void> add_tree(const std::string& name, Position position) {
    auto tree = std::make_shared<Tree>();
    RETURN_IF_ERROR(parse_tree(*tree, name, false));
    const auto same = std::find_if(trees_.begin() + 1, trees_.end(),
                                   [&](const auto& other) { return other->name == name; });
    if (same == trees_.end()) {
      trees_.push_back(std::move(tree));
    } else if ((*same)->is_blank) {
      *same = std::move(tree);
    } else if (!tree->is_blank) {
      return fail_at(position, fmt::format("template '{}' is defined twice in one text", name));
    }
    return {};
  }

  Result<void> parse_call(bool is_block, Node& node) {
    node.kind = Node::Kind::kTemplate;
    const std::string_view where = is_block ? "{{block}}" : "{{template}}";
    ASSIGN_OR_RETURN(node.text, parse_name(where));
    skip_space();
    if (!is_block && peek().kind == Kind::kRight) {
      next();
      return {};
    }
    ASSIGN_OR_RETURN(node.pipeline, parse_pipeline(where, Kind::kRight));
    return is_block ? add_tree(node.text, node.position) : Result<void>();
  }

  // Behind {{if, {{with or {{range, up to and with its {{end}}.
  Result<void> parse_control(std::string_view word, Node& node) {
    const size_t visible = variables_.size();
    const bool is_range = word == "range";
    node.kind = is_range         ? Node::Kind::kRange
                : word == "with" ? Node::Kind::kWith
                                 : Node::Kind::kIf;
    ASSIGN_OR_RETURN(node.pipeline,
                     parse_pipeline(fmt::format("{{{{{}}}}}", word), Kind::kRight, is_range));
    Ending ending = Ending::kText;
    loops_ += is_range ? 1 : 0;
    RETURN_IF_ERROR(parse_list(node.body, ending));
    loops_ -= is_range ? 1 : 0;
    if (ending == Ending::kElse) RETURN_IF_ERROR(parse_else(word, node, ending));
    if (ending != Ending::kEnd) {
      return fail_at(node.position,
                     ending == Ending::kElse
                         ? fmt::format("{{{{{}}}}} has more than one {{{{else}}}}", word)
                         : fmt::format("{{{{{}}}}} is not closed by an {{{{end}}}}", word));
    }
    variables_.resize(visible);
    return {};
  }

  // {{else}}, or {{else if x}} and {{else with x}}, which share the {{end}} of the first.
  Result<void> parse_else(std::string_view word, Node& node, Ending& ending) {
    skip_space();
    if (peek().kind != Kind::kKeyword) {
      RETURN_IF_ERROR(expect(Kind::kRight, "{{else}}"));
      return parse_list(node.otherwise, ending);
    }
    const Token again = next();
    if (word == "range" || again.text != word) return unexpected(again, "{{else}}");
    Node chained;
    chained.position = again.position;
    RETURN_IF_ERROR(go_deeper(again.position));
    RETURN_IF_ERROR(parse_control(word, chained));
    --depth_;
    node.otherwise.push_back(std::move(chained));
    ending = Ending::kEnd;
    return {};
  }

  Result<Pipeline> parse_pipeline(std::string_view where, Kind end, bool is_range = false) {
    Pipeline pipeline;
    skip_space();
    pipeline.position = peek().position;
    RETURN_IF_ERROR(parse_declaration(pipeline, is_range));
    while (true) {
      skip_space();
      if (peek().kind == end && pipeline.commands.empty()) {
        return fail_at(peek().position, fmt::format("missing value for {}", where));
      }
      ASSIGN_OR_RETURN(Command command, parse_command(where, end));
      const Operand::Kind first = command.operands.front().kind;
      if (!pipeline.commands.empty() &&
          (first == Operand::Kind::kConstant || first == Operand::Kind::kDot ||
           first == Operand::Kind::kNil)) {
        return fail_at(command.position, fmt::format("'{}' behind a '|' is nothing to call",
                                                     command.operands.front().source));
      }
      pipeline.commands.push_back(std::move(command));
      const Token& token = next_solid();
      if (token.kind == end) break;
      if (token.kind != Kind::kPipe) return unexpected(token, where);
    }
    return pipeline;
  }

  // "$x :=", "$x =" or, for range, "$i, $x :=". Anything else is left alone.
  Result<void> parse_declaration(Pipeline& pipeline, bool is_range) {
    if (peek().kind != Kind::kVariable) return {};
    const size_t back = at_;
    const Token first = next();
    std::vector<std::string> names{std::string(first.text)};
    skip_space();
    if (peek().kind == Kind::kComma) {
      if (!is_range) return fail_at(peek().position, "too many declarations");
      next();
      const Token& second = next_solid();
      if (second.kind != Kind::kVariable) return unexpected(second, "range; expected a variable");
      names.emplace_back(second.text);
      skip_space();
      if (peek().kind == Kind::kComma) {
        return fail_at(peek().position, "too many declarations in range");
      }
    }
    if (peek().kind != Kind::kDeclare && peek().kind != Kind::kAssign) {
      if (names.size() > 1) return unexpected(peek(), "range; expected :=");
      at_ = back;
      return {};
    }
    pipeline.assigns = next().kind == Kind::kAssign;
    for (const std::string& name : names) {
      if (pipeline.assigns) RETURN_IF_ERROR(check_variable(name, first.position));
      // Visible from here on, as in Go; a pipeline that asks for its own variable fails when it
      // runs.
      if (!pipeline.assigns) variables_.push_back(name);
    }
    pipeline.variables = std::move(names);
    return {};
  }

  Result<void> check_variable(const std::string& name, Position position) const {
    if (std::ranges::find(variables_, name) != variables_.end()) return {};
    return fail_at(position, fmt::format("undefined variable '{}'", name));
  }

  Result<Command> parse_command(std::string_view where, Kind end) {
    Command command;
    skip_space();
    const Token first = peek();
    command.position = first.position;
    while (true) {
      ASSIGN_OR_RETURN(Operand operand, parse_operand(where));
      command.operands.push_back(std::move(operand));
      const bool spaced = peek().kind == Kind::kSpace;
      command.source = source_between(first, tokens_[at_ - 1]);
      skip_space();
      if (peek().kind == end || peek().kind == Kind::kPipe) return command;
      if (!spaced) return unexpected(peek(), fmt::format("{}; a space is missing", where));
    }
  }

  Result<Operand> parse_operand(std::string_view where) {
    const Token first = next();
    Operand operand;
    operand.position = first.position;
    RETURN_IF_ERROR(count_node(first.position));
    RETURN_IF_ERROR(parse_term(first, operand, where));
    if (peek().kind == Kind::kField) {
      if (operand.kind == Operand::Kind::kConstant || operand.kind == Operand::Kind::kNil ||
          operand.kind == Operand::Kind::kDot) {
        return fail_at(peek().position, fmt::format("unexpected . after '{}'", first.text));
      }
      if (operand.kind == Operand::Kind::kFunction) return wrap_function(std::move(operand), first);
      while (peek().kind == Kind::kField) operand.names.emplace_back(next().text.substr(1));
    }
    operand.source = source_between(first, tokens_[at_ - 1]);
    return operand;
  }

  // now.Year: the function is called without arguments and the field asked of its result.
  Result<Operand> wrap_function(Operand function, const Token& first) {
    Operand chain;
    chain.kind = Operand::Kind::kChain;
    chain.position = function.position;
    function.source = first.text;
    Command command{function.position, function.source, {}};
    command.operands.push_back(std::move(function));
    chain.pipeline = std::make_unique<Pipeline>();
    chain.pipeline->position = chain.position;
    chain.pipeline->commands.push_back(std::move(command));
    while (peek().kind == Kind::kField) chain.names.emplace_back(next().text.substr(1));
    chain.source = source_between(first, tokens_[at_ - 1]);
    return chain;
  }

  Result<void> parse_term(const Token& token, Operand& operand, std::string_view where) {
    using Term = Operand::Kind;
    switch (token.kind) {
      case Kind::kDot: operand.kind = Term::kDot; return {};
      case Kind::kNil: operand.kind = Term::kNil; return {};
      case Kind::kField:
        operand.kind = Term::kField;
        operand.names.emplace_back(token.text.substr(1));
        return {};
      case Kind::kVariable:
        operand.kind = Term::kVariable;
        operand.names.emplace_back(token.text);
        return check_variable(operand.names.front(), token.position);
      case Kind::kIdentifier:
        operand.kind = Term::kFunction;
        operand.names.emplace_back(token.text);
        if (knows_function_(token.text)) return {};
        return fail_at(token.position, fmt::format("function '{}' is not defined", token.text));
      case Kind::kOpen: {
        operand.kind = Term::kChain;
        RETURN_IF_ERROR(go_deeper(token.position));
        ASSIGN_OR_RETURN(Pipeline inner, parse_pipeline("parentheses", Kind::kClose));
        --depth_;
        operand.pipeline = std::make_unique<Pipeline>(std::move(inner));
        return {};
      }
      case Kind::kBool:
      case Kind::kNumber:
      case Kind::kChar:
      case Kind::kString:
      case Kind::kRawString: return parse_constant(token, operand);
      default: return unexpected(token, where);
    }
  }

  Result<void> parse_constant(const Token& token, Operand& operand) {
    operand.kind = Operand::Kind::kConstant;
    if (token.kind == Kind::kBool) {
      operand.constant = Value(token.text == "true");
      return {};
    }
    if (token.kind == Kind::kString || token.kind == Kind::kRawString) {
      auto text = unquote(token.text);
      if (!text) return fail_at(token.position, text.error().message);
      operand.constant = Value(*std::move(text));
      return {};
    }
    auto number = parse_number(token.text);
    if (!number) {
      return fail_at(token.position, fmt::format("{}: {}", token.text, number.error().message));
    }
    operand.constant = *std::move(number);
    return {};
  }

  std::string name_;
  std::string_view text_;
  std::vector<Token> tokens_;
  bool (*knows_function_)(std::string_view);
  ParseLimits limits_;
  size_t at_ = 0;
  size_t nodes_ = 0;
  int depth_ = 0;
  int loops_ = 0;                       // {{range}}s that are open
  Position ended_at_;                   // of what ended the last list
  std::vector<std::string> variables_;  // that may be used here
  std::vector<std::shared_ptr<Tree>> trees_;
};

}  // namespace

Result<std::vector<std::shared_ptr<const Tree>>> parse_template(
    std::string_view name, std::string_view text, bool (*knows_function)(std::string_view),
    const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(Code::kResourceExhausted,
                fmt::format("{}: a template may have {} bytes", name, limits.max_bytes));
  }
  auto tokens = tokenize(text);
  if (!tokens) return invalid(fmt::format("{}:{}", name, tokens.error().message));
  return Parser(name, text, *std::move(tokens), knows_function, limits).run();
}

}  // namespace tocsin::gotemplate
