#include "net/listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "base/clock.h"

namespace tocsin::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPatience = std::chrono::seconds(20);

// A connection that waits in the backlog until somebody takes it.
Fd connect_to(int port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket;
}

// Lets this process open no descriptor above those that it has, but `more`.
class FewFiles {
 public:
  explicit FewFiles(int more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const Fd next(::dup(0));  // the lowest that is free: there are no holes below
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next.get() + more);
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;

 private:
  rlimit before_{};
};

class ListenerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto bound = Listener::bind("127.0.0.1:0", &log_);
    ASSERT_TRUE(bound) << bound.error().message;
    listener_ = *std::move(bound);
  }
  void TearDown() override { listener_->stop(); }
  void accept_into_taken() {
    listener_->start([this](Fd socket, const std::string&) {
      const std::lock_guard lock(mutex_);
      taken_.push_back(std::move(socket));
      ++count_;
      changed_.notify_all();
    });
  }
  template <class F>
  bool wait_until(F f) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, f);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Fd> taken_;
  size_t count_ = 0;
  std::vector<std::string> lines_;
  SystemClock clock_;
  Log log_{clock_, LogLevel::kInfo, LogFormat::kLogfmt, [this](LogLevel, std::string_view line) {
             const std::lock_guard lock(mutex_);
             lines_.emplace_back(line);
             changed_.notify_all();
           }};
  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, ConnectionsWaitWhileDescriptorsAreUsedUpAndAreTakenAfterwards) {
  std::vector<Fd> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(connect_to(listener_->port()));
  size_t taken_at_first = 0;
  std::vector<std::string> lines;
  {
    // Looked at afterwards: the sanitizer wants descriptors of its own to check a matcher.
    const FewFiles few(10);
    accept_into_taken();
    ASSERT_TRUE(wait_until([&] { return !lines_.empty(); }));
    {
      const std::lock_guard lock(mutex_);
      taken_at_first = count_;
      lines = lines_;
    }
    // As connections end, others take their places.
    ASSERT_TRUE(wait_until([&] {
      taken_.clear();
      return count_ == clients.size();
    }));
  }
  EXPECT_GT(taken_at_first, 0U);
  EXPECT_LT(taken_at_first, clients.size());
  EXPECT_THAT(lines, ElementsAre(HasSubstr("raise the limit of open files")));
  const Fd late = connect_to(listener_->port());
  EXPECT_TRUE(wait_until([&] { return count_ == clients.size() + 1; }));
}

TEST_F(ListenerTest, ConnectionsThatWereResetBeforeTheyWereTakenDoNoHarm) {
  for (int i = 0; i < 20; ++i) {
    const Fd client = connect_to(listener_->port());
    const linger at_once{.l_onoff = 1, .l_linger = 0};  // close sends a reset
    setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  const Fd alive = connect_to(listener_->port());
  ASSERT_EQ(::send(alive.get(), "x", 1, 0), 1);
  accept_into_taken();
  EXPECT_TRUE(wait_until([&] {
    char byte = 0;
    return !taken_.empty() && ::recv(taken_.back().get(), &byte, 1, MSG_DONTWAIT) == 1;
  }));
}

TEST_F(ListenerTest, AConnectionThatCannotBeHandledCostsOnlyItself) {
  listener_->start([this](Fd socket, const std::string&) {
    const std::lock_guard lock(mutex_);
    if (++count_ == 1) throw std::runtime_error("no room");
    taken_.push_back(std::move(socket));
    changed_.notify_all();
  });
  const Fd first = connect_to(listener_->port());
  const Fd second = connect_to(listener_->port());
  EXPECT_TRUE(wait_until([&] { return taken_.size() == 1; }));
  const std::lock_guard lock(mutex_);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("no room")));
}

}  // namespace
}  // namespace tocsin::net
