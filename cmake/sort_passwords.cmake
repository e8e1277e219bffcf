# Writes OUTPUT: the words of LIST (a JSON array of lower-case strings) that have LENGTH_MIN characters
# or more, in byte order, one a line.
file(READ ${LIST} text)
# CMake's lists are joined by it; one word has it at its end.
string(REPLACE ";" "" text "${text}")
string(REGEX MATCHALL "\"[^\"]+\"" words "${text}")
string(REPLACE "\"" "" words "${words}")
string(REPEAT "." ${LENGTH_MIN} long_enough)
list(FILTER words INCLUDE REGEX "^${long_enough}")
list(SORT words COMPARE STRING)
list(REMOVE_DUPLICATES words)
list(LENGTH words count)
if(count LESS 10000)
    message(FATAL_ERROR "only ${count} passwords in ${LIST}")
endif()
list(JOIN words "\n" text)
file(WRITE ${OUTPUT} "${text}\n")
