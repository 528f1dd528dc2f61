#pragma once

#include "net/http.h"
#include "server/asset_table.h"

namespace tocsin::server {

// The web page from memory: "/" and every path that no other route has. Files under /assets/ are
// kept by browsers for ever, all else is asked for again with its ETag. An unknown file is 404; any
// other GET that accepts HTML is answered with the page, which shows the screen that the path
// names. Call it last: its routes take what is left.
void add_asset_routes(net::Router& router, const AssetTable& assets = embedded_assets());

// Every answer gets the headers that keep browsers strict, unless its handler set its own: no
// foreign scripts, styles, frames or guesses of content types.
void add_security_headers(net::Router& router);

}  // namespace tocsin::server
