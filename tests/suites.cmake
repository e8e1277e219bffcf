# One ctest per GoogleTest suite would start hundreds of processes; shards run side by side instead.
# gtest's own sharding splits the tests evenly.
function(taama_shards target shards timeout)
    foreach(shard RANGE 1 ${shards})
        math(EXPR index "${shard} - 1")
        add_test(NAME ${target}.${shard} COMMAND ${target} --gtest_brief=1)
        set_tests_properties(${target}.${shard} PROPERTIES
            ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${index}"
            TIMEOUT ${timeout})
    endforeach()
endfunction()

taama_shards(unit_tests 4 600)
if(TARGET journey_tests)
    taama_shards(journey_tests 4 900)
endif()
