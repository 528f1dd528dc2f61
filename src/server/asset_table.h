#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tocsin::server {

// Where a file of the web page lies among the embedded bytes.
struct AssetBytes {
  size_t begin = 0, size = 0;
};
// One file, twice: compressed by brotli and by gzip.
struct AssetRow {
  std::string_view path;  // "/assets/index-3fa9.js"
  std::string_view type;  // Content-Type
  std::string_view digest;
  bool immutable = false;  // its name holds a hash of its content
  size_t size = 0;         // as it is, not compressed
  AssetBytes br, gzip;
};
struct AssetTable {
  std::span<const AssetRow> rows;  // by path, as bytes compare
  std::string_view bytes;
  std::string_view build;  // changes exactly when a byte of the page changes
};

// Made by web/scripts/embed.mjs; or no rows, in a build without the web page.
AssetTable embedded_assets();

}  // namespace tocsin::server
