# Writes OUTPUT, the commit the program was built from; rewritten only when that changed.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=UTC git -C ${SOURCE} log -1 --format=%cd
                        --date=format-local:%Y-%m-%dT%H:%M:%SZ
                OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
    set(commit unknown)
endif()
set(text "#include \"app/build_info.hpp\"

namespace taama::app {

std::string_view build_commit() { return \"${commit}\"; }
std::string_view build_time() { return \"${time}\"; }

}  // namespace taama::app
")
set(old "")
if(EXISTS ${OUTPUT})
    file(READ ${OUTPUT} old)
endif()
if(NOT text STREQUAL old)
    file(WRITE ${OUTPUT} "${text}")
endif()
