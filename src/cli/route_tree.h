#pragma once

#include <memory>
#include <string>
#include <vector>

#include "routing/alertmanager_config.h"
#include "routing/route_walk.h"

namespace tocsin::cli {

struct AlertmanagerFlags {
  std::string file;
  std::string matchers = "fallback";  // classic, utf8 or fallback
};

routing::MatcherSyntax syntax_of(const AlertmanagerFlags& flags);

// The file's configuration, or all its problems as one error.
Result<std::shared_ptr<const routing::AlertmanagerConfig>> load(const AlertmanagerFlags& flags);

// What `tocsin check` prints: the warnings and what was found.
std::string describe(const routing::AlertmanagerConfig& config);

// The tree, one line a route: matchers, receiver, and what it says otherwise than its parent. Of a
// walk, those that are taken have a mark in front, the others say why they are not.
std::string route_tree(const routing::Route& root);
std::string route_tree(const routing::WalkedRoute& root);

// "team=a" and "team=\"a\"" words as labels; kInvalidArgument names the wrong one.
Result<routing::Labels> parse_labels(const std::vector<std::string>& words);

// What happens to an alert with these labels: the tree with marks, then for each route the group
// and by what it is told, then the receivers on one line.
std::string route_test(const routing::AlertmanagerConfig& config, const routing::Labels& labels);

}  // namespace tocsin::cli
