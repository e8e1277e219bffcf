#include "app/commands.hpp"

int main(int argc, char** argv) { return taama::app::run_command(argc, argv); }
