#pragma once

#include <string>

namespace taama::test {

// Puts so many made-up rows into each table of the program that PostgreSQL plans as for a busy
// operator, and collects its statistics. The values have the right types and, where a check lists
// words, these words, but nothing fits together: keys are random, checks are dropped and foreign
// keys not looked at.
void fill_tables(const std::string& url, int rows);

}  // namespace taama::test
