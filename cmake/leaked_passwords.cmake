# The list of leaked passwords comes from npm, by the lock file, and is embedded into the program.
find_program(NPM npm REQUIRED)
set(PASSWORDS_DIR ${CMAKE_BINARY_DIR}/passwords)
set(LEAKED_PASSWORDS ${PASSWORDS_DIR}/leaked_passwords.txt)
add_custom_command(
    OUTPUT ${LEAKED_PASSWORDS}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PASSWORDS_DIR}
    COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/web/passwords/package.json
            ${PROJECT_SOURCE_DIR}/web/passwords/package-lock.json ${PASSWORDS_DIR}
    COMMAND ${CMAKE_COMMAND} -E chdir ${PASSWORDS_DIR}
            ${NPM} ci --ignore-scripts --no-audit --no-fund --silent
    COMMAND ${CMAKE_COMMAND} -DLENGTH_MIN=8 -DOUTPUT=${LEAKED_PASSWORDS}
            -DLIST=${PASSWORDS_DIR}/node_modules/@zxcvbn-ts/language-common/src/passwords.json
            -P ${PROJECT_SOURCE_DIR}/cmake/sort_passwords.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/web/passwords/package-lock.json
            ${PROJECT_SOURCE_DIR}/cmake/sort_passwords.cmake
    VERBATIM)
