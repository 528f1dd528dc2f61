#include "gotemplate/default_templates.h"

#include <fmt/format.h>

namespace tocsin::gotemplate {
namespace {

// What several channels share.
constexpr std::string_view kShared = R"tmpl(
{{ define "__alertmanager" }}Alertmanager{{ end }}
{{ define "__alertmanagerURL" -}}
  {{ .ExternalURL }}/#/alerts?receiver={{ urlquery .Receiver }}
{{- end }}
{{ define "__description" }}{{ end }}

{{ define "__subject" -}}
  [{{ toUpper .Status }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]
  {{- /* one space on both sides of the group, even if there is none */ -}}
  {{ printf " %s " (join " " .GroupLabels.Values) }}
  {{- if gt (len .CommonLabels) (len .GroupLabels) -}}
    ({{ join " " (.CommonLabels.Remove .GroupLabels.Names).Values }})
  {{- end }}
{{- end }}

{{ define "__tocsin_annotations" }}{{ join " " .CommonAnnotations.Values }}{{ end }}

{{ define "__tocsin_pairs" }}{{ range .SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}{{ end }}
{{ define "__text_alert_list" }}{{ range . -}}
Labels:
{{ template "__tocsin_pairs" .Labels -}}
Annotations:
{{ template "__tocsin_pairs" .Annotations -}}
Source: {{ .GeneratorURL }}
{{ end }}{{ end }}

{{ define "__text_alert_list_markdown" }}{{ range . }}
Labels:
{{ range .Labels.SortedPairs }} {{ template "__tocsin_item" . }}{{ end }}
Annotations:
{{ range .Annotations.SortedPairs }} {{ template "__tocsin_item" . }}{{ end }}
Source: {{ .GeneratorURL }}
{{ end }}
{{ end }}
{{ define "__tocsin_item" }} - {{ .Name }} = {{ .Value }}
{{ end }}

{{ define "__tocsin_compact" }}{{ with .Alerts.Firing -}}
Alerts Firing:
{{ template "__text_alert_list" . }}{{ end }}
{{ with .Alerts.Resolved -}}
Alerts Resolved:
{{ template "__text_alert_list" . }}{{ end }}{{ end }}

{{ define "__tocsin_spaced" }}
{{ with .Alerts.Firing }}
Alerts Firing:
{{ template "__text_alert_list" . }}
{{ end }}
{{ with .Alerts.Resolved }}
Alerts Resolved:
{{ template "__text_alert_list" . }}
{{ end }}
{{ end }}

{{ define "__tocsin_markdown" }}
{{ with .Alerts.Firing }}
# Alerts Firing:
{{ template "__text_alert_list_markdown" . }}
{{ end }}
{{ with .Alerts.Resolved }}
# Alerts Resolved:
{{ template "__text_alert_list_markdown" . }}
{{ end }}
{{ end }}
)tmpl";

constexpr std::string_view kChannels = R"tmpl(
{{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}

{{ define "slack.default.fallback" -}}
  {{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}
{{- end }}
{{ define "slack.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}
{{ define "mattermost.default.fallback" -}}
  {{ template "mattermost.default.title" . }} | {{ template "mattermost.default.titlelink" . }}
{{- end }}
{{ define "mattermost.default.color" }}{{ if eq .Status "firing" }}#d92d20{{ else }}#17803d{{ end }}{{ end }}

{{ define "opsgenie.default.description" -}}
{{ template "__tocsin_annotations" . }}
{{ template "__tocsin_compact" . }}
{{- end }}
{{ define "victorops.default.state_message" -}}
{{ template "__tocsin_annotations" . }}
{{ template "__tocsin_compact" . }}
{{- end }}
{{ define "wechat.default.message" -}}
{{ template "__subject" . }}
{{ template "__tocsin_annotations" . }}
{{ template "__tocsin_compact" . }}
AlertmanagerUrl:
{{ template "__alertmanagerURL" . }}
{{- end }}

{{ define "jira.default.priority" -}}
  {{- $rank := 0 -}}
  {{- range .Alerts.Firing -}}
    {{- $severity := .Labels.severity -}}
    {{- if eq $severity "critical" }}{{ $rank = 3 -}}
    {{- else if and (eq $severity "warning") (lt $rank 2) }}{{ $rank = 2 -}}
    {{- else if and (eq $severity "info") (lt $rank 1) }}{{ $rank = 1 }}{{ end -}}
  {{- end -}}
  {{- if eq $rank 0 -}}
    {{- range .Alerts.Resolved -}}
      {{- $severity := .Labels.severity -}}
      {{- if eq $severity "critical" }}{{ $rank = 3 -}}
      {{- else if and (eq $severity "warning") (lt $rank 2) }}{{ $rank = 2 -}}
      {{- else if and (eq $severity "info") (lt $rank 1) }}{{ $rank = 1 }}{{ end -}}
    {{- end -}}
  {{- end -}}
  {{- index (stringSlice "" "Low" "Medium" "High") $rank -}}
{{- end }}
)tmpl";

// Templates that only stand for another one.
struct Alias {
  std::string_view name, target;  // "" is an empty text
};
constexpr Alias kAliases[] = {
    {"slack.default.title", "__subject"},
    {"slack.default.username", "__alertmanager"},
    {"slack.default.titlelink", "__alertmanagerURL"},
    {"slack.default.callbackid", ""},
    {"slack.default.pretext", ""},
    {"slack.default.iconemoji", ""},
    {"slack.default.iconurl", ""},
    {"slack.default.text", ""},
    {"slack.default.footer", ""},
    {"pagerduty.default.description", "__subject"},
    {"pagerduty.default.client", "__alertmanager"},
    {"pagerduty.default.clientURL", "__alertmanagerURL"},
    {"opsgenie.default.message", "__subject"},
    {"opsgenie.default.source", "__alertmanagerURL"},
    {"wechat.default.to_user", ""},
    {"wechat.default.to_party", ""},
    {"wechat.default.to_tag", ""},
    {"wechat.default.agent_id", ""},
    {"victorops.default.entity_display_name", "__subject"},
    {"victorops.default.monitoring_tool", "__alertmanager"},
    {"email.default.subject", "__subject"},
    {"pushover.default.title", "__subject"},
    {"pushover.default.url", "__alertmanagerURL"},
    {"sns.default.subject", "__subject"},
    {"telegram.default.message", "__tocsin_spaced"},
    {"discord.default.content", ""},
    {"discord.default.title", "__subject"},
    {"discord.default.message", "__tocsin_spaced"},
    {"msteams.default.summary", "__subject"},
    {"msteams.default.title", "__subject"},
    {"msteams.default.text", "__tocsin_markdown"},
    {"msteamsv2.default.title", "__subject"},
    {"msteamsv2.default.text", "__tocsin_markdown"},
    {"jira.default.summary", "__subject"},
    {"jira.default.description", "__tocsin_markdown"},
    {"rocketchat.default.title", "__subject"},
    {"rocketchat.default.alias", "__alertmanager"},
    {"rocketchat.default.titlelink", "__alertmanagerURL"},
    {"rocketchat.default.emoji", ""},
    {"rocketchat.default.iconurl", ""},
    {"rocketchat.default.text", ""},
    {"mattermost.default.username", "__alertmanager"},
    {"mattermost.default.title", "__subject"},
    {"mattermost.default.titlelink", "__alertmanagerURL"},
    {"mattermost.default.text", "__tocsin_markdown"},
};
// Those that begin with the annotations that all alerts have in common.
constexpr std::string_view kWithAnnotations[] = {"pushover.default.message", "sns.default.message",
                                                 "webex.default.message"};

// One column that a phone shows without zooming; colours by the reader's scheme, and never colour
// alone. Mail programs that drop <style> still show plain, readable text.
constexpr std::string_view kMail = R"tmpl(
{{ define "__tocsin_mail_alert" -}}
<div class="alert">
{{ with .Annotations.summary }}<p class="what">{{ . }}</p>
{{ end }}{{ with .Annotations.description }}<p>{{ . }}</p>
{{ end -}}
<p class="links">
{{- with .Annotations.runbook_url }}<a href="{{ . }}">Runbook</a> &nbsp; {{ end -}}
{{ if .GeneratorURL }}<a href="{{ .GeneratorURL }}">Source</a>{{ end }}</p>
<table role="presentation">
<tr><th>Since</th><td>{{ .StartsAt.UTC.Format "2006-01-02 15:04:05 MST" }}</td></tr>
{{ if eq .Status "resolved" }}<tr><th>Until</th><td>{{ .EndsAt.UTC.Format "2006-01-02 15:04:05 MST" }}</td></tr>
{{ end }}{{ range .Labels.SortedPairs }}<tr><th>{{ .Name }}</th><td>{{ .Value }}</td></tr>
{{ end }}{{ range (.Annotations.Remove (stringSlice "summary" "description" "runbook_url")).SortedPairs -}}
<tr><th>{{ .Name }}</th><td>{{ .Value }}</td></tr>
{{ end }}</table>
</div>
{{ end }}

{{ define "email.default.html" -}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ template "__subject" . }}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 16px; max-width: 640px; background: #ffffff; color: #1f2328;
  font: 16px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 20px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 24px 0 8px; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
a { color: #0b57d0; }
.button { display: inline-block; padding: 10px 16px; border: 1px solid #0b57d0; border-radius: 6px;
  text-decoration: none; font-weight: 600; }
.alert { border: 1px solid #d0d7de; border-left: 4px solid #c62828; border-radius: 6px;
  padding: 12px; margin: 0 0 12px; }
.resolved .alert { border-left-color: #17803d; }
.what { font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 2px 12px 2px 0; overflow-wrap: anywhere; }
th { font-weight: 400; color: #57606a; width: 30%; }
.foot { margin-top: 24px; font-size: 14px; color: #57606a; }
@media (prefers-color-scheme: dark) {
  body { background: #14171a; color: #e6e8eb; }
  a { color: #8ab4f8; }
  .button { border-color: #8ab4f8; }
  .alert { border-color: #3a4048; border-left-color: #ff7b72; }
  .resolved .alert { border-left-color: #56d364; }
  th, .foot { color: #9aa4af; }
}
</style>
</head>
<body>
{{ $count := len .Alerts -}}
<h1>{{ if eq .Status "firing" }}Firing{{ else }}Resolved{{ end }}: {{ $count }} alert{{ if ne $count 1 }}s{{ end -}}
{{ if .GroupLabels }} for{{ end }}</h1>
{{ range .GroupLabels.SortedPairs }}<p>{{ .Name }} = {{ .Value }}</p>
{{ end -}}
<p><a class="button" href="{{ template "__alertmanagerURL" . }}">View in {{ template "__alertmanager" . }}</a></p>
{{ with .Alerts.Firing }}<h2>{{ len . }} firing</h2>
<div class="firing">
{{ range . }}{{ template "__tocsin_mail_alert" . }}{{ end }}</div>
{{ end }}{{ with .Alerts.Resolved }}<h2>{{ len . }} resolved</h2>
<div class="resolved">
{{ range . }}{{ template "__tocsin_mail_alert" . }}{{ end }}</div>
{{ end -}}
<p class="foot"><a href="{{ .ExternalURL }}">Sent by {{ template "__alertmanager" . }}</a></p>
</body>
</html>
{{ end }}
)tmpl";

std::string aliases() {
  std::string text;
  for (const auto& [name, target] : kAliases) {
    const std::string body =
        target.empty() ? "" : fmt::format("{{{{ template \"{}\" . }}}}", target);
    text += fmt::format("{{{{ define \"{}\" }}}}{}{{{{ end }}}}\n", name, body);
  }
  for (const std::string_view name : kWithAnnotations) {
    text += fmt::format(
        "{{{{ define \"{}\" }}}}{{{{ template \"__tocsin_annotations\" . }}}}"
        "{{{{ template \"__tocsin_spaced\" . }}}}{{{{ end }}}}\n",
        name);
  }
  return text;
}

}  // namespace

const TemplateSet& default_templates() {
  static const TemplateSet set = [] {
    auto parsed = TemplateSet().with({Source{"default.tmpl", std::string(kShared)},
                                      Source{"default.tmpl", std::string(kChannels)},
                                      Source{"default.tmpl", aliases()},
                                      Source{"email.tmpl", std::string(kMail)}});
    if (!parsed) bug(parsed.error().message);
    return *std::move(parsed);
  }();
  return set;
}

}  // namespace tocsin::gotemplate
