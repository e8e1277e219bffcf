# Writes OUTPUT, a C++ source that holds the text of every migration in FILES, grouped by module.
set(body "")
foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    get_filename_component(folder ${file} DIRECTORY)
    get_filename_component(folder ${folder} DIRECTORY)
    get_filename_component(module ${folder} NAME)
    string(REGEX MATCH "^[0-9]+" number ${name})
    math(EXPR number "${number}")
    file(READ ${file} text)
    string(APPEND body
           "    {\"${module}\", ${number}, \"${name}\", R\"migration(${text})migration\"},\n")
endforeach()
file(WRITE ${OUTPUT}
"#include \"app/migrations.hpp\"

namespace taama::app {

namespace {
constexpr pg::Migration embedded[] = {
${body}};
}  // namespace

std::span<const pg::Migration> embedded_migrations() { return embedded; }

}  // namespace taama::app
")
