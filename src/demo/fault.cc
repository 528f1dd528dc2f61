#include "demo/fault.h"

#include <fmt/format.h>

namespace tocsin::demo {

Result<Fault> parse_fault(std::string_view name) {
  std::string known;
  for (const FaultInfo& info : kFaults) {
    if (info.name == name) return info.fault;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", info.name);
  }
  return invalid(
      fmt::format("'{}' is not something that can be broken; choose one of {}", name, known));
}

}  // namespace tocsin::demo
