# tocsin_precompiled(TARGET rooms|tests): TARGET's C++ sources start from a precompiled header of what is not ours. Without
# TOCSIN_PRECOMPILED (only the preset `asan` sets it) nothing happens. cmake/precompiled_<list>.h is what is in it.
#
# Why not target_precompile_headers: it hands over the path by -Xclang, which ccache 4.7 does not make relative, and it knows
# no checksum. A .pch holds absolute paths and times, so ccache may not look into it if clones are to share objects: it takes
# <pch>.sum (CCACHE_PCH_EXTSUM, cmake/Toolchain.cmake), the hash of what the preprocessor makes of the list, macros included.
#
# clang takes a .pch only from a compilation with the same flags: one is for what the fuzzer sees, one for what it does not.
# clang names what it precompiled in each source's dependencies, so a newer system header builds all that stands on it again. Like
# any output, a .pch does not notice a header that was replaced by one with an older date:
# ninja -C build/asan -t clean tocsin_precompiled_rooms tocsin_precompiled_tests, and build again.
function(tocsin_precompiled target list)
  if(NOT TARGET tocsin_precompiled_${list})
    return()
  endif()
  set(pch ${PROJECT_BINARY_DIR}/precompiled/${list}.pch)
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include-pch ${pch}>")
  add_dependencies(${target} tocsin_precompiled_${list})
  # At the end of the folder, when all sources of the target are named.
  cmake_language(EVAL CODE "cmake_language(DEFER CALL tocsin_depends_on_precompiled [[${target}]] [[${pch}.sum]])")
endfunction()

function(tocsin_depends_on_precompiled target file)
  get_target_property(sources ${target} SOURCES)
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${file})
endfunction()

# tocsin_make_precompiled(rooms OPTIONS ... DEPS ...): makes precompiled/rooms.pch and its checksum in the build folder. The
# header is compiled as if it were a source, so that its flags are those of the sources: once to precompile it, once to
# preprocess it.
function(tocsin_make_precompiled list)
  cmake_parse_arguments(ARG "" "" "OPTIONS;DEPS" ${ARGN})
  set(header ${PROJECT_SOURCE_DIR}/cmake/precompiled_${list}.h)
  set(pch ${PROJECT_BINARY_DIR}/precompiled/${list}.pch)
  set(sum_script ${PROJECT_SOURCE_DIR}/cmake/PrecompiledSum.cmake)
  set(name tocsin_precompiled_${list})
  set_source_files_properties(${header} PROPERTIES LANGUAGE CXX)
  foreach(made pch text)
    add_library(${name}_${made} OBJECT EXCLUDE_FROM_ALL ${header})
    target_compile_options(${name}_${made} PRIVATE ${ARG_OPTIONS} "SHELL:-x c++-header")
    target_link_libraries(${name}_${made} PRIVATE ${ARG_DEPS})
    set_target_properties(${name}_${made} PROPERTIES CXX_COMPILER_LAUNCHER "" EXPORT_COMPILE_COMMANDS OFF)
  endforeach()
  target_compile_options(${name}_pch PRIVATE -fpch-instantiate-templates)
  target_compile_options(${name}_text PRIVATE -E -dD -P)
  set(made_pch $<TARGET_OBJECTS:${name}_pch>)
  set(made_text $<TARGET_OBJECTS:${name}_text>)
  add_custom_command(
    OUTPUT ${pch} ${pch}.sum
    COMMAND ${CMAKE_COMMAND} -D PCH=${made_pch} -D TEXT=${made_text} -D TO=${pch}
            -D "FLAGS=${CMAKE_CXX_COMPILER_VERSION} $<TARGET_PROPERTY:${name}_pch,COMPILE_OPTIONS>" -P ${sum_script}
    DEPENDS ${made_pch} ${made_text} ${sum_script}
    COMMENT "Precompiling for the ${list}" VERBATIM)
  add_custom_target(${name} DEPENDS ${pch} ${pch}.sum)
endfunction()

if(TOCSIN_PRECOMPILED)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "TOCSIN_PRECOMPILED is for clang; g++ gets slower by it (docs/decisions/0005-compilers-and-caches.md)")
  endif()
  # Where targets' flags differ for no need: nothing ends in a shared library, and some libraries bring -pthread along.
  add_compile_options(-fPIE -pthread)
  tocsin_make_precompiled(rooms OPTIONS ${TOCSIN_SEEN_BY_FUZZER} DEPS fmt::fmt Boost::json)
  if(TOCSIN_TESTS)
    tocsin_make_precompiled(tests DEPS fmt::fmt Boost::json GTest::gmock)
  endif()
endif()
