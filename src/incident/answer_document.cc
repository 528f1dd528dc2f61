#include "incident/answer_document.h"

#include "base/text.h"

namespace tocsin::incident {

std::string shown(std::string_view text, size_t most) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    const std::string character = escape_html(text.substr(at, next - at));
    if (out.size() + character.size() > most) return out + "…";
    out += character;
    at = next;
  }
  return out;
}

std::string document(const Words& words, std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" "
      "content=\"noindex\">"
      "<title>{}</title><link rel=\"stylesheet\" href=\"style.css\"></head>\n<body><main>\n{}"
      "</main></body></html>\n",
      words.code(), shown(title, kLongText), body);
}

std::string_view answer_css() {
  return R"(:root{color-scheme:light dark;--page:#f6f8fa;--text:#1b1f24;--muted:#57606a;--line:#d0d7de;
--link:#1f5a9c;--action:#1f4e79;--on-action:#fff;--bad:#b42d3f;--ok:#2f6f57;--tint-bad:#fbeef0;
--tint-ok:#eef6f3}
@media (prefers-color-scheme:dark){:root{--page:#0f1318;--text:#e6eaef;--muted:#9aa4af;--line:#2c333b;
--link:#8ab8f5;--action:#6fa6f5;--on-action:#0f1318;--bad:#ef4b61;--ok:#6fdabf;--tint-bad:#2a1a20;
--tint-ok:#16241f}}
*{box-sizing:border-box}
html{scroll-padding-bottom:8rem}
body{margin:0;background:var(--page);color:var(--text);font:1.0625rem/1.45 system-ui,sans-serif;
overflow-wrap:anywhere}
main{max-width:40rem;margin:0 auto;padding:1rem 1rem 2rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1rem}
h2{font-size:1.0625rem;margin:1.5rem 0 .25rem}
h3{font-size:1.0625rem;font-weight:600;margin:1rem 0 .25rem}
p{margin:.25rem 0}
ul{margin:.25rem 0;padding-left:1.25rem}
li{padding:.3rem 0}
dl{display:grid;grid-template-columns:minmax(0,auto) minmax(45%,1fr);gap:.15rem 1rem;margin:.25rem 0}
dt{color:var(--muted)}
dd{margin:0;font-variant-numeric:tabular-nums}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.mark{color:var(--muted)}
.sev{font-weight:700;color:var(--text)}
.sev1,.sev2{color:var(--bad)}
.status{border-left:.35rem solid var(--line);padding:.6rem .8rem}
.open{border-color:var(--bad);background:var(--tint-bad)}
.taken,.over{border-color:var(--ok);background:var(--tint-ok)}
.runbook{display:block;padding:.8rem;border:2px solid var(--link);border-radius:.5rem;
text-align:center;font-weight:600}
form{margin:1rem 0 0}
.first{position:sticky;bottom:0;margin-top:1.5rem;padding:.75rem 0;background:var(--page);
border-top:1px solid var(--line);text-align:center}
button{width:100%;min-height:3rem;border:2px solid var(--action);border-radius:.5rem;
background:transparent;color:var(--action);font:inherit;font-weight:600;cursor:pointer}
.first button{min-height:3.75rem;background:var(--action);color:var(--on-action);font-size:1.25rem;
font-weight:700}
.more{border-top:1px solid var(--line);margin-top:1rem}
.more h2{margin-top:1rem}
.times{display:grid;grid-template-columns:repeat(4,1fr);gap:.4rem}
.times button{padding:0;font-size:.9375rem;white-space:nowrap}
form p,.later{color:var(--muted);font-size:.9375rem}
.later{margin-top:1rem}
)";
}

}  // namespace tocsin::incident
