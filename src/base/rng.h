#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <string>

namespace tocsin {

// The only source of randomness, so that a simulation replays from its seed. Thread-safe.
class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<unsigned char> out) = 0;

  uint64_t next();                  // uniform over 64 bits
  uint64_t below(uint64_t bound);   // uniform in [0, bound); bound > 0
  double unit();                    // uniform in [0, 1)
  std::string token(size_t bytes);  // base64url without padding; bytes >= 16 for secrets
};

// getrandom(2): fit for secrets.
class SystemRng final : public Rng {
 public:
  void fill(std::span<unsigned char> out) override;
};

// Repeatable and not secret: tests and simulation only.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(uint64_t seed) : engine_(seed) {}
  void fill(std::span<unsigned char> out) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace tocsin
