// SPDX-License-Identifier: Apache-2.0
// The one place that includes zlib.
#include "web/gzip.hpp"

#include <zlib.h>

#include <array>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace upslink::web {
namespace {

constexpr int level = Z_BEST_SPEED;
constexpr int window_bits_for_gzip = 15 + 16;  // zlib.h: "add 16 to windowBits" for a gzip header
constexpr int memory_level = 8;                // zlib's default

}  // namespace

std::string gzip(std::string_view plain) {
  if (plain.size() > std::numeric_limits<uInt>::max()) throw std::length_error("gzip: over 4 GiB");
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, window_bits_for_gzip, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const auto end = [](z_stream* s) { deflateEnd(s); };
  const std::unique_ptr<z_stream, decltype(end)> ended(&stream, end);

  std::string packed;
  std::array<char, 16384> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  // zlib reads through a pointer to non-const, which it does not write through.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  int done = Z_OK;
  while (done == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    done = deflate(&stream, Z_FINISH);
    packed.append(piece.data(), piece.size() - stream.avail_out);
  }
  if (done != Z_STREAM_END) throw std::bad_alloc();
  packed.shrink_to_fit();  // it is kept
  return packed;
}

}  // namespace upslink::web
