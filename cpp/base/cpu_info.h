// What the machine offers this process.
#pragma once

namespace llmserve {

// Physical cores among the CPUs that this process may run on; at least 1. Two threads of one core
// share its vector units, so a second one brings nothing.
int num_physical_cores();

}  // namespace llmserve
