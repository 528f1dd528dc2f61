#include "server/asset_table.h"

namespace tocsin::server {

AssetTable embedded_assets() { return {{}, {}, "none"}; }

}  // namespace tocsin::server
