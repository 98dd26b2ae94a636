// SPDX-License-Identifier: Apache-2.0
// The server's one thread: an epoll loop that accepts, keeps the clocks, and lets libmicrohttpd do
// the rest. It watches
//
//   * the listening sockets;
//   * libmicrohttpd's own epoll descriptor, for reading and writing;
//   * every connection, edge-triggered, only to learn when the first byte of a request arrives
//     (libmicrohttpd tells of a request when its headers are complete, which a slow sender puts off
//     for ever) and when the client has finished sending;
//   * an eventfd that says stop.
//
// After start() everything here belongs to that thread, libmicrohttpd's memory included, so there
// is no lock. TLS would be options of the engine; authentication a step before the routes.
#include "web/server.hpp"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <thread>

#include "web/connection_table.hpp"
#include "web/descriptor.hpp"
#include "web/engine.hpp"
#include "web/listener.hpp"
#include "web/log_gate.hpp"

namespace upslink::web {
namespace {

constexpr int events_per_turn = 256;
// Connections taken from one listener before those that are open get their turn.
constexpr int arrivals_per_turn = 64;
// How long the listeners rest when the kernel has no descriptor or memory for a new connection.
constexpr std::chrono::milliseconds rest{50};

// Blocks every signal for the calling thread as long as it lives; a thread created meanwhile
// inherits the mask.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

class Server::Loop final : public EngineOwner {
 public:
  Loop(std::vector<Listener> listeners, const Limits& limits, Observer observer)
      : observer_(std::move(observer)),
        gate_(observer_.log),
        table_(limits),
        listeners_(std::move(listeners)),
        stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  ~Loop() {
    if (!thread_.joinable()) return;
    ::eventfd_write(stop_.number(), 1);
    thread_.join();
  }

  // Starts the thread; a sentence if the system has no room for it.
  std::optional<std::string> start(std::vector<Route> routes, const Limits& limits) {
    if (!stop_ || !epoll_) return out_of("descriptors", errno);
    engine_ = Engine::create(std::move(routes), limits, *this);
    if (!engine_) return "cannot serve HTTP: libmicrohttpd does not start";
    if (!watch(stop_.number(), EPOLLIN, &stop_) ||
        !watch(engine_->descriptor(), EPOLLIN, engine_.get())) {
      return out_of("epoll watches", errno);
    }
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
  void request_finished(Connection& connection) override { table_.finish(connection, now_); }
  void answered(int status) override {
    if (observer_.answered) observer_.answered(status);
  }
  void closed(Connection& connection) override {
    // close() would do if no child of a fork() can hold the socket a moment longer.
    ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, connection.descriptor, nullptr);
    std::erase(hung_up_, &connection);
    table_.remove(connection);
  }
  void said(std::string_view sentence) override { gate_.say(sentence); }

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

  void run() {
    ::pthread_setname_np(::pthread_self(), "http");
    while (wait()) {
      if (resting_until_ && now_ >= *resting_until_) listen_again();
      while (Connection* const late = table_.overdue(now_)) end(*late);
      engine_->turn();
      for (const Connection* const connection : hung_up_) Engine::nudge(*connection);
      hung_up_.clear();
    }
    engine_.reset();
  }

  // Waits for something to do, notes whose bytes have arrived and accepts; false when told to stop.
  // Connections are only ever freed by the engine's turn, so no event here is of a dead one.
  bool wait() {
    const int ready = ::epoll_wait(epoll_.number(), events_.data(), events_per_turn, patience());
    now_ = Clock::now();
    std::for_each_n(events_.begin(), std::max(ready, 0), [this](const epoll_event& event) {
      void* const owner = event.data.ptr;
      if (owner != &stop_ && owner != engine_.get() && !is_listener(owner)) {
        hear(*static_cast<Connection*>(owner), event.events);
      }
    });
    for (int i = 0; i < ready; ++i) {
      void* const owner = events_[static_cast<std::size_t>(i)].data.ptr;
      if (owner == &stop_) return false;
      if (is_listener(owner)) accept_from(*static_cast<Listener*>(owner));
    }
    return true;
  }

  void hear(Connection& connection, std::uint32_t what) {
    table_.begin(connection, now_);
    if ((what & EPOLLRDHUP) == 0 || std::exchange(connection.hung_up, true)) return;
    hung_up_.push_back(&connection);
  }

  bool is_listener(const void* owner) const {
    return owner >= listeners_.data() && owner < listeners_.data() + listeners_.size();
  }

  // Milliseconds until a clock runs out, -1 for ever; rounded up, so that it has run out then.
  int patience() const {
    if (engine_->wants_turn()) return 0;
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
    // Unwatched, a connection would only lose its clock for the second and later requests.
    static_cast<void>(watch(socket, EPOLLIN | EPOLLRDHUP | EPOLLET, &connection));
    engine_->adopt(connection, peer, length);
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
  }

  Observer observer_;
  LogGate gate_;
  ConnectionTable table_;
  std::vector<Listener> listeners_;
  Descriptor stop_;
  Descriptor epoll_;
  std::unique_ptr<Engine> engine_;
  std::array<epoll_event, events_per_turn> events_{};
  std::vector<const Connection*> hung_up_;  // since the last turn
  Clock::time_point now_ = Clock::now();
  std::optional<Clock::time_point> resting_until_;
  std::thread thread_;
};

std::variant<std::unique_ptr<Server>, std::string> Server::start(
    const std::vector<std::string>& addresses, std::vector<Route> routes, const Limits& limits,
    Observer observer) {
  if (addresses.empty()) return "there is no address to listen on; give --web.listen-address";
  std::vector<Listener> listeners;
  for (const std::string& address : addresses) {
    auto opened = listen_on(address);
    if (auto* const why = std::get_if<std::string>(&opened)) return std::move(*why);
    listeners.push_back(std::get<Listener>(std::move(opened)));
  }
  const Limits granted = within_descriptors(limits, descriptor_limit());
  auto loop = std::make_unique<Loop>(std::move(listeners), granted, std::move(observer));
  if (auto why = loop->start(std::move(routes), granted)) return std::move(*why);
  return std::unique_ptr<Server>(new Server(std::move(loop)));
}

Server::Server(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {
  for (const Listener& listener : loop_->listeners()) addresses_.push_back(listener.address);
}

Server::~Server() = default;

}  // namespace upslink::web
