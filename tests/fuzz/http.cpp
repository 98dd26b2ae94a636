// SPDX-License-Identifier: Apache-2.0
// What any client may send: a stream of bytes in pieces to the engine and the reception behind it,
// over a pair of sockets and on this thread. What comes back is a sequence of whole responses, a
// page behind a password is shown to nobody without it, and the connection ends. The first byte of
// an input switches passwords, a header and the rate limit on, the second is the size of a piece.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "target.hpp"
#include "web/engine.hpp"
#include "web/reception.hpp"

namespace upslink::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view secret = "what only who may ask is told";
constexpr std::string_view in_base64 = "dXNlcjpyaWdod";  // user:right, as far as it is the same

/// Knows one user; of names that begin with w it has to think first.
class OneUser final : public web::Gate {
 public:
  void admit(std::map<std::string, std::string>) override {}
  std::optional<web::Verdict> known(const web::Credentials& credentials) override {
    if (credentials.name.starts_with('w')) return std::nullopt;
    const bool right = credentials.name == "user" && credentials.password == "right";
    return right ? web::Verdict::granted : web::Verdict::denied;
  }
  void judge(const web::Credentials&, const web::Origin&, Tell tell) override {
    thinking_.push_back(std::move(tell));
  }
  void decide() {
    for (const Tell& tell : std::exchange(thinking_, {})) tell(web::Verdict::denied);
  }

 private:
  std::vector<Tell> thinking_;
};

/// The server's loop without its thread and its listeners.
class House final : public web::EngineOwner {
 public:
  House()
      : reception_(routes(), gate_, inbox_),
        engine_(web::Engine::create(web::Engine::Kind::plain, {}, *this)) {
    require(engine_ != nullptr, "there is an engine");
  }

  void obey(unsigned switches) {
    web::Rules rules;
    if ((switches & 1U) != 0) rules.users = {{"user", "hash"}};
    if ((switches & 2U) != 0) rules.headers = {{"X-Frame-Options", "deny"}};
    if ((switches & 4U) != 0) rules.rate_limit = web::RateLimit{1h, 3};
    reception_.obey(std::move(rules), {});
  }

  void welcome(int socket) {
    connections_.push_back({.descriptor = socket});
    const sockaddr_in peer{.sin_family = AF_INET,
                           .sin_port = 1,
                           .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                           .sin_zero = {}};
    engine_->adopt(connections_.back(), reinterpret_cast<const sockaddr&>(peer), sizeof peer,
                   nullptr);
  }

