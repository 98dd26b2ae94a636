// SPDX-License-Identifier: Apache-2.0
// The server's one thread: an epoll loop that accepts, keeps the clocks, and lets libmicrohttpd do
// the rest. It watches
//
//   * the listening sockets;
//   * libmicrohttpd's own epoll descriptor, for reading and writing;
//   * every connection, edge-triggered, only to learn when the first byte of a request arrives
//     (libmicrohttpd tells of a request when its headers are complete, which a slow sender puts off
//     for ever) and when the client has finished sending;
//   * the inbox, through which other threads speak to this one.
//
// After start() everything here belongs to that thread, libmicrohttpd's memory included; the inbox
// has the only lock. There is an engine for plain HTTP and one for TLS, each made when it is first
// needed, so that going over from one to the other at run time needs nothing more.
#include "web/server.hpp"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>

#include "web/connection_table.hpp"
#include "web/descriptor.hpp"
#include "web/engine.hpp"
#include "web/inbox.hpp"
#include "web/listener.hpp"
#include "web/log_gate.hpp"
#include "web/reception.hpp"
#include "web/signals_blocked.hpp"

namespace upslink::web {
namespace {

constexpr int events_per_turn = 256;
// Connections taken from one listener before those that are open get their turn.
constexpr int arrivals_per_turn = 64;
// How long the listeners rest when the kernel has no descriptor or memory for a new connection.
constexpr std::chrono::milliseconds rest{50};

// The rules of `security`, or a sentence.
std::variant<Rules, std::string> rules_of(Security security, bool has_gate) {
  Rules rules;
  if (!security.users.empty() && !has_gate) return "cannot serve HTTP: nobody checks passwords";
  if (security.tls) {
    auto made = TlsContext::create(*security.tls);
    if (const auto* const fault = std::get_if<TlsFault>(&made)) {
      return "cannot serve HTTPS: " + fault->why;
    }
    rules.tls = std::get<std::shared_ptr<const TlsContext>>(std::move(made));
  }
  rules.users = std::move(security.users);
  rules.headers = std::move(security.headers);
  rules.rate_limit = security.rate_limit;
  return rules;
}

}  // namespace

class Server::Loop final : public EngineOwner {
 public:
  Loop(std::vector<Listener> listeners, Setup setup, std::shared_ptr<Inbox> inbox)
      : limits_(setup.limits),
        observer_(std::move(setup.observer)),
        log_gate_(observer_.log),
        table_(setup.limits),
        listeners_(std::move(listeners)),
        inbox_(std::move(inbox)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        reception_(std::move(setup.routes), std::move(setup.gate), inbox_) {}

  ~Loop() {
    if (!thread_.joinable()) return;
    inbox_->put_stop();
    thread_.join();
  }

  // Starts the thread; a sentence if the system has no room for it.
  std::optional<std::string> start(Rules rules) {
    if (inbox_->descriptor() < 0 || !epoll_) return out_of("descriptors", errno);
    if (!watch(inbox_->descriptor(), EPOLLIN, inbox_.get())) return out_of("epoll watches", errno);
    obey(std::move(rules));
    if (engine_now() == nullptr) return "cannot serve HTTP: libmicrohttpd does not start";
    for (Listener& listener : listeners_) {
      if (!watch(listener.socket.number(), EPOLLIN, &listener)) {
        return out_of("epoll watches", errno);
      }
    }
    const SignalsBlocked blocked;
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
      return out_of("threads", error.code().value());
    }
    return {};
  }

  const std::vector<Listener>& listeners() const { return listeners_; }

  void request_begun(Connection& connection) override { table_.begin(connection, now_); }
  std::optional<Response> answer(Connection& connection, const Request& request,
                                 bool has_body) override {
    return reception_.answer(connection, request, has_body, now_);
  }
  const std::vector<std::pair<std::string, std::string>>& headers() const override {
    return reception_.rules().headers;
  }
  void request_finished(Connection& connection) override {
    reception_.forget(connection);
    table_.finish(connection, now_);
  }
  void answered(int status) override {
    if (observer_.answered) observer_.answered(status);
  }
  void closed(Connection& connection) override {
    // close() would do if no child of a fork() can hold the socket a moment longer.
    ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, connection.descriptor, nullptr);
    std::erase(hung_up_, &connection);
    reception_.forget(connection);
    table_.remove(connection);
  }
  void said(std::string_view sentence) override { log_gate_.say(sentence); }

 private:
  static std::string out_of(std::string_view what, int error) {
    return "cannot serve HTTP: the system is out of " + std::string(what) + " (" +
           std::generic_category().message(error) + ")";
  }

