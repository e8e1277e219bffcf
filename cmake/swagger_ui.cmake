# The assets of the Swagger UI come from npm, by the lock file, and are embedded into the program.
find_program(NPM npm REQUIRED)
set(SWAGGER_UI_DIR ${CMAKE_BINARY_DIR}/swagger-ui)
set(SWAGGER_UI_ASSETS ${SWAGGER_UI_DIR}/node_modules/swagger-ui-dist)
add_custom_command(
    OUTPUT ${SWAGGER_UI_DIR}/ready
    BYPRODUCTS ${SWAGGER_UI_ASSETS}/swagger-ui-bundle.js ${SWAGGER_UI_ASSETS}/swagger-ui.css
    COMMAND ${CMAKE_COMMAND} -E make_directory ${SWAGGER_UI_DIR}
    COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/web/docs/package.json
            ${PROJECT_SOURCE_DIR}/web/docs/package-lock.json ${SWAGGER_UI_DIR}
    COMMAND ${CMAKE_COMMAND} -E chdir ${SWAGGER_UI_DIR}
            ${NPM} ci --ignore-scripts --no-audit --no-fund --silent
    COMMAND ${CMAKE_COMMAND} -E touch ${SWAGGER_UI_DIR}/ready
    DEPENDS ${PROJECT_SOURCE_DIR}/web/docs/package-lock.json
    VERBATIM)
