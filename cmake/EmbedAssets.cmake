# tocsin_embed_web(TARGET): builds the web page with npm and links it into TARGET as bytes; without TOCSIN_WEB a table
# without rows. npm ci runs when the lock changed, vite when a source changed.
function(tocsin_embed_web target)
  if(NOT TOCSIN_WEB)
    target_sources(${target} PRIVATE no_assets.cc)
    return()
  endif()
  find_program(NODE node REQUIRED)
  set(web ${PROJECT_SOURCE_DIR}/web)
  set(out ${PROJECT_BINARY_DIR}/web)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/* ${web}/scripts/*)
  # The build folders share node_modules: the stamp lies in it, and one at a time installs.
  add_custom_command(
    OUTPUT ${web}/node_modules/.tocsin-lock
    COMMAND flock ${web}/package-lock.json ${NODE} scripts/install.mjs
    DEPENDS ${web}/package-lock.json ${web}/scripts/install.mjs
    WORKING_DIRECTORY ${web} COMMENT "Installing the web page's packages" VERBATIM)
  add_custom_command(
    OUTPUT ${out}/web_assets.S ${out}/web_assets.cc ${out}/web_assets.bin
    COMMAND ${NODE} node_modules/vite/bin/vite.js build --logLevel warn --outDir ${out}/dist --emptyOutDir
    COMMAND ${NODE} scripts/embed.mjs ${out}/dist ${out}
    DEPENDS ${web}/node_modules/.tocsin-lock ${web_sources} ${web}/index.html ${web}/vite.config.ts ${web}/tsconfig.json
    WORKING_DIRECTORY ${web} COMMENT "Building the web page" VERBATIM)
  set_source_files_properties(${out}/web_assets.S PROPERTIES OBJECT_DEPENDS ${out}/web_assets.bin)
  target_sources(${target} PRIVATE ${out}/web_assets.S ${out}/web_assets.cc)
endfunction()