  bool watch(int descriptor, std::uint32_t what, void* owner) {
    epoll_event event{};
    event.events = what;
    event.data.ptr = owner;
    return ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) == 0;
  }

  std::unique_ptr<Engine>& engine_for(Engine::Kind kind) {
    return kind == Engine::Kind::tls ? tls_engine_ : plain_engine_;
  }

  // The engine for new connections; null if there is none of that kind and none can be made.
  Engine* engine_now() {
    const auto kind = reception_.rules().tls ? Engine::Kind::tls : Engine::Kind::plain;
    auto& engine = engine_for(kind);
    if (engine) return engine.get();
    engine = Engine::create(kind, limits_, *this);
    if (engine && !watch(engine->descriptor(), EPOLLIN, engine.get())) engine.reset();
    return engine.get();
  }

  void obey(Rules rules) {
    reception_.obey(std::move(rules), now_);
    const auto& tls = reception_.rules().tls;
    const auto remark = tls ? tls->remark(std::chrono::system_clock::now()) : std::nullopt;
    if (remark) said("https: " + *remark);
  }

  void run() {
    ::pthread_setname_np(::pthread_self(), "http");
    while (wait()) {
      if (resting_until_ && now_ >= *resting_until_) listen_again();
      while (Connection* const late = table_.overdue(now_)) end(*late);
      for (const auto* const engine : {&plain_engine_, &tls_engine_}) {
        if (*engine) (*engine)->turn();
      }
      for (const Connection* const connection : hung_up_) Engine::nudge(*connection);
      hung_up_.clear();
    }
    plain_engine_.reset();
    tls_engine_.reset();
    inbox_->close();
  }

  // Waits for something to do, notes whose bytes have arrived and accepts; false when told to stop.
  // Connections are only ever freed by the engine's turn, so no event here is of a dead one.
  bool wait() {
    const int ready = ::epoll_wait(epoll_.number(), events_.data(), events_per_turn, patience());
    now_ = Clock::now();
    // Rules that are here by now hold for the requests that have come with them.
    bool goes_on = true;
    std::for_each_n(events_.begin(), std::max(ready, 0), [&](const epoll_event& event) {
      void* const owner = event.data.ptr;
      if (owner == inbox_.get()) {
        goes_on = empty_inbox();
      } else if (owner != plain_engine_.get() && owner != tls_engine_.get() &&
                 !is_listener(owner)) {
        hear(*static_cast<Connection*>(owner), event.events);
      }
    });
    for (int i = 0; goes_on && i < ready; ++i) {
      void* const owner = events_[static_cast<std::size_t>(i)].data.ptr;
      if (is_listener(owner)) accept_from(*static_cast<Listener*>(owner));
    }
    return goes_on;
  }

  // False when told to stop.
  bool empty_inbox() {
    Inbox::Contents contents = inbox_->take();
    if (contents.rules) {
      obey(std::move(*contents.rules));
      inbox_->say_obeyed();
    }
    for (Letter& letter : contents.letters) {
      Connection* const connection = reception_.deliver(std::move(letter));
      if (connection != nullptr) connection->engine->resume(*connection);
    }
    return !contents.stop;
  }

  void hear(Connection& connection, std::uint32_t what) {
    if (connection.pause == Connection::Pause::handshake) connection.engine->resume(connection);
    if ((what & ~std::uint32_t{EPOLLOUT}) != 0) table_.begin(connection, now_);
    if ((what & EPOLLRDHUP) == 0 || std::exchange(connection.hung_up, true)) return;
    hung_up_.push_back(&connection);
  }

  bool is_listener(const void* owner) const {
    return owner >= listeners_.data() && owner < listeners_.data() + listeners_.size();
  }

  // Milliseconds until a clock runs out, -1 for ever; rounded up, so that it has run out then.
  int patience() const {
    for (const auto* const engine : {&plain_engine_, &tls_engine_}) {
      if (*engine && (*engine)->wants_turn()) return 0;
    }
    auto until = table_.next_deadline();
    if (resting_until_) until = until ? std::min(*until, *resting_until_) : *resting_until_;
    if (!until) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left, 0, 3'600'000));
  }

  void accept_from(Listener& listener) {
    for (int i = 0; i < arrivals_per_turn; ++i) {
      sockaddr_storage address{};
      socklen_t length = sizeof address;
      const auto& peer = reinterpret_cast<sockaddr&>(address);
      const int socket = ::accept4(listener.socket.number(), reinterpret_cast<sockaddr*>(&address),
                                   &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) {
        welcome(socket, peer, length);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return make_do(errno);
      } else if (errno != EINTR && errno != ECONNABORTED) {
        return;
      }
    }
  }

  void welcome(int socket, const sockaddr& peer, socklen_t length) {
    const Origin origin = origin_of(peer);
    if (Connection* const other = table_.in_the_way_of(origin, now_)) {
      said("http: connections are at their limit, the oldest make room for new ones");
      end(*other);
    }
    Connection& connection = table_.add(socket, origin, now_);
    // Unwatched, a plain connection would only lose its clock for the second and later requests,
    // and one of TLS would be ended when the clock of its handshake runs out. A handshake may have
    // to wait until it can write.
    const auto& tls = reception_.rules().tls;
    const auto writing = tls ? std::uint32_t{EPOLLOUT} : 0;
    static_cast<void>(watch(socket, EPOLLIN | EPOLLRDHUP | EPOLLET | writing, &connection));
    Engine* const engine = engine_now();
    if (engine != nullptr) return engine->adopt(connection, peer, length, tls);
    said("http: libmicrohttpd does not start");
    closed(connection);
    ::close(socket);
  }

  // The kernel cannot give us the connection that waits: give one up, and let the listeners rest,
  // for they stay readable and would spin.
  void make_do(int error) {
    said("http: cannot accept a connection: " + std::generic_category().message(error));
    if (Connection* const other = table_.most_dispensable(now_)) end(*other);
    resting_until_ = now_ + rest;
    for (Listener& listener : listeners_) {
      ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, listener.socket.number(), nullptr);
    }
  }

  void listen_again() {
    resting_until_.reset();
    for (Listener& listener : listeners_) watch(listener.socket.number(), EPOLLIN, &listener);
  }

  // Ends a connection: libmicrohttpd sees the hang-up in its next turn and closes the socket. To a
  // client that does not read, a reset, or the kernel would keep its response for minutes.
  void end(Connection& connection) {
    table_.retire(connection);
    int unsent = 0;
    if (::ioctl(connection.descriptor, SIOCOUTQ, &unsent) == 0 && unsent > 0) {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    ::shutdown(connection.descriptor, SHUT_RDWR);
    connection.engine->resume(connection);
  }

  Limits limits_;
  Observer observer_;
  LogGate log_gate_;
  ConnectionTable table_;
  std::vector<Listener> listeners_;
  std::shared_ptr<Inbox> inbox_;
  Descriptor epoll_;
  Reception reception_;
  std::unique_ptr<Engine> plain_engine_;
  std::unique_ptr<Engine> tls_engine_;
  std::array<epoll_event, events_per_turn> events_{};
  std::vector<const Connection*> hung_up_;  // since the last turn
  Clock::time_point now_ = Clock::now();
  std::optional<Clock::time_point> resting_until_;
  std::thread thread_;
};

