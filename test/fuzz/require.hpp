#pragma once

#include <cstdlib>

/// What must hold of every input: a fuzzer sees a violation as a crash.
inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}
