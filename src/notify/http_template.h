#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/fields.h"

namespace tocsin::notify {

// A text with places for values: "{{to}}". Nothing else is special, so that it can be checked when
// it is read and a value can never become anything but a value.
class Template {
 public:
  // How a value is written in its surroundings.
  enum class Escape {
    kNone,
    kJson,    // inside the quotes of a JSON string
    kUrl,     // percent-encoded: URLs and forms
    kHeader,  // without control characters
  };
  using Values = std::map<std::string, std::string, std::less<>>;

  Template() = default;
  // The name of a place must be one of `known`; the message of a failure says which are.
  static Result<Template> parse(std::string_view text, Escape escape,
                                std::span<const std::string> known);
  std::string render(const Values& values) const;

 private:
  struct Piece {
    std::string text;  // as it is, or the name of a value
    bool is_value = false;
  };
  std::vector<Piece> pieces_;
  Escape escape_ = Escape::kNone;
};

// A provider that is spoken to as tocsin.yaml says.
struct HttpTemplate {
  std::string method = "POST";
  Template url;
  std::vector<std::pair<std::string, Template>> headers;
  Template body;
  std::vector<int> ok_status;   // empty: 200 to 299
  std::string id_path;          // where the answer has the message's id: "messages.0.id"
  std::vector<Secret> secrets;  // what came from the environment; kept out of errors
};

// The names that places may have.
std::span<const std::string> template_names();

// `url, method, headers, body, ok_status, id_path`. `${NAME}` is replaced by the environment in all
// texts; the Content-Type decides how values are written: JSON (also where none is given), form, or
// as they are.
HttpTemplate read_http_template(codec::Fields fields);

// What stands at "messages.0.id" in a JSON text; empty when there is nothing of the kind.
std::string text_at(std::string_view json, std::string_view path);

}  // namespace tocsin::notify
