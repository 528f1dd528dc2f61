#include "telemetry/signal_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::telemetry {
namespace {

std::string pair_key(std::string_view name, std::string_view value) {
  return fmt::format("{}\xff{}", name, value);
}

}  // namespace

CompiledSignal compiled_signal(SignalIndex index, std::shared_ptr<const SignalSpec> spec) {
  std::string text = fmt::format("{}|{}|{}|{}", static_cast<int>(spec->kind), spec->latency_bound,
                                 static_cast<int>(spec->fold), join(spec->by, ","));
  for (const auto* part : {&spec->good, &spec->bad, &spec->total, &spec->of}) {
    text += '|';
    for (const Selector& selector : *part) text += to_text(selector) + ";";
  }
  if (spec->query) {
    text += fmt::format("|{}|{}|{}|{}|{}", spec->query->source, spec->query->good, spec->query->bad,
                        spec->query->total, spec->query->of);
  }
  return {index, std::move(spec), std::move(text)};
}

Result<std::shared_ptr<const SignalSet>> SignalSet::build(std::vector<CompiledSignal> signals,
                                                          uint32_t generation) {
  auto set = std::make_shared<SignalSet>();
  set->generation_ = generation;
  set->signals_ = std::move(signals);
  std::ranges::sort(set->signals_, {}, &CompiledSignal::index);
  for (const CompiledSignal& signal : set->signals_) {
    RETURN_IF_ERROR(set->add(signal, signal.spec->good, Part::kGood));
    RETURN_IF_ERROR(set->add(signal, signal.spec->bad, Part::kBad));
    RETURN_IF_ERROR(set->add(signal, signal.spec->total, Part::kTotal));
    RETURN_IF_ERROR(set->add(signal, signal.spec->of, Part::kOf));
  }
  set->index_selectors();
  return std::shared_ptr<const SignalSet>(std::move(set));
}

Result<> SignalSet::add(const CompiledSignal& signal, const std::vector<Selector>& selectors,
                        Part part) {
  for (const Selector& selector : selectors) {
    auto compiled = CompiledSelector::compile(selector);
    if (!compiled) {
      return fail(
          std::move(compiled.error()).in(fmt::format("signal '{}'", signal.spec->name.value())));
    }
    entries_.push_back({*std::move(compiled), signal.index, part});
  }
  return {};
}

void SignalSet::index_selectors() {
  std::unordered_map<std::string, size_t> uses;
  const auto demanded = [](const Matcher& m) {
    return m.op == Matcher::Op::kEqual && !m.value.empty();
  };
  for (const Entry& entry : entries_) {
    for (const Matcher& m : entry.selector.source()) {
      if (demanded(m)) ++uses[pair_key(m.label, m.value)];
    }
  }
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    const std::string* rarest = nullptr;
    size_t fewest = 0;
    for (const Matcher& m : entries_[i].selector.source()) {
      if (!demanded(m)) continue;
      const auto at = uses.find(pair_key(m.label, m.value));
      if (rarest == nullptr || at->second < fewest) {
        rarest = &at->first;
        fewest = at->second;
      }
    }
    (rarest != nullptr ? by_pair_[*rarest] : anywhere_).push_back(i);
  }
}

std::vector<SignalMatch> SignalSet::match(const LabelSet& labels) const {
  std::vector<SignalMatch> matches;
  const auto try_all = [&](const std::vector<uint32_t>& candidates) {
    for (const uint32_t i : candidates) {
      const Entry& entry = entries_[i];
      if (!entry.selector.matches(labels)) continue;
      auto at = std::ranges::find(matches, entry.signal, &SignalMatch::signal);
      if (at == matches.end()) at = matches.insert(matches.end(), {.signal = entry.signal});
      (entry.part == Part::kGood    ? at->is_good
       : entry.part == Part::kBad   ? at->is_bad
       : entry.part == Part::kTotal ? at->is_total
                                    : at->is_of) = true;
    }
  };
  try_all(anywhere_);
  std::string key;
  for (const auto& [name, value] : labels.all()) {
    key.assign(name).append(1, '\xff').append(value);
    if (const auto at = by_pair_.find(key); at != by_pair_.end()) try_all(at->second);
  }
  return matches;
}

const CompiledSignal* SignalSet::find(const SignalName& name) const {
  const auto at =
      std::ranges::find_if(signals_, [&](const CompiledSignal& s) { return s.spec->name == name; });
  return at == signals_.end() ? nullptr : &*at;
}

const CompiledSignal* SignalSet::find(SignalIndex index) const {
  const auto at = std::ranges::lower_bound(signals_, index, {}, &CompiledSignal::index);
  return at == signals_.end() || at->index != index ? nullptr : &*at;
}

}  // namespace tocsin::telemetry
