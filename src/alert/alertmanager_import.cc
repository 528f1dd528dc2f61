#include "alert/alertmanager_import.h"

#include "alert/notification_store.h"
#include "alert/silence_store.h"

namespace tocsin::alert {
namespace {

store::Actor importer() { return store::system_actor("import"); }

Result<> import_silence(engine::Tx& tx, const KeptSilence& kept, Time now, ImportReport& report) {
  const routing::Silence& silence = kept.silence;
  if (kept.expires <= now) {
    ++report.expired_silences;
    return {};
  }
  ASSIGN_OR_RETURN(const auto row, read_silence(tx.sql(), silence.id));
  if (row && row->updated >= silence.updated) {
    ++report.same_silences;
    return {};
  }
  RETURN_IF_ERROR(write_silence(tx.sql(), silence));
  store::LogbookEntry entry;
  entry.happened = silence.updated;
  entry.actor = importer();
  entry.kind = "silence.imported";
  entry.subject_kind = "silence";
  entry.subject_id = silence.id;
  entry.data = {{"matchers", routing::to_text(silence.matchers)},
                {"starts", to_rfc3339(silence.starts)},
                {"ends", to_rfc3339(silence.ends)},
                {"created_by", silence.created_by},
                {"comment", silence.comment}};
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  report.silences.push_back({silence, row ? "newer" : "new"});
  return {};
}

Result<> import_told(engine::Tx& tx, const ToldKey& key, const Told& told, Time now,
                     ImportReport& report) {
  if (told.expires <= now) {
    ++report.expired_told;
    return {};
  }
  ASSIGN_OR_RETURN(Known known, read_told(tx.sql(), key));
  if (known.told && known.told->noted >= told.noted) {
    ++report.same_told;
    return {};
  }
  known.told = told;
  RETURN_IF_ERROR(write_told(tx.sql(), key, known));
  ++report.told;
  return {};
}

}  // namespace

Result<ImportReport> import_alertmanager(engine::Tx& tx, const AlertmanagerData& data, Time now) {
  ImportReport report;
  for (const KeptSilence& kept : data.silences) {
    RETURN_IF_ERROR(import_silence(tx, kept, now, report));
  }
  for (const auto& [key, told] : data.told) {
    RETURN_IF_ERROR(import_told(tx, key, told, now, report));
  }
  if (report.told > 0) {
    store::LogbookEntry entry;
    entry.happened = now;
    entry.actor = importer();
    entry.kind = "notification.imported";
    entry.subject_kind = "alertmanager";
    entry.subject_id = "nflog";
    entry.data = {{"count", report.told}};
    RETURN_IF_ERROR(tx.append(std::move(entry)));
  }
  return report;
}

}  // namespace tocsin::alert
