#include "gotemplate/amtool_testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "gotemplate/functions.h"

namespace tocsin::gotemplate::testing {
namespace {

constexpr std::string_view kEnd = "\n@@ end of a text @@\n";

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

bool Amtool::is_installed() {
  return ::system("amtool --version >/dev/null 2>&1") == 0;  // NOLINT: a fixed command
}

Amtool::Amtool() {
  std::string pattern = ::testing::TempDir() + "amtool-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) bug("no temporary folder");
  folder_ = pattern;
}

Amtool::~Amtool() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::optional<std::string> Amtool::run(const std::string& file, Mode mode,
                                       std::string_view beside) {
  write(folder_ + "/texts.tmpl", file);
  const std::string command = fmt::format(
      "amtool template render --template.glob='{0}/texts.tmpl' {1} --template.data='{0}/data.json' "
      "--template.type={2} --template.text='{{{{ template \"all of them\" . }}}}' 2>/dev/null",
      folder_, beside.empty() ? "" : fmt::format("--template.glob='{}'", beside),
      mode == Mode::kHtml ? "html" : "text");
  FILE* const pipe = ::popen(command.c_str(), "r");  // NOLINT: paths of our own
  if (pipe == nullptr) bug("amtool could not be started");
  std::string out;
  char buffer[4096];
  for (size_t got = 0; (got = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    out.append(buffer, got);
  if (::pclose(pipe) != 0) return std::nullopt;
  return out;
}

void Amtool::render_range(const std::vector<std::string>& texts, size_t from, size_t to, Mode mode,
                          std::string_view beside, std::vector<std::optional<std::string>>& out) {
  if (from == to) return;
  std::string definitions, calls;
  for (size_t i = from; i < to; ++i) {
    // Blanks at the ends of a definition are kept by the comments around it.
    definitions += fmt::format("{{{{ define \"text {}\" }}}}{}{{{{ end }}}}\n", i, texts[i]);
    calls += fmt::format("{{{{ template \"text {}\" . }}}}{}", i, kEnd);
  }
  const auto answer =
      run(definitions + "{{ define \"all of them\" }}" + calls + "{{ end }}", mode, beside);
  if (!answer) {
    if (to - from == 1) return;
    const size_t middle = from + (to - from) / 2;
    render_range(texts, from, middle, mode, beside, out);
    render_range(texts, middle, to, mode, beside, out);
    return;
  }
  size_t at = 0;
  for (size_t i = from; i < to; ++i) {
    const size_t end = answer->find(kEnd, at);
    if (end == std::string::npos) bug("amtool's answer is cut off");
    out[i] = answer->substr(at, end - at);
    at = end + kEnd.size();
  }
}

std::vector<std::optional<std::string>> Amtool::render(const std::vector<std::string>& texts,
                                                       const NotificationFacts& facts, Mode mode,
                                                       std::string_view beside) {
  write(folder_ + "/data.json", json_text(to_value(facts)));
  std::vector<std::optional<std::string>> out(texts.size());
  constexpr size_t kAtOnce = 200;
  for (size_t from = 0; from < texts.size(); from += kAtOnce) {
    render_range(texts, from, std::min(texts.size(), from + kAtOnce), mode, beside, out);
  }
  return out;
}

}  // namespace tocsin::gotemplate::testing
