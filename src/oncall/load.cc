#include "oncall/load.h"

namespace tocsin::oncall {
namespace {

constexpr int kBedtime = 22;
constexpr int kMorning = 8;

}  // namespace

Load load_of(const catalog::Person& person, const std::vector<Time>& times) {
  Load load;
  std::optional<Time> interrupted;
  for (const Time time : times) {
    ++load.pages;
    const calendar::CivilSecond civil = person.zone.to_civil(time);
    if (person.working.contains(civil)) {
      ++load.working;
    } else if (civil.hour() >= kBedtime || civil.hour() < kMorning) {
      ++load.sleeping;
    } else {
      ++load.free;
    }
    if (interrupted && time - *interrupted < kInterruption) continue;
    interrupted = time;
    ++load.interruptions;
  }
  return load;
}

}  // namespace tocsin::oncall
