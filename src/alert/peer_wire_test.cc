#include "alert/peer_wire.h"

#include <gmock/gmock.h>

#include "codec/json.h"

namespace tocsin::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Time kNow = from_micros(1'767'571'200'123'456);

routing::Silence silence() {
  routing::Silence s;
  s.id = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001";
  s.matchers = {routing::Matcher::make("job", routing::MatchOp::kRegex, "a|b \"c\"").value(),
                routing::Matcher::make("env \xc3\xa9", routing::MatchOp::kNotEqual, "").value()};
  s.starts = kNow - hours(1);
  s.ends = kNow + hours(1);
  s.updated = kNow;
  s.created_by = "ada";
  s.comment = "on it\nsince noon";
  s.annotations = routing::Labels::with_empty_values({{"ticket", "42"}, {"note", ""}});
  return s;
}

std::pair<ToldKey, Told> told() {
  Told t;
  t.at = kNow;
  t.firing = {1, 0xfedcba9876543210};
  t.resolved = {7};
  t.still_open = {3};
  t.expires = kNow + hours(120);
  t.noted = kNow + milliseconds(3);
  return {{"{}:{alertname=\"A\"}", "team", "webhook", 2}, t};
}

template <class T>
T round_trip(const T& message) {
  const auto back = read_peer_message(to_frame(message));
  EXPECT_TRUE(back) << back.error().message;
  return std::get<T>(*back);
}

TEST(PeerWire, SaysWhatIsMeant) {
  const PeerHello hello{"01H", "xyz", "prod", ":9094", kNow};
  EXPECT_EQ(round_trip(hello), hello);
  const PeerPing ping{false, {{"a", "1.2.3.4:9094"}, {"b", "[::1]:9094"}}};
  EXPECT_EQ(round_trip(ping), ping);
  const PeerPing pong{true, {}};
  EXPECT_EQ(round_trip(pong), pong);
  EXPECT_EQ(round_trip(PeerStateEnd{true}), PeerStateEnd{true});
  const PeerBye bye{"it is late", true};
  EXPECT_EQ(round_trip(bye), bye);
}

TEST(PeerWire, SilencesAndWhatWasToldArriveWhole) {
  const PeerState state = round_trip(PeerState{{silence()}, {told()}});
  ASSERT_THAT(state.silences, SizeIs(1));
  const routing::Silence& back = state.silences[0];
  EXPECT_EQ(back.id, silence().id);
  EXPECT_EQ(back.matchers, silence().matchers);
  EXPECT_EQ(back.starts, silence().starts);
  EXPECT_EQ(back.ends, silence().ends);
  EXPECT_EQ(back.updated, silence().updated);
  EXPECT_EQ(back.created_by, "ada");
  EXPECT_EQ(back.comment, "on it\nsince noon");
  EXPECT_EQ(back.annotations, silence().annotations);
  ASSERT_THAT(state.told, SizeIs(1));
  EXPECT_EQ(state.told[0], told());
}

TEST(PeerWire, ANewerProcessMaySayMore) {
  const auto message = read_peer_message(R"({"t":"end","wants_yours":true,"colour":"red"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<PeerStateEnd>(*message), PeerStateEnd{true});
}

struct Bad {
  const char* frame;
  const char* says;
};
class PeerWireRefuses : public ::testing::TestWithParam<Bad> {};
TEST_P(PeerWireRefuses, AndSaysWhy) {
  const auto message = read_peer_message(GetParam().frame);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, Code::kInvalidArgument);
  EXPECT_THAT(message.error().message, HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(
    Frames, PeerWireRefuses,
    ::testing::Values(
        Bad{"", "line 1"}, Bad{"[]", "not a JSON object"}, Bad{"{}", "t"},
        Bad{R"({"t":"shout"})", "shout"}, Bad{R"({"t":"hello","name":""})", "name"},
        Bad{R"({"t":"ping","members":[{"name":"a"}]})", "members[0].address"},
        Bad{R"({"t":"state","told":[{"group":"g","receiver":"r","kind":"k","index":-1}]})",
            "told[0].index"},
        Bad{R"({"t":"state","told":[{"group":"g","receiver":"r","kind":"k","index":0,"at":0,"noted":0,"expires":0,"firing":"00000000000000020000000000000001"}]})",
            "told[0].firing"},
        Bad{R"({"t":"state","told":[{"group":"g","receiver":"r","kind":"k","index":0,"at":0,"noted":0,"expires":0,"firing":"12"}]})",
            "told[0].firing"},
        Bad{R"({"t":"state","silences":[{"id":"x","matchers":[],"starts":1,"ends":2,"updated":1}]})",
            "silences[0].matchers"},
        Bad{R"({"t":"state","silences":[{"id":"x","matchers":[{"name":"a","op":"=~","value":"("}],"starts":1,"ends":2,"updated":1}]})",
            "silences[0].matchers[0].value"},
        Bad{R"({"t":"state","silences":[{"id":"x","matchers":[{"name":"a","op":"=","value":"b"}],"starts":2,"ends":1,"updated":1}]})",
            "silences[0].ends"},
        Bad{R"({"t":"state","silences":[{"id":"x","matchers":[{"name":"a","op":"=","value":"b"}],"starts":1,"ends":9223372036854775807,"updated":1}]})",
            "silences[0].ends"}));

TEST(PeerWire, MuchStateGoesInPieces) {
  PeerState state;
  for (int i = 0; i < 100; ++i) {
    state.silences.push_back(silence());
    state.silences.back().id += std::to_string(i);
    state.told.push_back(told());
    state.told.back().first.index = i;
  }
  state.silences[7].comment = std::string(20'000, 'x');
  std::vector<std::string> frames;
  const size_t left_out =
      write_state(state, 4000, 10'000, [&](std::string frame) { frames.push_back(frame); });
  EXPECT_EQ(left_out, 1u);
  EXPECT_GT(frames.size(), 5u);
  size_t silences = 0, told = 0;
  for (const auto& frame : frames) {
    EXPECT_LT(frame.size(), 5000u);
    const auto back = read_peer_message(frame);
    ASSERT_TRUE(back) << back.error().message;
    silences += std::get<PeerState>(*back).silences.size();
    told += std::get<PeerState>(*back).told.size();
  }
  EXPECT_EQ(silences, 99u);
  EXPECT_EQ(told, 100u);
  write_state({}, 4000, 10'000, [](const std::string&) { FAIL() << "nothing is no frame"; });
}

}  // namespace
}  // namespace tocsin::alert
