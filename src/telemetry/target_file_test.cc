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

TEST(TargetFiles, ATargetIsScrapedOnceHoweverOftenItIsNamed) {
  Folder folder;
  folder.write("a.json", R"([{"targets": ["a:80", "a:80"], "labels": {"zone": "eu"}},
                             {"targets": ["a:80"], "labels": {"zone": "us"}},
                             {"targets": ["a:80"], "labels": {"zone": "eu", "__meta_x": "1"}}])");
  folder.write("b.json", R"([{"targets": ["a:80"], "labels": {"zone": "eu", "empty": ""}},
                             {"targets": ["a:80"], "labels": {"zone": "eu", "__scheme__": "https"}}])");
  const ScrapeJob job{.job = "shop", .files = {folder.path / "*.json"}};
  std::vector<std::string> found;
  for (const ScrapeAddress& target : folder.files.targets_of(job, folder.log))
    found.push_back(target.url + " " + target.labels.at("zone"));
  EXPECT_THAT(found, ElementsAre("http://a:80/metrics eu", "http://a:80/metrics us",
                                 "https://a:80/metrics eu"));
}

TEST(TargetFiles, LeavesOutWhatCannotBeScraped) {
  Folder folder;
  folder.write("a.json", R"([{"targets": ["http://a:80/", "b:80"]},
                             {"targets": ["c:80"], "labels": {"__scheme__": "ftp"}}])");
  EXPECT_THAT(folder.addresses({.job = "shop", .files = {folder.path / "a.json"}}),
              ElementsAre("b:80"));
  EXPECT_THAT(folder.logged, HasSubstr("'http://a:80/' is not host:port"));
  EXPECT_THAT(folder.logged, HasSubstr("neither http nor https"));
}

TEST(ScrapeAddress, LabelsWithTwoUnderscoresSayWhereAndAreGone) {
  ScrapeJob job{.job = "shop", .path = "/federate?a=1", .labels = {{"__param_z", "job"}}};
  const auto plain =
      scrape_address(job, {"a:80", {{"__param_b", "x y&"}, {"__address__", "b:81"}}});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->url, "http://a:80/federate?a=1&b=x%20y%26&z=job");
  EXPECT_EQ(plain->labels,
            (std::map<std::string, std::string>{{"instance", "a:80"}, {"job", "shop"}}));
  const auto moved = scrape_address(
      job, {"a:80", {{"__metrics_path__", "x/m?"}, {"__scheme__", "https"}, {"instance", "one"}}});
  EXPECT_EQ(moved->url, "https://a:80/x/m%3F?z=job");
  EXPECT_EQ(moved->labels.at("instance"), "one");
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
