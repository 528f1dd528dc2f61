#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "codec/node.h"

namespace tocsin::codec {

// A word of somebody else's, fit for a message: at most 80 bytes, no control characters.
std::string shown(std::string_view word);
// "; did you mean 'payments'?", or nothing where no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

// What is wrong with a file, one entry for each thing to mend. `to_text` is a line for a person:
// "catalog/services.yaml:12:5: spec.team: 'paymnts' is not known; did you mean 'payments'?".
struct Problem {
  std::string file;
  Place place;
  std::string field;  // path such as spec.tiers[2].burn; empty for the document
  std::string message;
  std::string to_text() const;
};

class Problems {
 public:
  void add(Problem problem) { all_.push_back(std::move(problem)); }
  bool empty() const { return all_.empty(); }
  const std::vector<Problem>& all() const { return all_; }
  // One kInvalidArgument with a line for each problem (all of them), or nothing.
  Result<> as_result() const;

 private:
  std::vector<Problem> all_;
};

// Reads the fields of one mapping and says what is wrong with them. Each read notes the key as
// known; finish() reports every key that nobody asked for, with the nearest known one. A read that
// fails reports the problem and gives the fallback, so that one run finds all problems.
//
//   Fields f(document, "catalog/teams.yaml", problems);
//   team.name = f.text("name");
//   Fields spec = f.child("spec");
//   team.delay = spec.duration("delay", minutes(5));
//   spec.finish();
//   f.finish();
//
// A mapping that is not there reads as an empty one; where something else stands in its place that
// is one problem, and its fields are not asked for again. Texts with a NUL are refused, for the
// databases cannot hold them. Owned by one thread; the node must outlive it.
class Fields {
 public:
  Fields(const Node& node, std::string file, Problems& problems, std::string path = "");

  bool has(std::string_view key) const;  // there and not null; does not note the key

  // Required: a missing, null or empty one is a problem.
  std::string text(std::string_view key);
  // Optional: the fallback where the key is missing or null.
  std::string text(std::string_view key, std::string fallback);
  // Numbers are plain decimals, read whole and without quotes. No fallback: required.
  int64_t integer(std::string_view key, std::optional<int64_t> fallback, int64_t least,
                  int64_t most);
  double number(std::string_view key, std::optional<double> fallback, double least, double most);
  bool flag(std::string_view key, bool fallback);  // true or false, nothing else
  Duration duration(std::string_view key, std::optional<Duration> fallback,
                    Duration least = Duration(0), Duration most = std::chrono::days(3660));
  std::vector<std::string> texts(std::string_view key);  // empty if missing; a sequence
  std::map<std::string, std::string> text_map(std::string_view key);
  // One of `allowed`; the index. A problem names them all.
  size_t choice(std::string_view key, std::span<const std::string_view> allowed,
                std::optional<size_t> fallback);
  Secret secret(std::string_view key);  // optional; ${NAME} is expanded; never in a message

  Fields child(std::string_view key);                  // a mapping; an empty one if missing
  std::vector<Fields> children(std::string_view key);  // a sequence of mappings; empty if missing
  const Node* raw(std::string_view key);               // any shape; nullptr if missing

  // Reports a problem at a key (or at this mapping, with "").
  void problem(std::string_view key, std::string message);
  void finish();

  const Node& node() const { return *node_; }
  const std::string& path() const { return path_; }
  const std::string& file() const { return file_; }

 private:
  const Node* note(std::string_view key);  // the value, noted as known; nullptr: missing or null
  const Node* scalar(std::string_view key, std::string_view what);
  const Node* unquoted(std::string_view key, std::string_view what);
  void missing(std::string_view key);
  void report(const Node* at, std::string path, std::string message);
  std::string path_of(std::string_view key) const;
  bool check_text(const Node& node, const std::string& path);

  const Node* node_;
  std::string file_;
  Problems* problems_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
  Place place_;             // where a missing key is reported
  bool is_broken_ = false;  // not a mapping, and that was said
};

}  // namespace tocsin::codec
