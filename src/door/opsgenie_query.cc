#include "door/opsgenie_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace tocsin::door {
namespace {

constexpr size_t kLongestQuery = 1000;  // bytes
constexpr int kDeepest = 20;
constexpr size_t kMostOnAPage = 100;

// With the spellings that clients use.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kFields = {
    {{"message", "message"},
     {"description", "description"},
     {"alias", "alias"},
     {"entity", "entity"},
     {"source", "source"},
     {"status", "status"},
     {"priority", "priority"},
     {"acknowledged", "acknowledged"},
     {"snoozed", "snoozed"},
     {"isseen", "isSeen"},
     {"seen", "isSeen"},
     {"owner", "owner"},
     {"tag", "tags"},
     {"tags", "tags"},
     {"actions", "actions"},
     {"responders", "responders"},
     {"teams", "responders"},
     {"team", "responders"},
     {"count", "count"},
     {"integration", "integration"},
     {"integration.name", "integration"},
     {"createdat", "createdAt"},
     {"updatedat", "updatedAt"},
     {"lastoccurredat", "lastOccurredAt"},
     {"snoozeduntil", "snoozedUntil"}}};
constexpr std::array<std::string_view, 4> kTimes = {"createdAt", "updatedAt", "lastOccurredAt",
                                                    "snoozedUntil"};
constexpr std::array<std::string_view, 16> kSorts = {
    "createdAt", "updatedAt", "lastOccurredAt",   "snoozedUntil",
    "alias",     "message",   "status",           "acknowledged",
    "isSeen",    "snoozed",   "integration.name", "source",
    "owner",     "count",     "priority",         "entity"};

bool is_time(std::string_view field) { return std::ranges::find(kTimes, field) != kTimes.end(); }

std::optional<Time> time_in(std::string_view field, const OpsgenieItem& item) {
  if (field == "createdAt") return item.alert->starts;
  if (field != "snoozedUntil") return item.alert->updated;
  if (!item.mark.snoozed || !item.mark.is_snoozed(item.now)) return std::nullopt;
  return item.mark.snoozed->until;
}

std::string flag(bool is_set) { return is_set ? "true" : "false"; }

// In lower case.
std::vector<std::string> texts_in(std::string_view field, const OpsgenieItem& item) {
  const auto& words = item.alert->annotations;
  const auto list = [&](std::string_view name) {
    std::vector<std::string> out;
    for (const std::string_view one : split(words.get(name), ',')) {
      out.push_back(to_lower(trim(one)));
    }
    return out;
  };
  if (field == "tags" || field == "actions") return list(field);
  if (field == "responders") {
    auto out = list(field);  // "team:ops" is found by "ops", too
    for (size_t i = 0, n = out.size(); i < n; ++i) {
      if (const size_t colon = out[i].find(':'); colon != std::string::npos) {
        out.push_back(out[i].substr(colon + 1));
      }
    }
    return out;
  }
  std::string text;
  if (field == "message") text = words.get("summary");
  if (field == "description" || field == "priority") text = words.get(field);
  if (field == "source") text = words.get("sender");
  if (field == "alias") text = item.alert->labels.get(kKeyLabel);
  if (field == "entity") text = item.alert->labels.get("entity");
  if (field == "integration") text = item.alert->labels.get(kIntegrationLabel);
  if (field == "status") text = item.alert->is_resolved(item.now) ? "closed" : "open";
  if (field == "acknowledged" || field == "isSeen") {
    text = flag(item.mark.acknowledged.has_value());
  }
  if (field == "snoozed") text = flag(item.mark.is_snoozed(item.now));
  if (field == "owner") text = opsgenie_owner(item.mark);
  if (field == "count") text = "1";
  if (field.starts_with("details.")) {
    const std::string_view name = field.substr(8);
    text = item.alert->annotations.get(name);
    if (text.empty()) text = item.alert->labels.get(name);
  }
  return {to_lower(text)};
}

bool fits(std::string_view text, std::string_view pattern, bool may_be_part) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return may_be_part ? text.find(pattern) != std::string_view::npos : text == pattern;
}

std::optional<Time> read_time(const std::string& text) {
  codec::Node node;
  node.kind = codec::Node::Kind::kScalar;
  node.scalar = text;
  return time_of(&node);
}

}  // namespace

