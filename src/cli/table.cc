#include "cli/table.h"

#include <algorithm>

namespace tocsin::cli {
namespace {

// Characters on the screen: UTF-8 continuation bytes take no place.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string print_table(const std::vector<std::string>& heading,
                        const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return {};
  std::vector<size_t> widths;
  for (const std::string& cell : heading) widths.push_back(width_of(cell));
  for (const auto& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  const auto print = [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < widths.size(); ++i) {
      out += row[i];
      // Nothing after the last column, so that lines do not end in spaces.
      if (i + 1 < widths.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  };
  print(heading);
  for (const auto& row : rows) print(row);
  return out;
}

}  // namespace tocsin::cli
