#include "server/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tocsin::server {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("tocsin-config-") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Config load(const std::string& text) {
    const std::string path = (folder_ / "tocsin.yaml").string();
    std::ofstream(path) << text;
    problems_ = {};
    return load_config(path, problems_);
  }
  std::string problem() const {
    const auto result = problems_.as_result();
    return result ? std::string() : result.error().message;
  }
  std::filesystem::path folder_;
  codec::Problems problems_;
};

TEST_F(ConfigTest, AnEmptyFileIsValidAndEverythingHasADefault) {
  const Config config = load("");
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(config.http.listen, "127.0.0.1:9110");
  EXPECT_EQ(config.database, "sqlite:" + (folder_ / "var/tocsin.db").string());
  EXPECT_TRUE(config.is_default_catalog);
}

TEST_F(ConfigTest, PathsCountFromTheFile) {
  const Config config = load("data: state\ndatabase: sqlite:db/x.db\ncatalog: /etc/catalog\n");
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(config.data, (folder_ / "state").string());
  EXPECT_EQ(config.database, "sqlite:" + (folder_ / "db/x.db").string());
  EXPECT_EQ(config.catalog, "/etc/catalog");
  const Config scraping =
      load("telemetry: {scrape: [{job: a, files: [t.json], tls: {ca: ca.pem}}]}\n");
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(scraping.sources.scrape[0].files[0], (folder_ / "t.json").string());
  EXPECT_EQ(scraping.sources.scrape[0].auth.ca_file, (folder_ / "ca.pem").string());
}

TEST_F(ConfigTest, UnknownKeysNameTheNearest) {
  load("listne: 127.0.0.1:1\n");
  EXPECT_NE(problem().find("tocsin.yaml:1"), std::string::npos) << problem();
  EXPECT_NE(problem().find("listen"), std::string::npos) << problem();
}

TEST_F(ConfigTest, EachBadFieldIsNamed) {
  for (const auto& [text, word] : std::initializer_list<std::pair<const char*, const char*>>{
           {"listen: localhost\n", "listen"},
           {"database: mysql://x\n", "database"},
           {"external_url: tocsin.example\n", "external_url"},
           {"log: {level: loud}\n", "log.level"},
           {"telemetry: {scrape: [{job: a, targets: ['http://x']}]}\n", "host:port"},
           {"telemetry: {scrape: [{job: a, interval: 5s, timeout: 6s, targets: ['x:1']}]}\n",
            "timeout"},
           {"telemetry: {query: [{name: p, url: 'prometheus:9090'}]}\n", "http://"},
           {"database: postgresql://u:${TOCSIN_NOT_SET}@h/d\n", "TOCSIN_NOT_SET"},
           {"incident: {resolved_after: soon}\n", "incident.resolved_after"}}) {
    load(text);
    EXPECT_NE(problem().find(word), std::string::npos) << text << " gives: " << problem();
  }
}

TEST_F(ConfigTest, TheCanaryIsOnAndItsPingIsChecked) {
  EXPECT_TRUE(load("").canary.is_on);
  const Config config = load("canary: {ping: https://ping.example.org/x, every: 10s}\n");
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(config.canary.ping.reveal(), "https://ping.example.org/x");
  EXPECT_EQ(config.canary.every, seconds(10));
  EXPECT_FALSE(load("canary: {enabled: false}\n").canary.is_on);
  load("canary: {enabled: false, ping: https://ping.example.org/x}\n");
  EXPECT_NE(problem().find("never be called"), std::string::npos) << problem();
  load("canary: {ping: ping.example.org}\n");
  EXPECT_NE(problem().find("must begin with https://"), std::string::npos) << problem();
  load("canary: {enabled: false, team: platform}\n");
  EXPECT_NE(problem().find("no canary to answer for"), std::string::npos) << problem();
  load("canary: {every: 1s}\n");
  EXPECT_NE(problem().find("canary.every"), std::string::npos) << problem();
}

TEST_F(ConfigTest, AMissingFileIsAProblem) {
  codec::Problems problems;
  load_config((folder_ / "none.yaml").string(), problems);
  EXPECT_FALSE(problems.empty());
}

}  // namespace
}  // namespace tocsin::server
