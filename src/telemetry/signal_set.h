#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "telemetry/matcher.h"
#include "telemetry/signal.h"

namespace tocsin::telemetry {

// What a series is to a signal.
struct SignalMatch {
  SignalIndex signal = 0;
  bool is_good = false, is_bad = false, is_total = false, is_of = false;
};

struct CompiledSignal {
  SignalIndex index = 0;
  std::shared_ptr<const SignalSpec> spec;
  // Of what decides how series are folded: when it changes, what was kept has another meaning.
  std::string fingerprint;
};

// All signals of one generation of the catalog, with an index from labels to the selectors that may
// match. Immutable, thread-safe.
class SignalSet {
 public:
  // kInvalidArgument names the signal and what is wrong with it. Every index is unique.
  static Result<std::shared_ptr<const SignalSet>> build(std::vector<CompiledSignal> signals,
                                                        uint32_t generation);

  // A series counts once for each part of a signal, also when several of its selectors match.
  std::vector<SignalMatch> match(const LabelSet& labels) const;
  uint32_t generation() const { return generation_; }
  const std::vector<CompiledSignal>& signals() const { return signals_; }
  const CompiledSignal* find(const SignalName& name) const;
  const CompiledSignal* find(SignalIndex index) const;

 private:
  enum class Part { kGood, kBad, kTotal, kOf };
  struct Entry {
    CompiledSelector selector;
    SignalIndex signal;
    Part part;
  };
  Result<> add(const CompiledSignal& signal, const std::vector<Selector>& selectors, Part part);
  void index_selectors();

  uint32_t generation_ = 0;
  std::vector<CompiledSignal> signals_;
  std::vector<Entry> entries_;
  // Each selector stands under one pair label=value that it demands (the rarest among all
  // selectors), or among `anywhere_` when it demands none.
  std::unordered_map<std::string, std::vector<uint32_t>> by_pair_;
  std::vector<uint32_t> anywhere_;
};

// Completes a signal with its fingerprint.
CompiledSignal compiled_signal(SignalIndex index, std::shared_ptr<const SignalSpec> spec);

}  // namespace tocsin::telemetry
