#include "server/assets.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/gzip.h"

namespace tocsin::server {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action "
    "'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app-worker app-push";

constexpr std::string_view kNoPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tocsin</title><p>This binary "
    "was built "
    "without the web page. Build it with <code>script/build</code>; the API is at "
    "<code>/api/v1</code>.</html>";

const AssetRow* find(const AssetTable& assets, std::string_view path) {
  const auto row = std::ranges::lower_bound(assets.rows, path, {}, &AssetRow::path);
  return row != assets.rows.end() && row->path == path ? &*row : nullptr;
}

// Whether the client takes this coding; "q=0" is a no.
bool accepts(const net::Request& request, std::string_view coding) {
  const auto header = request.headers.get("Accept-Encoding");
  if (!header) return false;
  for (const std::string_view part : split(*header, ',')) {
    const size_t semicolon = part.find(';');
    if (!equal_ignoring_case(trim(part.substr(0, semicolon)), coding)) continue;
    const std::string_view weight =
        semicolon == std::string_view::npos ? "" : trim(part.substr(semicolon + 1));
    return weight != "q=0" && weight != "q=0.0";
  }
  return false;
}

bool accepts_html(const net::Request& request) {
  const auto header = request.headers.get("Accept");
  return header && header->find("text/html") != std::string_view::npos;
}

net::Response send(const AssetTable& assets, const AssetRow& row, const net::Request& request) {
  const bool br = accepts(request, "br");
  const bool gzip = !br && accepts(request, "gzip");
  // Each coding is a representation of its own (RFC 9110, 8.8.3).
  const std::string etag = fmt::format("\"{}{}\"", row.digest, br ? "-br" : gzip ? "-gz" : "");
  net::Response response;
  response.headers.set("ETag", etag);
  response.headers.set("Vary", "Accept-Encoding, Cookie");
  response.headers.set("Cache-Control",
                       row.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers.get("If-None-Match") == etag) {
    response.status = 304;
    return response;
  }
  response.headers.set("Content-Type", std::string(row.type));
  const AssetBytes& at = br ? row.br : row.gzip;
  const std::string_view bytes = assets.bytes.substr(at.begin, at.size);
  if (br || gzip) {
    response.headers.set("Content-Encoding", br ? "br" : "gzip");
    response.body = bytes;
    return response;
  }
  auto plain = net::gunzip(bytes, row.size);
  if (!plain) return net::Response::error(plain.error(), request);
  response.body = *std::move(plain);
  return response;
}

// The theme that the user chose is in a cookie, so that the first paint is right without a script.
const AssetRow* index_for(const AssetTable& assets, const net::Request& request) {
  const auto theme = request.cookie("tocsin_theme");
  if (theme == "light" || theme == "dark")
    return find(assets, fmt::format("/index.{}.html", *theme));
  return find(assets, "/index.html");
}

net::Response answer(const AssetTable& assets, const net::Request& request) {
  if (assets.rows.empty())
    return net::Response::html(request.path == "/" ? 200 : 404, std::string(kNoPage));
  const bool is_index = request.path == "/" || request.path.starts_with("/index.");
  if (const AssetRow* row = is_index ? nullptr : find(assets, request.path))
    return send(assets, *row, request);
  const bool is_file = request.path.starts_with("/assets/") || request.path.starts_with("/api/");
  const AssetRow* index = index_for(assets, request);
  if (!is_file && index != nullptr && (is_index || accepts_html(request)))
    return send(assets, *index, request);
  return net::Response::error(
      {Code::kNotFound, fmt::format("there is nothing at {}", request.path)}, request);
}

}  // namespace

void add_asset_routes(net::Router& router, const AssetTable& assets) {
  const auto handler = [assets](const net::Request& request) { return answer(assets, request); };
  router.add("GET", "/", handler);
  router.add("GET", "/{rest...}", handler);
}

void add_security_headers(net::Router& router) {
  router.wrap([](const net::Request& request, const net::Handler& next) {
    net::Response response = next(request);
    const auto set = [&](std::string name, std::string_view value) {
      if (!response.headers.get(name)) response.headers.set(std::move(name), std::string(value));
    };
    set("Content-Security-Policy", kPolicy);
    set("X-Content-Type-Options", "nosniff");
    set("Referrer-Policy", "same-origin");
    set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    set("Cross-Origin-Opener-Policy", "same-origin");
    set("Cross-Origin-Resource-Policy", "same-origin");
    set("Cache-Control", "no-store");
    return response;
  });
}

}  // namespace tocsin::server
