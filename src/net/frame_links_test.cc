#include "net/frame_links.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "net/listener.h"
#include "net/testing/raw_client.h"

namespace tocsin::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RawClient;
using LinkId = FrameLinks::LinkId;

constexpr auto kPatience = std::chrono::seconds(20);
constexpr const char* kGreeting = "test-frames/1\n";

std::string frame(std::string_view text) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(text.size() >> shift);
  return out + std::string(text);
}

// Notes what it hears; `echo` answers each frame with the same.
class Notes : public FrameLinks::Owner {
 public:
  void opened(LinkId link, const std::string&, const std::string& dialed) override {
    note("opened " + dialed);
    last_link = link;
    if (!hello.empty()) links->send(link, hello);
  }
  void received(LinkId link, std::string_view text) override {
    if (echo) links->send(link, "echo " + std::string(text));
    note("heard " + std::string(text.substr(0, 40)));
    if (reads_on) links->read_on(link);
  }
  void closed(LinkId link, const std::string&, const std::string&, const Error& why) override {
    note(std::string(link == 0 ? "stranger: " : "closed: ") + why.message);
  }
  void tick() override {}

  void note(std::string line) {
    const std::lock_guard lock(mutex);
    lines.push_back(std::move(line));
    changed.notify_all();
  }
  // The first line that holds the text, after the last one that was waited for.
  std::string wait_for(std::string_view text) {
    std::unique_lock lock(mutex);
    std::string found;
    changed.wait_for(lock, kPatience, [&] {
      for (; seen < lines.size(); ++seen) {
        if (lines[seen].contains(text)) {
          found = lines[seen++];
          return true;
        }
      }
      return false;
    });
    return found;
  }

  FrameLinks* links = nullptr;
  std::string hello;
  std::atomic<bool> echo = false, reads_on = true;
  LinkId last_link = 0;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  size_t seen = 0;
};

class FrameLinksTest : public ::testing::Test {
 protected:
  struct Side {
    Notes notes;
    std::unique_ptr<FrameLinks> links;
    std::string address;
    int port = 0;
    ~Side() {
      if (links) links->stop(Duration(0));
    }
  };
  void start(Side& side, FrameLinks::Options options = {}) {
    auto listener = Listener::bind("127.0.0.1:0").value();
    side.address = listener->address();
    side.port = listener->port();
    if (options.greeting.empty()) options.greeting = kGreeting;
    side.links = FrameLinks::make(std::move(listener), options, side.notes, log_);
    side.notes.links = side.links.get();
    side.links->start();
  }

  SystemClock clock_;
  Log log_{clock_, LogLevel::kError, LogFormat::kLogfmt};
  Side here_, there_;
};

