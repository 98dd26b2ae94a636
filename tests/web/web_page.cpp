// SPDX-License-Identifier: Apache-2.0
// A server with one page of about 25 KB at /metrics, for measuring:
//
//   upslink_web_page [idle connections]      prints its address and serves until its input ends
//   wrk -t1 -c8 -d10 --latency http://ADDRESS/metrics
//
// The idle connections are opened by the program itself. It also prints what a connection costs in
// memory and what gzip costs in time at the level used.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "web/descriptor.hpp"
#include "web/gzip.hpp"
#include "web/server.hpp"

namespace {

std::string page_of(std::size_t bytes) {
  std::string page;
  for (int i = 0; page.size() < bytes; ++i) {
    page += "upslink_ups_input_voltage_volts{ups=\"rack" + std::to_string(i % 40) + "\",phase=\"" +
            std::to_string(i % 3) + "\"} " + std::to_string(230.0 + i * 0.1) + "\n";
  }
  return page;
}

long resident_kib() {
  std::ifstream status("/proc/self/statm");
  long pages = 0;
  status >> pages >> pages;
  return pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

upslink::web::Descriptor connection_to(int port) {
  upslink::web::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.number(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) return {};
  return socket;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace upslink::web;
  using namespace std::chrono_literals;
  raise_descriptor_limit();
  const auto body = std::make_shared<const std::string>(page_of(25'000));
  const auto started = std::chrono::steady_clock::now();
  std::size_t packed = 0;
  for (int i = 0; i < 100; ++i) packed = gzip(*body).size();
  const std::chrono::duration<double, std::micro> taken =
      std::chrono::steady_clock::now() - started;
  std::printf("gzip: %zu -> %zu bytes in %.0f us\n", body->size(), packed, taken.count() / 100);

  Limits limits;
  limits.request = 3600s;  // the idle connections are to stay
  auto result = Server::start(
      {.addresses = {"127.0.0.1:0"},
       .routes = {{.path = "/metrics",
                   .handler = [&](const Request&) { return Response{.body = body}; }}},
       .limits = limits});
  if (const auto* why = std::get_if<std::string>(&result)) {
    std::fprintf(stderr, "%s\n", why->c_str());
    return 1;
  }
  const auto server = std::get<std::unique_ptr<Server>>(std::move(result));
  const std::string& address = server->addresses().front();

  const int port = std::atoi(address.substr(address.rfind(':') + 1).c_str());
  const int idle = argc > 1 ? std::atoi(argv[1]) : 0;
  const bool speaks = argc > 2;
  std::vector<Descriptor> connections;
  const long before = resident_kib();
  for (int i = 0; i < idle; ++i) {
    connections.push_back(connection_to(port));
    if (!speaks) continue;
    const std::string request = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    char answer[4096];
    if (::write(connections.back().number(), request.data(), request.size()) < 0) return 1;
    if (::read(connections.back().number(), answer, sizeof answer) < 0) return 1;
  }
  ::usleep(300'000);
  std::printf("%d idle connections: %ld KiB\n", idle, resident_kib() - before);
  std::printf("%s\n", address.c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