// any := all (OR all)*; all := one ((AND)? one)*; one := NOT one | (any) | FIELD OP value | word
class OpsgenieQuery::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Term> all_of_it() {
    skip();
    if (at_end()) return Term{};
    ASSIGN_OR_RETURN(Term term, any("", Op::kHas));
    if (!at_end()) return invalid(fmt::format("there is a ')' too much at {}", at_ + 1));
    return term;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  void skip() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool ends_word(char c) {
    return is_space(c) || std::string_view("():=<>\"").find(c) != std::string_view::npos;
  }
  // The next word if it is this one, which is then read.
  bool take_word(std::string_view word) {
    skip();
    const std::string_view next = text_.substr(at_, word.size());
    if (!equal_ignoring_case(next, word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && !ends_word(text_[end])) return false;
    at_ = end;
    return true;
  }
  bool take(char c) {
    skip();
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<Term> any(const std::string& field, Op op) {
    if (++depth_ > kDeepest) return invalid("it has too many parentheses");
    Term out{.kind = Term::Kind::kAny};
    do {
      ASSIGN_OR_RETURN(Term part, all(field, op));
      out.parts.push_back(std::move(part));
    } while (take_word("OR"));
    --depth_;
    return out;
  }
  Result<Term> all(const std::string& field, Op op) {
    Term out{.kind = Term::Kind::kAll};
    while (true) {
      ASSIGN_OR_RETURN(Term part, one(field, op));
      out.parts.push_back(std::move(part));
      if (take_word("AND")) continue;
      skip();
      if (at_end() || text_[at_] == ')') return out;
      const size_t here = at_;
      if (take_word("OR")) {
        at_ = here;
        return out;
      }
    }
  }
  Result<Term> one(const std::string& field, Op op) {
    int negations = 0;
    while (take_word("NOT")) ++negations;
    ASSIGN_OR_RETURN(Term out, plain(field, op));
    if (negations % 2 == 0) return out;
    Term negated{.kind = Term::Kind::kNot};
    negated.parts.push_back(std::move(out));
    return negated;
  }
  Result<Term> plain(const std::string& field, Op op) {
    if (take('(')) {
      ASSIGN_OR_RETURN(Term inner, any(field, op));
      if (!take(')')) return invalid("a '(' is not closed");
      return inner;
    }
    skip();
    const bool is_quoted = !at_end() && text_[at_] == '"';
    ASSIGN_OR_RETURN(std::string word, value());
    if (!is_quoted && field.empty()) {
      if (const auto found = op_here()) {
        ASSIGN_OR_RETURN(const std::string known, field_of(word));
        return behind(known, *found);
      }
    }
    return term_of(field, op, std::move(word));
  }
  Result<Term> behind(const std::string& field, Op op) {
    skip();
    if (at_end() || text_[at_] != '(') {
      ASSIGN_OR_RETURN(std::string word, value());
      return term_of(field, op, std::move(word));
    }
    return plain(field, op);
  }
  std::optional<Op> op_here() {
    const bool has_colon = take(':');
    const bool is_more = take('>');
    const bool is_less = !is_more && take('<');
    const bool is_same = take('=');
    if (is_more) return is_same ? Op::kMoreOrSame : Op::kMore;
    if (is_less) return is_same ? Op::kLessOrSame : Op::kLess;
    if (is_same) return Op::kIs;
    return has_colon ? std::optional(Op::kHas) : std::nullopt;
  }
  Result<std::string> value() {
    skip();
    if (at_end()) return invalid("it ends where a value should stand");
    if (take('"')) {
      const size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return invalid("a '\"' is not closed");
      std::string out(text_.substr(at_, end - at_));
      at_ = end + 1;
      return out;
    }
    const size_t begin = at_;
    // A time has colons of its own.
    const auto is_in_time = [&] {
      return text_[at_] == ':' && at_ > begin && at_ + 1 < text_.size() && text_[begin] >= '0' &&
             text_[begin] <= '9' && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9';
    };
    while (!at_end() && (!ends_word(text_[at_]) || is_in_time())) ++at_;
    if (at_ == begin) {
      return invalid(fmt::format("'{}' at {} is not expected", text_[at_], at_ + 1));
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  static Result<std::string> field_of(const std::string& word) {
    if (to_lower(word).starts_with("details.")) return "details." + word.substr(8);
    const auto found = std::ranges::find(kFields, to_lower(word),
                                         &std::pair<std::string_view, std::string_view>::first);
    if (found != kFields.end()) return std::string(found->second);
    return invalid(fmt::format("'{}' is no field that can be searched here", word));
  }
  static Result<Term> term_of(const std::string& field, Op op, std::string value) {
    Term out{
        .kind = Term::Kind::kField, .parts = {}, .field = field, .op = op, .value = {}, .time = {}};
    const bool compares = op != Op::kHas && op != Op::kIs;
    if (is_time(field)) {
      const auto time = read_time(value);
      if (!time) {
        return invalid(
            fmt::format("'{}' is no time; write milliseconds since 1970 or RFC 3339", value));
      }
      out.time = *time;
    } else if (compares && field != "count") {
      return invalid(fmt::format("{} can not be less or more than something", field));
    }
    out.value = to_lower(value);
    return out;
  }

  const std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

Result<OpsgenieQuery> OpsgenieQuery::parse(std::string_view text) {
  if (text.size() > kLongestQuery) {
    return invalid(fmt::format("it is longer than {} characters", kLongestQuery));
  }
  OpsgenieQuery out;
  ASSIGN_OR_RETURN(out.root_, Parser(text).all_of_it());
  return out;
}

bool OpsgenieQuery::holds(const Term& term, const OpsgenieItem& item) {
  const auto part_holds = [&](const Term& part) { return holds(part, item); };
  switch (term.kind) {
    case Term::Kind::kAll: return std::ranges::all_of(term.parts, part_holds);
    case Term::Kind::kAny: return std::ranges::any_of(term.parts, part_holds);
    case Term::Kind::kNot: return !holds(term.parts.front(), item);
    case Term::Kind::kField: return field_holds(term, item);
  }
  bug("unknown kind of a term");
}

bool OpsgenieQuery::field_holds(const Term& term, const OpsgenieItem& item) {
  const auto compare = [&](auto a, auto b) {
    switch (term.op) {
      case Op::kLess: return a < b;
      case Op::kLessOrSame: return a <= b;
      case Op::kMore: return a > b;
      case Op::kMoreOrSame: return a >= b;
      case Op::kHas:
      case Op::kIs: return a == b;
    }
    bug("unknown comparison");
  };
  if (is_time(term.field)) {
    const auto time = time_in(term.field, item);
    return time && compare(*time, term.time);
  }
  if (term.field == "count") {
    double count = 0;
    const char* end = term.value.data() + term.value.size();
    const auto [at, error] = std::from_chars(term.value.data(), end, count);
    return error == std::errc() && at == end && compare(1.0, count);
  }
  const auto has = [&](std::string_view field, bool may_be_part) {
    return std::ranges::any_of(texts_in(field, item), [&](const std::string& text) {
      return fits(text, term.value, may_be_part);
    });
  };
  if (term.field.empty()) {
    return has("message", true) || has("description", true) || has("alias", true) ||
           has("tags", false) || has("entity", true);
  }
  const bool is_prose = term.field == "message" || term.field == "description";
  return has(term.field, is_prose && term.op == Op::kHas);
}

// --- pages

std::expected<OpsgeniePage, OpsgenieErrors> read_opsgenie_page(
    const std::vector<std::pair<std::string, std::string>>& parameters) {
  OpsgeniePage page;
  OpsgenieErrors errors;
  const auto number = [&](const std::string& name, const std::string& text, size_t least,
                          size_t most) -> size_t {
    size_t read = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, read);
    if (error == std::errc() && at == end && read >= least && read <= most) return read;
    errors[name] = fmt::format("Must be a number from {} to {}.", least, most);
    return least;
  };
  for (const auto& [name, value] : parameters) {
    if (name == "query") page.query = value;
    if (name == "sort") page.sort = value;
    if (name == "offset") page.offset = number(name, value, 0, 1'000'000);
    if (name == "limit") page.limit = number(name, value, 1, kMostOnAPage);
    if (name == "order") {
      page.is_descending = value == "desc";
      if (value != "asc" && value != "desc") errors[name] = "Must be asc or desc.";
    }
    if (name == "searchIdentifier") errors[name] = "There are no saved searches here; use query.";
  }
  if (std::ranges::find(kSorts, page.sort) == kSorts.end()) {
    errors["sort"] = fmt::format("Must be one of {}.", fmt::join(kSorts, ", "));
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return page;
}

void sort_opsgenie(std::vector<OpsgenieItem>& items, const OpsgeniePage& page) {
  const std::string_view field =
      page.sort == "integration.name" ? std::string_view("integration") : page.sort;
  struct Place {
    Time time;
    std::string text;
    uint64_t fingerprint;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<std::pair<Place, OpsgenieItem>> placed;
  placed.reserve(items.size());
  for (OpsgenieItem& item : items) {
    Place place{{}, {}, item.alert->fingerprint()};
    if (is_time(field)) {
      place.time = time_in(field, item).value_or(Time::min());
    } else {
      place.text = texts_in(field, item).front();
    }
    placed.emplace_back(std::move(place), std::move(item));
  }
  std::ranges::sort(placed, [&](const auto& a, const auto& b) {
    return page.is_descending ? b.first < a.first : a.first < b.first;
  });
  items.clear();
  for (auto& [_, item] : placed) items.push_back(std::move(item));
}

std::string opsgenie_page_link(const OpsgeniePage& page, size_t offset) {
  return fmt::format("?query={}&offset={}&limit={}&sort={}&order={}", url_encode(page.query),
                     offset, page.limit, page.sort, page.is_descending ? "desc" : "asc");
}

}  // namespace tocsin::door
