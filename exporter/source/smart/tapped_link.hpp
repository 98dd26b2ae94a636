// SPDX-License-Identifier: Apache-2.0
// A link that passes everything on to another one and tells of every byte with its time, in both
// directions. Everything above it behaves as without it. Used on the thread of the other link.
#pragma once

#include <functional>
#include <string_view>

#include "source/smart/link.hpp"

namespace upslink::smart {

struct Tap {
  std::function<void(char byte, TimePoint at)> sent;
  std::function<void(std::string_view bytes, TimePoint at)> heard;  ///< at: when they were read
};

class TappedLink final : public Link {
 public:
  /// The other link must outlive this one.
  TappedLink(Link& link, Tap tap, Log log)
      : Link(std::move(log)), link_(link), tap_(std::move(tap)) {}

  std::string_view kind() const override { return link_.kind(); }
  std::string_view address() const override { return link_.address(); }
  std::optional<SourceProblem> open() override { return link_.open(); }
  void close() override { link_.close(); }
  Received receive(std::span<char> buffer, TimePoint until) override;
  void rest(TimePoint) override {}  // bytes that gather would all have the time of the last
  bool replaced() const override { return link_.replaced(); }
  bool await_return(TimePoint until) override { return link_.await_return(until); }
  TimePoint now() const override { return link_.now(); }

 protected:
  bool transmit(char byte) override;

 private:
  Link& link_;
  Tap tap_;
};

}  // namespace upslink::smart
