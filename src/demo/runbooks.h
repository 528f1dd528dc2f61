#pragma once

#include <string>
#include <string_view>

namespace tocsin::demo {

// The page behind a runbook link of the demo's catalog; empty for an unknown service.
std::string runbook_page(std::string_view service);

}  // namespace tocsin::demo