std::variant<std::unique_ptr<Server>, std::string> Server::start(Setup setup) {
  if (setup.addresses.empty() && setup.inherited.empty()) {
    return "there is no address to listen on; give --web.listen-address";
  }
  const bool has_gate = setup.gate != nullptr;
  auto rules = rules_of(std::move(setup.security), has_gate);
  if (auto* const why = std::get_if<std::string>(&rules)) return std::move(*why);
  std::vector<Listener> listeners;
  for (const std::string& address : setup.addresses) {
    auto opened = listen_on(address);
    if (auto* const why = std::get_if<std::string>(&opened)) return std::move(*why);
    listeners.push_back(std::get<Listener>(std::move(opened)));
  }
  for (Listener& listener : setup.inherited) listeners.push_back(std::move(listener));
  setup.limits = within_descriptors(setup.limits, descriptor_limit());
  const auto inbox = std::make_shared<Inbox>();
  auto loop = std::make_unique<Loop>(std::move(listeners), std::move(setup), inbox);
  if (auto why = loop->start(std::get<Rules>(std::move(rules)))) return std::move(*why);
  return std::unique_ptr<Server>(new Server(std::move(loop), inbox, has_gate));
}

Server::Server(std::unique_ptr<Loop> loop, std::shared_ptr<Inbox> inbox, bool has_gate)
    : inbox_(std::move(inbox)), has_gate_(has_gate), loop_(std::move(loop)) {
  for (const Listener& listener : loop_->listeners()) addresses_.push_back(listener.address);
}

Server::~Server() = default;

bool Server::is_alive() {
  return inbox_->was_looked_into();
}

std::optional<std::string> Server::secure(Security security) {
  auto rules = rules_of(std::move(security), has_gate_);
  if (auto* const why = std::get_if<std::string>(&rules)) return std::move(*why);
  inbox_->put(std::get<Rules>(std::move(rules)));
  return {};
}

}  // namespace upslink::web
