// SPDX-License-Identifier: Apache-2.0
// What libFuzzer calls. Its name and form are libFuzzer's.
#include <cstddef>
#include <cstdint>

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  upslink::fuzz::try_input({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
