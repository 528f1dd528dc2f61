#include "demo/runbooks.h"

#include <fmt/format.h>

#include <array>

namespace tocsin::demo {
namespace {

struct Runbook {
  std::string_view service, look, then;
};

constexpr std::array<Runbook, 4> kRunbooks = {{
    {"front",
     "Was there a deploy in the last hour? Does the home page fail, or only the checkout behind "
     "it?",
     "Roll the deploy back: <code>tocsin demo heal</code>."},
    {"checkout",
     "Does every order fail (503 at once: total outage), some (503 after 250 ms: no database "
     "connection) or does "
     "payment not answer (504 after 1 s)?",
     "In the demo all three are mended by <code>tocsin demo heal</code>."},
    {"payment", "Do charges take longer than a second?",
     "Restart the slow provider link: <code>tocsin demo heal</code>."},
    {"inventory", "Does <code>/stock</code> answer?", "Nothing of the demo breaks it."},
}};

}  // namespace

std::string runbook_page(std::string_view service) {
  for (const Runbook& book : kRunbooks) {
    if (book.service != service) continue;
    return fmt::format(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>Runbook: {0}</title><h1>Runbook: {0}</h1>"
        "<h2>Look first</h2><p>{1}</p><h2>Then</h2><p>{2}</p></html>",
        book.service, book.look, book.then);
  }
  return {};
}

}  // namespace tocsin::demo
