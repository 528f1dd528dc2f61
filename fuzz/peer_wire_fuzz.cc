#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alert/peer_wire.h"
#include "base/result.h"

using namespace tocsin;
using namespace tocsin::alert;

// Any frame gives a message or one clear error; and what a message was read as, it is written as.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  const auto message = read_peer_message(frame);
  if (!message) {
    if (message.error().code != Code::kInvalidArgument) bug("a wrong code");
    if (message.error().message.empty()) bug("an error without words");
    return 0;
  }
  const std::string written = to_frame(*message);
  const auto again = read_peer_message(written);
  if (!again) bug("what we wrote does not parse: " + again.error().message);
  if (to_frame(*again) != written) bug("what we wrote means another: " + written);
  if (const auto* state = std::get_if<PeerState>(&*message)) {
    size_t items = 0;
    const size_t left_out = write_state(*state, 200, 1000, [&](const std::string& piece) {
      const auto part = read_peer_message(piece);
      if (!part) bug("a piece does not parse: " + part.error().message);
      const auto& of_it = std::get<PeerState>(*part);
      items += of_it.silences.size() + of_it.told.size();
    });
    if (items + left_out != state->silences.size() + state->told.size()) bug("pieces are missing");
  }
  return 0;
}
