#include "telemetry/remote_write.h"

#include <gtest/gtest.h>

#include <random>

#include "telemetry/label_set.h"
#include "telemetry/testing/requests.h"

namespace tocsin::telemetry {
namespace {

using testing::ProtoWriter;
using testing::TestSeries;

const LabelHasher kHash(std::string(LabelHasher::kSecretBytes, 's'));
constexpr size_t kLarge = 1 << 20;

std::vector<TestSeries> two_series() {
  return {{{{"__name__", "a_total"}, {"job", "shop"}}, {{1000, 1.5}, {2000, 0}}},
          {{{"__name__", "b_total"}, {"job", "shop"}, {"x", std::string(200, 'y')}},
           {{1'767'571'200'123, 42}}}};
}

void expect_two_series(const WriteBatch& batch) {
  ASSERT_EQ(batch.series.size(), 2U);
  ASSERT_EQ(batch.samples.size(), 3U);
  EXPECT_EQ(batch.series[0].count, 2U);
  EXPECT_EQ(batch.samples[0].v, 1.5);
  EXPECT_EQ(batch.samples[1].t_ms, 2000);
  EXPECT_EQ(batch.samples[1].v, 0);
  EXPECT_EQ(batch.samples[2].t_ms, 1'767'571'200'123);
  const auto labels =
      LabelSet::parse_wire({batch.series[1].labels, batch.series[1].labels_size}, {});
  ASSERT_TRUE(labels);
  EXPECT_EQ(labels->get("__name__"), "b_total");
  EXPECT_EQ(labels->get("x").size(), 200U);
}

TEST(RemoteWrite, ReadsVersionOne) {
  WriteBatch batch;
  const std::string message = testing::v1_request(two_series());
  ASSERT_TRUE(decode(WriteProtocol::kV1, message, kHash, kLarge, batch));
  expect_two_series(batch);
}

TEST(RemoteWrite, ReadsVersionTwoToTheSameHashes) {
  WriteBatch one, two;
  const std::string message1 = testing::v1_request(two_series());
  const std::string message2 = testing::v2_request(two_series());
  ASSERT_TRUE(decode(WriteProtocol::kV1, message1, kHash, kLarge, one));
  ASSERT_TRUE(decode(WriteProtocol::kV2, message2, kHash, kLarge, two));
  expect_two_series(two);
  EXPECT_EQ(one.series[0].hash, two.series[0].hash);
  EXPECT_EQ(one.series[1].hash, two.series[1].hash);
}

TEST(RemoteWrite, CountsHistogramsAndExemplarsWithoutUsingThem) {
  ProtoWriter series;
  series.bytes(1, ProtoWriter().bytes(1, "__name__").bytes(2, "h").str());
  series.bytes(3, "exemplar").bytes(4, "histogram").bytes(4, "histogram");
  WriteBatch batch;
  const std::string message = ProtoWriter().bytes(1, series.str()).bytes(3, "metadata").str();
  ASSERT_TRUE(decode(WriteProtocol::kV1, message, kHash, kLarge, batch));
  EXPECT_EQ(batch.histograms, 2U);
  EXPECT_EQ(batch.exemplars, 1U);
  EXPECT_TRUE(batch.series.empty());
}

TEST(RemoteWrite, ReadsLabelsThatStandAfterSamples) {
  const std::string label_a = ProtoWriter().bytes(1, "__name__").bytes(2, "m").str();
  const std::string label_b = ProtoWriter().bytes(1, "job").bytes(2, "x").str();
  const std::string sample = ProtoWriter().fixed64(1, 7).varint(2, 5).str();
  const std::string usual =
      ProtoWriter()
          .bytes(1, ProtoWriter().bytes(1, label_a).bytes(1, label_b).bytes(2, sample).str())
          .str();
  const std::string odd =
      ProtoWriter()
          .bytes(1, ProtoWriter().bytes(1, label_a).bytes(2, sample).bytes(1, label_b).str())
          .str();
  WriteBatch one, two;
  ASSERT_TRUE(decode(WriteProtocol::kV1, usual, kHash, kLarge, one));
  ASSERT_TRUE(decode(WriteProtocol::kV1, odd, kHash, kLarge, two));
  ASSERT_EQ(two.series.size(), 1U);
  EXPECT_EQ(one.series[0].hash, two.series[0].hash);
}

TEST(RemoteWrite, TakesTheCreatedTimestampOfTheReleaseCandidates) {
  const std::string refs{1, 2};
  ProtoWriter series;
  series.bytes(1, refs).bytes(2, ProtoWriter().fixed64(1, 7).varint(2, 5000).str()).varint(6, 4000);
  const std::string message =
      ProtoWriter().bytes(4, "").bytes(4, "__name__").bytes(4, "m").bytes(5, series.str()).str();
  WriteBatch batch;
  ASSERT_TRUE(decode(WriteProtocol::kV2, message, kHash, kLarge, batch));
  ASSERT_EQ(batch.samples.size(), 1U);
  EXPECT_EQ(batch.samples[0].start_ms, 4000);
}

TEST(RemoteWrite, RefusesWrongReferences) {
  const auto outcome = [](const std::string& refs) {
    ProtoWriter series;
    series.bytes(1, refs).bytes(2, ProtoWriter().varint(2, 5).str());
    const std::string message =
        ProtoWriter().bytes(4, "").bytes(4, "a").bytes(4, "b").bytes(5, series.str()).str();
    WriteBatch batch;
    return decode(WriteProtocol::kV2, message, kHash, kLarge, batch);
  };
  EXPECT_TRUE(outcome({1, 2}));
  EXPECT_FALSE(outcome({1, 3}));
  EXPECT_FALSE(outcome({1}));
}

TEST(RemoteWrite, BoundsTheTextBehindReferences) {
  ProtoWriter message;
  message.bytes(4, "").bytes(4, std::string(1000, 'x'));
  for (int i = 0; i < 100; ++i) {
    message.bytes(
        5,
        ProtoWriter().bytes(1, std::string{1, 1}).bytes(2, ProtoWriter().varint(2, 5).str()).str());
  }
  WriteBatch batch;
  const auto outcome = decode(WriteProtocol::kV2, message.str(), kHash, 10'000, batch);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().status, 413);
}

TEST(RemoteWrite, NegotiatesByContentTypeAndEncoding) {
  EXPECT_EQ(*negotiate({}, {}), WriteProtocol::kV1);
  EXPECT_EQ(*negotiate("application/x-protobuf", "snappy"), WriteProtocol::kV1);
  EXPECT_EQ(*negotiate("application/x-protobuf; proto=prometheus.WriteRequest", "snappy"),
            WriteProtocol::kV1);
  EXPECT_EQ(*negotiate("application/x-protobuf;proto=\"io.prometheus.write.v2.Request\"", "Snappy"),
            WriteProtocol::kV2);
  EXPECT_EQ(negotiate("application/json", "snappy").error().status, 415);
  EXPECT_EQ(negotiate("application/x-protobuf", "gzip").error().status, 415);
  EXPECT_EQ(negotiate("application/x-protobuf;proto=x.Y", "snappy").error().status, 415);
}

TEST(RemoteWrite, HoldsTheClaimedSizeAgainstTheLimitBeforeAllocating) {
  WriteBatch batch;
  const std::string packed = testing::snappy(std::string(100'000, 'a'));
  EXPECT_EQ(unpack_snappy(packed, 99'999, batch).error().status, 413);
  EXPECT_EQ(batch.raw_capacity, 0U);
  EXPECT_EQ(unpack_snappy(packed, 100'000, batch)->size(), 100'000U);
  EXPECT_EQ(unpack_snappy("not snappy at all", 100'000, batch).error().status, 400);
  EXPECT_EQ(unpack_snappy("", 100'000, batch).error().status, 400);
  const std::string huge("\xff\xff\xff\xff\x0f", 5);
  EXPECT_EQ(unpack_snappy(huge, 100'000, batch).error().status, 413);
}

TEST(RemoteWrite, SurvivesTruncationAndMutation) {
  for (const bool is_v2 : {false, true}) {
    const std::string whole =
        is_v2 ? testing::v2_request(two_series()) : testing::v1_request(two_series());
    const auto protocol = is_v2 ? WriteProtocol::kV2 : WriteProtocol::kV1;
    WriteBatch batch;
    for (size_t n = 0; n < whole.size(); ++n) {
      const std::string part = whole.substr(0, n);
      (void)decode(protocol, part, kHash, kLarge, batch);
    }
    std::mt19937 random(4);
    for (int i = 0; i < 20'000; ++i) {
      std::string mutated = whole;
      mutated[random() % mutated.size()] = static_cast<char>(random());
      if (decode(protocol, mutated, kHash, kLarge, batch)) {
        for (const auto& s : batch.series) {
          (void)LabelSet::parse_wire({s.labels, s.labels_size}, {});
        }
      }
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