  /// Does all that there is to do.
  void turn() {
    gate_->decide();
    for (auto& responder : std::exchange(late_, {})) responder(web::sentence(200, "late"));
    for (web::Letter& letter : inbox_->take().letters) {
      web::Connection* const connection = reception_.deliver(std::move(letter));
      if (connection != nullptr) engine_->resume(*connection);
    }
    int turns = 0;
    do {
      engine_->turn();
      require(++turns < 10'000, "the engine comes to rest");
    } while (engine_->wants_turn());
  }

  void hung_up() {
    for (const auto& connection : connections_) web::Engine::nudge(connection);
  }
  void end() {
    for (auto& connection : connections_) {
      connection.state = web::Connection::State::ending;
      ::shutdown(connection.descriptor, SHUT_RDWR);
      engine_->resume(connection);
    }
  }
  bool is_empty() const { return connections_.empty(); }
  std::vector<std::string> take_methods() { return std::exchange(methods_, {}); }

  void request_begun(web::Connection&) override {}
  std::optional<web::Response> answer(web::Connection& connection, const web::Request& request,
                                      bool has_body) override {
    require(request.path.find('\0') == std::string_view::npos, "a path has no NUL");
    auto response = reception_.answer(connection, request, has_body, {});
    if (response) methods_.emplace_back(request.method);
    return response;
  }
  const std::vector<std::pair<std::string, std::string>>& headers() const override {
    return reception_.rules().headers;
  }
  void request_finished(web::Connection& connection) override { reception_.forget(connection); }
  void answered(int status) override {
    require(status >= 200 && status < 600, "a status is one", std::to_string(status));
  }
  void closed(web::Connection& connection) override {
    reception_.forget(connection);
    connections_.remove_if([&](const web::Connection& one) { return &one == &connection; });
  }
  void said(std::string_view) override {}

 private:
  std::vector<web::Route> routes() {
    const auto page = [](const web::Request&) { return web::sentence(200, secret); };
    const auto late = [this](const web::Request&, web::Responder responder) {
      late_.push_back(std::move(responder));
    };
    return {{.path = "/metrics", .handler = page},
            {.path = "/late", .late_handler = late},
            {.path = "/-/reload", .methods = {"POST", "PUT"}, .late_handler = late}};
  }

  std::shared_ptr<OneUser> gate_ = std::make_shared<OneUser>();
  std::shared_ptr<web::Inbox> inbox_ = std::make_shared<web::Inbox>();
  std::vector<web::Responder> late_;
  std::list<web::Connection> connections_;
  std::vector<std::string> methods_;  // of the requests that were answered here, in order
  web::Reception reception_;
  std::unique_ptr<web::Engine> engine_;  // last: tells of what it closes
};

/// The number after `Content-Length:`; nothing if there is none.
std::optional<std::size_t> length_in(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto at = head.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto text = head.substr(at + name.size());
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

/// Whole responses, one after the other. Whoever is not answered here but by the library (400, 431)
/// is the last.
void check_responses(std::string_view stream, const std::vector<std::string>& methods) {
  std::size_t count = 0;
  while (!stream.empty()) {
    require(stream.starts_with("HTTP/1.1 ") || stream.starts_with("HTTP/1.0 "),
            "a response begins with its status", stream);
    const auto end = stream.find("\r\n\r\n");
    if (end == std::string_view::npos) return;  // cut off by our own end
    const auto head = stream.substr(0, end + 4);
    stream.remove_prefix(head.size());
    if (head.substr(9).starts_with("100")) continue;
    const bool is_ours = count < methods.size();
    const bool has_body = !is_ours || methods[count] != "HEAD";
    ++count;
    const auto length = length_in(head);
    if (is_ours && head.substr(9, 3) != "204")
      require(length.has_value(), "a length is told", head);
    if (has_body) stream.remove_prefix(std::min(length.value_or(0), stream.size()));
    if (!is_ours) return;
  }
}

std::string receive(int socket) {
  std::string all;
  std::array<char, 4096> part{};
  for (;;) {
    const auto got = ::recv(socket, part.data(), part.size(), MSG_DONTWAIT);
    if (got <= 0) return all;
    all.append(part.data(), static_cast<std::size_t>(got));
  }
}

void send_in_pieces(House& house, int socket, std::string_view bytes, std::size_t piece,
                    std::string& heard) {
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    if (::send(socket, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
    bytes.remove_prefix(part.size());
    house.turn();
    heard += receive(socket);
  }
}

}  // namespace

void try_input(std::string_view input) {
  if (input.size() < 2) return;
  static House house;
  const auto switches = static_cast<unsigned char>(input[0]);
  const std::size_t piece = input[1] == 0 ? input.size() : static_cast<unsigned char>(input[1]);
  house.obey(switches);
  std::array<int, 2> pair{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) == 0,
          "there are sockets");
  house.welcome(pair[0]);
  std::string heard;
  send_in_pieces(house, pair[1], input.substr(2), piece, heard);
  house.turn();
  ::shutdown(pair[1], SHUT_WR);
  house.hung_up();
  house.turn();
  heard += receive(pair[1]);
  house.end();
  house.turn();
  heard += receive(pair[1]);
  ::close(pair[1]);
  require(house.is_empty(), "a connection ends");
  // A method ends at a NUL for us and not for the library, which then has another idea of HEAD.
  const auto methods = house.take_methods();
  if (input.find('\0', 2) == std::string_view::npos) check_responses(heard, methods);
  const bool is_shown = heard.find(secret) != std::string::npos;
  if (is_shown && (switches & 1U) != 0) {
    require(input.find(in_base64) != std::string_view::npos, "a password is needed", heard);
  }
}

}  // namespace upslink::fuzz
