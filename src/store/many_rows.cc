#include "store/many_rows.h"

#include <fmt/format.h>

#include <iterator>

namespace tocsin::store {

ManyRows::ManyRows(std::string_view head, size_t columns) : columns_(columns) {
  for (size_t size = 0; size < kSizes.size(); ++size) {
    std::string& text = texts_[size];
    text = head;
    for (size_t number = 0; number < kSizes[size] * columns; ++number) {
      const bool begins = number % columns == 0;
      if (number > 0) text += begins ? "), " : ", ";
      fmt::format_to(std::back_inserter(text), "{}${}", begins ? "(" : "", number + 1);
    }
    text += ')';
  }
}

Result<> ManyRows::exec(Session& session, std::span<const Value> values) const {
  if (values.size() % columns_ != 0) {
    bug(fmt::format("{} values for rows of {}", values.size(), columns_));
  }
  for (size_t size = 0; size < kSizes.size(); ++size) {
    const size_t count = kSizes[size] * columns_;
    for (; values.size() >= count; values = values.subspan(count)) {
      RETURN_IF_ERROR(session.exec(texts_[size], values.first(count)));
    }
  }
  return {};
}

}  // namespace tocsin::store
