#include "telemetry/target_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"

namespace tocsin::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tocsin_targets_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) bug("no temporary directory");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  // Each write is a later change, however coarse the file system's clock is.
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path / name) << text;
    std::filesystem::last_write_time(
        path / name, std::filesystem::file_time_type(std::chrono::seconds(1'000'000 + ++writes)));
  }
  std::vector<std::string> addresses(const ScrapeJob& job) {
    std::vector<std::string> all;
    for (const ScrapeAddress& target : files.targets_of(job, log)) all.push_back(target.address);
    return all;
  }

  std::filesystem::path path;
  int writes = 0;
  ManualClock clock;
  std::string logged;
  Log log{clock, LogLevel::kDebug, LogFormat::kLogfmt,
          [this](LogLevel, std::string_view line) { logged += line; }};
  TargetFiles files;
};

TEST(TargetFiles, ReadsJsonAndYamlWithTheirLabels) {
  Folder folder;
  folder.write("a.json", R"([{"targets": ["a:80", "b:80"], "labels": {"zone": "eu"}}])");
  folder.write("b.yaml", "- targets: [c:80]\n");
  ScrapeJob job{.job = "shop",
                .targets = {"static:80"},
                .files = {folder.path / "a.json", folder.path / "b.yaml"},
                .labels = {{"zone", "us"}, {"tier", "1"}}};
  const auto targets = folder.files.targets_of(job, folder.log);
  ASSERT_EQ(targets.size(), 4U);
  EXPECT_EQ(targets[0].address, "static:80");
  EXPECT_EQ(targets[0].labels.at("zone"), "us");
  EXPECT_EQ(targets[1].labels.at("zone"), "eu");  // the file is nearer to the target
  EXPECT_EQ(targets[1].labels.at("tier"), "1");
  EXPECT_EQ(targets[3].address, "c:80");
}

TEST(TargetFiles, AWrongFileKeepsTheTargetsThatItHad) {
  Folder folder;
  folder.write("a.json", R"([{"targets": ["a:80"]}])");
  const ScrapeJob job{.job = "shop", .files = {folder.path / "a.json"}};
  EXPECT_THAT(folder.addresses(job), ElementsAre("a:80"));
  folder.write("a.json", R"([{"targets": ["a:80")");
  EXPECT_THAT(folder.addresses(job), ElementsAre("a:80"));
  EXPECT_THAT(folder.logged, HasSubstr("a.json"));
  folder.write("a.json", R"([{"targets": ["a:80"], "lables": {}}])");
  folder.logged.clear();
  EXPECT_THAT(folder.addresses(job), ElementsAre("a:80"));
  EXPECT_THAT(folder.logged, HasSubstr("lables"));
  std::filesystem::remove(folder.path / "a.json");
  EXPECT_THAT(folder.addresses(job), ElementsAre());
}

TEST(TargetFiles, SeesWhatAppearsChangesAndGoes) {
  Folder folder;
  const std::vector<ScrapeJob> jobs{{.job = "shop", .files = {folder.path / "*.yaml"}}};
  EXPECT_FALSE(folder.files.has_changed(jobs));
  folder.write("a.yaml", "- targets: [a:80]\n");
  EXPECT_TRUE(folder.files.has_changed(jobs));
  EXPECT_FALSE(folder.files.has_changed(jobs));
  EXPECT_THAT(folder.addresses(jobs[0]), ElementsAre("a:80"));
  folder.write("a.yaml", "- targets: [a:80, b:80]\n");
  EXPECT_TRUE(folder.files.has_changed(jobs));
  folder.write("b.yaml", "- targets: [c:80]\n");
  EXPECT_TRUE(folder.files.has_changed(jobs));
  EXPECT_THAT(folder.addresses(jobs[0]), ElementsAre("a:80", "b:80", "c:80"));
  std::filesystem::remove(folder.path / "a.yaml");
  EXPECT_TRUE(folder.files.has_changed(jobs));
  EXPECT_THAT(folder.addresses(jobs[0]), ElementsAre("c:80"));
}

}  // namespace
}  // namespace tocsin::telemetry
