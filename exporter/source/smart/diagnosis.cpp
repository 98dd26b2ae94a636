// SPDX-License-Identifier: Apache-2.0
#include "source/smart/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "catalogue/allowed.hpp"
#include "catalogue/codec.hpp"
#include "source/smart/link_problem.hpp"

namespace upslink::smart {

namespace {

using namespace std::chrono_literals;

bool is_text(char c) {
  return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n';
}

std::string in_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes.substr(0, 8)) {
    std::array<char, 4> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x ",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += digits.data();
  }
  return hex.substr(0, hex.empty() ? 0 : hex.size() - 1);
}

std::string tried(int handshakes_sent) {
  return "sent the handshake Y " + std::to_string(handshakes_sent) + " times at 2400 baud 8N1";
}

}  // namespace

std::string explain_heard(std::string_view address, std::string_view heard, int handshakes_sent) {
  const std::string where =
      "no UPS answers on " + std::string(address) + ": " + tried(handshakes_sent);
  if (heard.empty()) {
    return where +
           " and heard nothing; check that the UPS is on, that the cable is a smart one (black "
           "940-0024 "
           "or 940-0095 series, no plain serial cable), that this is its port, that no card in the "
           "UPS's slot "
           "holds the line, and after use by USB switch the UPS off and on";
  }
  if (std::ranges::all_of(heard, [](char c) { return c == handshake_byte; })) {
    return where + " and heard only that come back; the line is looped or echoes: check the wiring";
  }
  const auto strange = std::ranges::count_if(heard, [](char c) { return !is_text(c); });
  if (strange * 4 > static_cast<std::ptrdiff_t>(heard.size())) {
    return where + " and heard binary noise (" + in_hex(heard) +
           "), as from a newer unit (SMT, SMX, SMC, SRT) that speaks Microlink; such a unit needs "
           "a legacy "
           "communications card (AP9620), or its Modbus or network interface with other software";
  }
  return where + " and heard text that is no answer (\"" + printable(heard.substr(0, 40)) +
         "\"); another device or program (a login prompt, a modem, a terminal server's menu) is on "
         "this line";
}

std::string diagnose_silence(Link& link, int handshakes_sent) {
  std::string heard;
  link.send(handshake_byte);
  const auto until = link.now() + 2s;
  std::array<char, 256> buffer{};
  while (link.now() < until && heard.size() < 1000) {
    const auto received = link.receive(buffer, until);
    if (received.what != Arrival::bytes) break;
    heard.append(buffer.data(), received.count);
  }
  auto sentence = explain_heard(link.address(), heard, handshakes_sent + 1);
  const auto holder = holder_of(std::string(link.address()));
  if (!holder.empty()) sentence += " (the line is also open in " + holder + ": stop it)";
  return sentence;
}

}  // namespace upslink::smart
