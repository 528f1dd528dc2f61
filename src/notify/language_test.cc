#include "notify/language.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin::notify {
namespace {

TEST(Language, OfATag) {
  for (const char* tag : {"de", "DE", "de-AT", "de_CH"}) EXPECT_EQ(language_of_tag(tag), "de");
  for (const char* tag : {"", "en", "en-GB", "fr", "deu", "den", "-de"}) {
    EXPECT_EQ(language_of_tag(tag), "en") << tag;
  }
}

TEST(Language, OfABrowser) {
  for (const char* header :
       {"de", "de-DE,de;q=0.9,en;q=0.8", "fr, de;q=0.5", "en;q=0.3 , DE-ch ; q=0.7", "de,en",
        "en;q=0,de;q=0.001", "*;q=0.1,de;q=0.2", "en;q=x,de;q=0.1"}) {
    EXPECT_EQ(language_of_browser(header), "de") << header;
  }
  for (const char* header : {"", "en", "en,de", "fr", "de;q=0", "de;q=0.8,en;q=0.9", "*,de;q=0.9",
                             "de;q=", "de;q=7", ",;,=;q", "de;q=nan"}) {
    EXPECT_EQ(language_of_browser(header), "en") << header;
  }
  EXPECT_EQ(language_of_browser(std::string(10'000, ',')), "en");
}

}  // namespace
}  // namespace tocsin::notify
