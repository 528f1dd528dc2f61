#pragma once

#include <string>
#include <vector>

namespace tocsin::cli {

// Left-aligned columns, two spaces apart; the heading is left out when there are no rows.
std::string print_table(const std::vector<std::string>& heading,
                        const std::vector<std::vector<std::string>>& rows);

}  // namespace tocsin::cli
