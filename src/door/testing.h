#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "alert/testing.h"
#include "base/text.h"
#include "door/door_api.h"
#include "engine/testing.h"

// For tests only: the doors over a fresh database, with two tokens that are known.
namespace tocsin::door::testing {

// Knows "tocsin_prometheus" and "tocsin_checkout", which are tokens of these names.
class FakeGate final : public access::Gate {
 public:
  Result<access::Caller> require(const net::Request& request, access::Role) override {
    const auto header = request.headers.get("Authorization").value_or("");
    for (const std::string name : {"prometheus", "checkout"}) {
      if (header == "Bearer tocsin_" + name) {
        return access::Caller{{"token", name}, access::Role::kResponder, ""};
      }
    }
    return fail(Code::kUnauthenticated, "sign in");
  }
};

inline codec::Node parsed(std::string_view text) {
  auto node = codec::parse_json(text);
  if (!node) throw std::runtime_error(node.error().message);
  return *std::move(node);
}

inline std::map<std::string, std::string> to_map(const routing::Labels& labels) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : labels) out.emplace(name, value);
  return out;
}

// All parts; restart() as after a crash.
class DoorTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
    open();
  }
  void TearDown() override {
    if (t_) t_->engine().stop(Duration(0));
    close();
  }
  virtual void open() {
    book_.emplace(alert::PostedBook::Parts{t_->engine(), t_->clock(), t_->log(), t_->metrics()},
                  alert::PostedBook::Limits{});
    ASSERT_TRUE(book_->load(t_->reader()));
    marks_.emplace(t_->engine(), *book_, t_->clock());
    ASSERT_TRUE(marks_->load(t_->reader()));
    desk_.emplace(DoorDesk::Parts{t_->engine(), *book_, t_->clock(), &*marks_});
    desk_->load();
    entrance_.emplace(gate_, t_->clock(), [this] { return catalog_; }, requests_);
    router_.emplace();
    add_routes({*entrance_, t_->engine(), *desk_, t_->clock(), t_->rng()});
  }
  virtual void add_routes(DoorApiParts) {}
  virtual void close() {
    router_.reset();
    entrance_.reset();
    desk_.reset();
    marks_.reset();
    book_.reset();
  }
  void restart() {
    t_->engine().stop(Duration(0));
    close();
    t_->restart();
    open();
  }

  net::Response call(std::string method, std::string target, std::string body = "",
                     std::string authorization = "") {
    net::Request request;
    request.method = std::move(method);
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) {
      const std::string query = target.substr(question + 1);
      for (const std::string_view pair : split(query, '&')) {
        const size_t equals = pair.find('=');
        request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
      }
    }
    request.body = std::move(body);
    request.request_id = "r";
    if (!authorization.empty()) request.headers.set("Authorization", authorization);
    return router_->handle(request);
  }

  std::vector<routing::PostedAlertRef> firing() {
    auto all = book_->all();
    std::erase_if(all, [&](const auto& alert) { return alert->is_resolved(t_->clock().now()); });
    return all;
  }
  // The one that fires; null, and a failure, when it is not one.
  routing::PostedAlertRef only() {
    const auto all = firing();
    EXPECT_EQ(all.size(), 1u);
    return all.size() == 1 ? all[0] : nullptr;
  }
  size_t count(std::string_view kind) {
    size_t n = 0;
    for (const std::string& k : t_->kinds()) n += k == kind ? 1 : 0;
    return n;
  }

  // What was said of the one that fires.
  alert::Mark mark() {
    const auto alert = only();
    const auto found = alert ? marks_->find(alert->fingerprint()) : nullptr;
    return found ? *found : alert::Mark();
  }
  FakeGate gate_;
  std::shared_ptr<const catalog::Catalog> catalog_ = alert::testing::small_catalog();
  double requests_ = 1000;
  std::optional<engine::testing::TestEngine> t_;
  std::optional<alert::PostedBook> book_;
  std::optional<alert::MarkBook> marks_;
  std::optional<DoorDesk> desk_;
  std::optional<Entrance> entrance_;
  std::optional<net::Router> router_;
};

}  // namespace tocsin::door::testing
