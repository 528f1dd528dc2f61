#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>

namespace tocsin::store::testing {

// Stands between a client and a PostgreSQL server on loopback and cuts the connection at the next
// COMMIT: before the server hears of it, or after it has answered and before the client hears that.
// One thread of its own; cut_next_commit() from any thread.
class CuttingProxy {
 public:
  enum class Cut { kNone, kBeforeTheServer, kBeforeTheClient };

  // Throws std::runtime_error when there is no socket to be had.
  explicit CuttingProxy(int server_port);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  void cut_next_commit(Cut cut) { cut_ = cut; }

 private:
  void loop();
  void accept_one();
  bool forward(int from);  // false: this pair is over
  void close_pair(int one);

  const int server_port_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  // the destructor closes one end
  int port_ = 0;
  std::map<int, int> peer_of_;  // both ways
  std::map<int, bool> is_from_client_;
  std::atomic<Cut> cut_ = Cut::kNone;
  std::thread thread_;
};

}  // namespace tocsin::store::testing
