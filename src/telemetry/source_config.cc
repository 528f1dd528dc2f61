#include "telemetry/source_config.h"

#include <fmt/format.h>

#include <set>

namespace tocsin::telemetry {
namespace {

using codec::Fields;

SourceAuth read_auth(Fields& fields) {
  SourceAuth auth;
  if (fields.has("basic_auth")) {
    Fields basic = fields.child("basic_auth");
    auth.user = basic.text("user");
    auth.password = basic.secret("password");
    basic.finish();
  } else {
    fields.raw("basic_auth");
  }
  auth.bearer = fields.secret("bearer");
  if (!auth.bearer.empty() && !auth.user.empty()) {
    fields.problem("bearer", "give basic_auth or bearer, not both");
  }
  if (fields.has("tls")) {
    Fields tls = fields.child("tls");
    auth.ca_file = tls.text("ca", "");
    auth.verify_tls = !tls.flag("insecure", false);
    tls.finish();
  } else {
    fields.raw("tls");
  }
  return auth;
}

ScrapeJob read_job(Fields fields) {
  constexpr std::string_view kSchemes[] = {"http", "https"};
  ScrapeJob job;
  job.job = fields.text("job");
  job.interval = fields.duration("interval", job.interval, seconds(1), hours(1));
  job.timeout = fields.duration("timeout", std::min(job.timeout, job.interval), milliseconds(100),
                                job.interval);
  job.scheme = kSchemes[fields.choice("scheme", kSchemes, 0)];
  job.path = fields.text("path", job.path);
  job.targets = fields.texts("targets");
  job.files = fields.texts("files");
  job.labels = fields.text_map("labels");
  job.honor_labels = fields.flag("honor_labels", false);
  job.max_body = static_cast<size_t>(
      fields.integer("max_body", static_cast<int64_t>(job.max_body), 1024, 1 << 30));
  job.max_samples = static_cast<size_t>(
      fields.integer("max_samples", static_cast<int64_t>(job.max_samples), 1, 10'000'000));
  job.auth = read_auth(fields);
  for (const std::string& target : job.targets) {
    const size_t colon = target.rfind(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == target.size() ||
        target.find_first_of("/?#@ ") != std::string::npos) {
      fields.problem("targets", fmt::format("'{}' is not host:port", target));
    }
  }
  if (!job.path.starts_with('/')) fields.problem("path", "begin it with '/'");
  if (job.targets.empty() && job.files.empty()) {
    fields.problem("targets", "name targets (host:port) or files with them");
  }
  fields.finish();
  return job;
}

QuerySource read_query(Fields fields) {
  QuerySource source;
  source.name = fields.text("name");
  source.url = fields.text("url");
  while (source.url.ends_with('/')) source.url.pop_back();
  if (!source.url.empty() && !source.url.starts_with("http://") &&
      !source.url.starts_with("https://")) {
    fields.problem("url", "begin it with http:// or https://");
  }
  source.step = fields.duration("step", source.step, seconds(5), minutes(10));
  source.timeout = fields.duration("timeout", source.timeout, milliseconds(100), minutes(5));
  source.backfill = fields.duration("backfill", source.backfill, seconds(0), days(400));
  source.auth = read_auth(fields);
  fields.finish();
  return source;
}

}  // namespace

Sources read_sources(Fields& telemetry) {
  Sources sources;
  std::set<std::string> jobs, names;
  for (Fields& job : telemetry.children("scrape")) {
    sources.scrape.push_back(read_job(job));
    if (!jobs.insert(sources.scrape.back().job).second)
      job.problem("job", "this job is there twice");
  }
  for (Fields& query : telemetry.children("query")) {
    sources.query.push_back(read_query(query));
    if (!names.insert(sources.query.back().name).second) {
      query.problem("name", "this source is there twice");
    }
  }
  return sources;
}

}  // namespace tocsin::telemetry
