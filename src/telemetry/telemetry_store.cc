#include "telemetry/telemetry_store.h"

#include <algorithm>
#include <utility>

#include "codec/json.h"
#include "store/migration.h"
#include "store/transaction.h"

namespace tocsin::telemetry {
namespace {

constexpr store::Migration kMigrations[] = {{1, "telemetry", R"sql(
CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE signal (name TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL);
CREATE TABLE stream (id BIGINT NOT NULL PRIMARY KEY, signal TEXT NOT NULL, shape TEXT NOT NULL,
  labels TEXT NOT NULL);
CREATE TABLE bound (signal TEXT NOT NULL, number BIGINT NOT NULL, le DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (signal, number));
CREATE TABLE rollup (stream BIGINT NOT NULL, level BIGINT NOT NULL, chunk BIGINT NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (stream, level, chunk));
CREATE INDEX rollup_by_age ON rollup (level, chunk);
CREATE TABLE counter_page (kind BIGINT NOT NULL, number BIGINT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (kind, number));
)sql"}};

constexpr int64_t kRetireRows = 500;  // a step, so that a flush stays short

int number_of(RollupLevel level) { return static_cast<int>(std::to_underlying(level)); }

int64_t chunk_ms(RollupLevel level) { return width_ms(level) * slots_per_chunk(level); }

std::string labels_text(const Labels& labels) {
  codec::JsonObject object;
  for (const auto& [name, value] : labels) object[name] = value;
  return codec::to_text(object);
}

Result<Labels> read_labels(const std::string& text) {
  ASSIGN_OR_RETURN(const codec::Json json, codec::read_own_json(text));
  Labels labels;
  if (!json.is_object()) return fail(Code::kDataLoss, "labels in telemetry.db are damaged");
  for (const auto& [name, value] : json.get_object()) {
    if (!value.is_string()) return fail(Code::kDataLoss, "labels in telemetry.db are damaged");
    labels[std::string(name)] = std::string(value.get_string());
  }
  return labels;
}

}  // namespace

Result<std::unique_ptr<TelemetryStore>> TelemetryStore::open(store::Database& database) {
  ASSIGN_OR_RETURN(std::unique_ptr<store::Session> session, database.connect());
  RETURN_IF_ERROR(session->run("PRAGMA synchronous = NORMAL"));
  RETURN_IF_ERROR(store::migrate(*session, kMigrations));
  return std::unique_ptr<TelemetryStore>(new TelemetryStore(std::move(session)));
}

Result<Restored> TelemetryStore::load() {
  Restored out;
  ASSIGN_OR_RETURN(const store::Rows secret,
                   session_->query("SELECT value FROM meta WHERE key = 'secret'"));
  if (!secret.empty()) out.secret = secret[0].text(0);
  ASSIGN_OR_RETURN(const store::Rows streams,
                   session_->query("SELECT id, signal, shape, labels FROM stream ORDER BY id"));
  for (const store::Row& row : streams) {
    Stream& stream = out.streams.emplace_back();
    stream.id = row.integer(0);
    stream.signal = SignalName(row.text(1));
    stream.shape = row.text(2);
    ASSIGN_OR_RETURN(stream.labels, read_labels(row.text(3)));
    stream.is_stored = true;
  }
  ASSIGN_OR_RETURN(const store::Rows bounds,
                   session_->query("SELECT signal, number, le FROM bound ORDER BY signal, number"));
  for (const store::Row& row : bounds) {
    out.bounds.push_back(
        {SignalName(row.text(0)), static_cast<uint32_t>(row.integer(1)), row.real(2), true});
  }
  ASSIGN_OR_RETURN(const store::Rows pages, session_->query("SELECT kind, number, data FROM "
                                                            "counter_page ORDER BY kind, number"));
  for (const store::Row& row : pages) {
    out.pages.push_back(
        {row.integer(0) == 0 ? SeriesTable::Page::Kind::kSeries : SeriesTable::Page::Kind::kTargets,
         static_cast<uint32_t>(row.integer(1)), row.blob(2)});
  }
  ASSIGN_OR_RETURN(const store::Rows signals,
                   session_->query("SELECT name, fingerprint FROM signal"));
  for (const store::Row& row : signals) out.fingerprints[row.text(0)] = row.text(1);
  return out;
}

Result<> TelemetryStore::keep_secret(const std::string& secret) {
  RETURN_IF_ERROR(session_->exec("INSERT INTO meta (key, value) VALUES ('secret', $1)", secret));
  return {};
}

Result<> TelemetryStore::write(const Checkpoint& checkpoint) {
  return store::in_write_transaction(*session_, [&] { return write_rows(checkpoint); });
}

Result<> TelemetryStore::write_rows(const Checkpoint& checkpoint) {
  for (const Checkpoint::StreamRow& stream : checkpoint.new_streams) {
    RETURN_IF_ERROR(
        session_->exec("INSERT INTO stream (id, signal, shape, labels) "
                       "VALUES ($1, $2, $3, $4)",
                       stream.id, stream.signal, stream.shape, labels_text(stream.labels)));
  }
  for (const Bound& bound : checkpoint.new_bounds) {
    RETURN_IF_ERROR(session_->exec("INSERT INTO bound (signal, number, le) VALUES ($1, $2, $3)",
                                   bound.signal, static_cast<int64_t>(bound.column), bound.le));
  }
  for (const Checkpoint::Slots& slots : checkpoint.slots) RETURN_IF_ERROR(write_slots(slots));
  for (const SeriesTable::Page& page : checkpoint.pages) {
    RETURN_IF_ERROR(
        session_->exec("INSERT INTO counter_page (kind, number, data) VALUES ($1, $2, $3) "
                       "ON CONFLICT (kind, number) DO UPDATE SET data = excluded.data",
                       page.kind == SeriesTable::Page::Kind::kSeries ? 0 : 1,
                       static_cast<int64_t>(page.number), store::Blob{page.bytes}));
  }
  if (!checkpoint.fingerprints) return {};
  RETURN_IF_ERROR(session_->exec("DELETE FROM signal"));
  for (const auto& [name, fingerprint] : *checkpoint.fingerprints) {
    RETURN_IF_ERROR(session_->exec("INSERT INTO signal (name, fingerprint) VALUES ($1, $2)", name,
                                   fingerprint));
  }
  return {};
}

Result<> TelemetryStore::write_slots(const Checkpoint::Slots& slots) {
  const int64_t per_chunk = slots_per_chunk(slots.level);
  const int level = number_of(slots.level);
  for (size_t i = 0; i < slots.values.size();) {
    const int64_t chunk = floor_div(slots.values[i].slot, per_chunk);
    SlotRun run;
    ASSIGN_OR_RETURN(const std::vector<SlotValues> stored,
                     read_one(slots.id, level, chunk, chunk * per_chunk));
    run.merge(stored, slots.merge);
    size_t end = i;
    while (end < slots.values.size() && slots.values[end].slot < (chunk + 1) * per_chunk) ++end;
    run.merge({slots.values.begin() + static_cast<std::ptrdiff_t>(i),
               slots.values.begin() + static_cast<std::ptrdiff_t>(end)},
              slots.merge);
    RETURN_IF_ERROR(session_->exec(
        "INSERT INTO rollup (stream, level, chunk, data) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (stream, level, chunk) DO UPDATE SET data = excluded.data",
        slots.id, level, chunk, store::Blob{write_chunk(run.all(), chunk * per_chunk)}));
    i = end;
  }
  return {};
}

Result<std::vector<SlotValues>> TelemetryStore::read_one(int64_t stream, int level, int64_t chunk,
                                                         int64_t first_slot) const {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session_->query("SELECT data FROM rollup WHERE stream = $1 AND level = $2 "
                                   "AND chunk = $3",
                                   stream, level, chunk));
  if (rows.empty()) return std::vector<SlotValues>{};
  return read_chunk(rows[0].blob(0), first_slot);
}

Result<int64_t> TelemetryStore::retire(Time now) {
  int64_t deleted = 0;
  for (const RollupLevel level : kRollupLevels) {
    const int64_t oldest = floor_div(to_millis(now) - retention_ms(level), chunk_ms(level));
    ASSIGN_OR_RETURN(const int64_t rows,
                     session_->exec("DELETE FROM rollup WHERE (stream, level, chunk) IN (SELECT "
                                    "stream, level, chunk FROM rollup WHERE level = $1 AND "
                                    "chunk < $2 LIMIT $3)",
                                    number_of(level), oldest, kRetireRows));
    deleted += rows;
  }
  return deleted;
}

Result<std::vector<SlotValues>> TelemetryStore::read(int64_t stream, RollupLevel level, Time from,
                                                     Time to) const {
  const int64_t width = width_ms(level);
  const int64_t first = floor_div(to_millis(from) + width - 1, width);
  const int64_t last = floor_div(to_millis(to) + width - 1, width);  // not included
  const int64_t per_chunk = slots_per_chunk(level);
  std::vector<SlotValues> out;
  if (first >= last) return out;
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session_->query("SELECT chunk, data FROM rollup WHERE stream = $1 AND level = $2 AND "
                      "chunk >= $3 AND chunk <= $4 ORDER BY chunk",
                      stream, number_of(level), floor_div(first, per_chunk),
                      floor_div(last - 1, per_chunk)));
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(std::vector<SlotValues> slots,
                     read_chunk(row.blob(1), row.integer(0) * per_chunk));
    for (SlotValues& values : slots) {
      if (values.slot >= first && values.slot < last) out.push_back(std::move(values));
    }
  }
  return out;
}

}  // namespace tocsin::telemetry