TEST_F(FrameLinksTest, FramesGoBothWaysAndTheEndIsHeard) {
  there_.notes.echo = true;
  here_.notes.hello = std::string(300'000, 'x');
  start(here_);
  start(there_);
  here_.links->post([&] { here_.links->dial(there_.address, {}); });
  EXPECT_EQ(here_.notes.wait_for("opened"), "opened " + there_.address);
  EXPECT_EQ(there_.notes.wait_for("opened"), "opened ");
  EXPECT_THAT(here_.notes.wait_for("heard"), HasSubstr("echo xxxx"));
  there_.notes.echo = false;
  here_.links->post([&] {
    here_.links->send(here_.notes.last_link, "");
    here_.links->send(here_.notes.last_link, "last words");
    here_.links->close(here_.notes.last_link, {Code::kCancelled, "enough"});
  });
  EXPECT_EQ(here_.notes.wait_for("closed"), "closed: enough");
  EXPECT_EQ(there_.notes.wait_for("last words"), "heard last words");
  EXPECT_THAT(there_.notes.wait_for("closed"), HasSubstr("the other end closed"));
}

TEST_F(FrameLinksTest, AStrangerIsToldApart) {
  start(here_);
  RawClient browser(here_.port);
  browser.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(here_.notes.wait_for("stranger"),
              AllOf(HasSubstr("does not speak 'test-frames/1'"), HasSubstr("'GET / HTTP/1.1")));
  EXPECT_EQ(browser.read_to_end(), kGreeting);
  start(there_, {.greeting = "test-frames/2\n"});
  there_.links->post([&] { there_.links->dial(here_.address, {}); });
  EXPECT_THAT(here_.notes.wait_for("stranger"), HasSubstr("began with 'test-frames/2.'"));
  EXPECT_THAT(there_.notes.wait_for("stranger"), HasSubstr("began with 'test-frames/1.'"));
}

TEST_F(FrameLinksTest, AFrameThatIsTooLargeEndsItsLink) {
  start(here_, {.max_frame = 1000});
  RawClient client(here_.port);
  client.send(kGreeting + frame("well") + frame(std::string(1001, 'x')));
  EXPECT_EQ(here_.notes.wait_for("heard"), "heard well");
  EXPECT_EQ(here_.notes.wait_for("closed"),
            "closed: it announced a frame of 1001 bytes; 1000 is the limit");
}

TEST_F(FrameLinksTest, HalfAFrameOrHalfAGreetingIsNotWaitedForLong) {
  start(here_, {.timeout = std::chrono::milliseconds(50)});
  RawClient half(here_.port);
  half.send("test-fr");
  EXPECT_EQ(here_.notes.wait_for("stranger"), "stranger: the greeting took longer than 50ms");
  RawClient stuck(here_.port);
  stuck.send(kGreeting + frame("a whole one").substr(0, 9));
  EXPECT_EQ(here_.notes.wait_for("closed"), "closed: a frame took longer than 50ms");
  RawClient quiet(here_.port);
  quiet.send(kGreeting);
  here_.notes.wait_for("opened");
  quiet.send(frame("later"));
  EXPECT_EQ(here_.notes.wait_for("heard"), "heard later") << "silence between frames is fine";
}

TEST_F(FrameLinksTest, NothingMoreIsReadUntilTheOwnerIsDone) {
  here_.notes.reads_on = false;
  start(here_);
  RawClient client(here_.port);
  client.send(kGreeting + frame("one") + frame("two"));
  EXPECT_EQ(here_.notes.wait_for("heard"), "heard one");
  here_.links->post([&] {
    here_.notes.note("not yet");
    here_.links->read_on(here_.notes.last_link);
  });
  EXPECT_EQ(here_.notes.wait_for("not yet"), "not yet");
  EXPECT_EQ(here_.notes.wait_for("heard"), "heard two");
}

TEST_F(FrameLinksTest, WhoDoesNotReadIsGivenUp) {
  start(here_, {.max_unsent = 1 << 20});
  RawClient client(here_.port);
  client.send(kGreeting);
  here_.notes.wait_for("opened");
  here_.links->post([&] {
    for (int i = 0; i < 3; ++i) here_.links->send(here_.notes.last_link, std::string(500'000, 'x'));
  });
  EXPECT_THAT(here_.notes.wait_for("closed"), HasSubstr("does not take what it is sent"));
}

TEST_F(FrameLinksTest, ThereAreOnlySoMany) {
  start(here_, {.max_links = 2});
  RawClient one(here_.port), two(here_.port);
  one.send(kGreeting);
  two.send(kGreeting);
  here_.notes.wait_for("opened");
  here_.notes.wait_for("opened");
  RawClient three(here_.port);
  EXPECT_EQ(here_.notes.wait_for("stranger"), "stranger: there are 2 connections already");
  EXPECT_TRUE(three.is_closed_by_peer());
}

TEST_F(FrameLinksTest, ADialThatFailsSaysWhy) {
  start(here_);
  start(there_);
  const std::string gone = there_.address;
  there_.links->stop(Duration(0));
  here_.links->post([&] { here_.links->dial(gone, {}); });
  EXPECT_THAT(here_.notes.wait_for("stranger"), HasSubstr("refused"));
  here_.links->post([&] { here_.links->dial("nonsense", {}); });
  EXPECT_THAT(here_.notes.wait_for("stranger"), HasSubstr("'nonsense' is not an address"));
  here_.links->post([&] { here_.links->dial(here_.address, {"127.0.0.1"}); });
  EXPECT_THAT(here_.notes.wait_for("stranger"), HasSubstr("no other address"));
}

TEST_F(FrameLinksTest, TheEndSendsWhatIsLeft) {
  start(here_);
  RawClient client(here_.port);
  client.send(kGreeting);
  here_.notes.wait_for("opened");
  here_.links->post([&] { here_.links->send(here_.notes.last_link, "good night"); });
  here_.links->stop(kPatience);
  EXPECT_EQ(client.read_to_end(), kGreeting + frame("good night"));
}

}  // namespace
}  // namespace tocsin::net
