// SPDX-License-Identifier: Apache-2.0
// What libmicrohttpd 0.9.75 hides, and how it is used here:
//
// * The event loop is ours (MHD_USE_EPOLL without a thread): its own threads know only a timeout of
//   inactivity, which a client that sends a byte now and then never meets, and at its connection
//   limit it stops accepting, so that idle clients shut scrapes out. Sockets come through
//   MHD_add_connection(); to end one, shutdown() its socket, and the next turn closes it.
// * A response queued at the handler's first call makes MHD close the connection, since a body may
//   follow. Responses are therefore queued at the last call, except to refuse a large body.
// * Header and body leave in one sendmsg(). MHD sets TCP_NODELAY with the first response and unsets
//   TCP_CORK with the second; after that a keep-alive scrape costs no setsockopt(), and no response
//   ever waits for an acknowledgement. Nothing needs to be set on accept.
// * Requests that MHD refuses itself (400, 414, 431, 505) reach no handler and get MHD's own short
//   HTML text. The URI callback makes MHD tell of their end too, so that they are counted, unless
//   not even the request line could be read (414, 505).
// * A response that is not known yet suspends its connection. What resumes it, the server's loop
//   knows. MHD asks again then; but it would read first, and a client that has finished sending
//   would lose its response. Connections with a timeout of their own are looked at before any are
//   read, so those that waited get one, which never runs out.
// * A TLS handshake that waits for its client counts as work that is left over, so MHD would spin
//   until the client's next byte. handshake_waits() suspends the connection, from within GnuTLS'
//   reading, and the loop resumes it when its socket is ready. MHD sends no alert when a handshake
//   fails and tells of it only in its log, between the failure and the end of the connection:
//   log() is where the client gets its alert.
// * MHD's own TLS credentials have no certificate and serve nobody: every session gets those of the
//   context that was in force when it began. There are no session tickets, so no session outlives
//   the certificates, authorities and versions that it was made with.
// * MHD takes a short read for the end of what has arrived, so it misses a FIN that came with the
//   last bytes, and the connection would stay. nudge() has the kernel tell it again.
#include "web/engine.hpp"

#include <microhttpd.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <limits>
#include <mutex>

namespace upslink::web {
namespace {

// A request body is read and thrown away up to this size, so that the client gets its 413 (closing
// with unread bytes would reset the connection and lose it); a larger one ends the connection.
constexpr std::size_t max_body_bytes = 65536;

// MHD keeps a request's text, 56 bytes for each of its fields and the response's header in one pool
// per connection. This much on top of the text has room for some 20 fields and our header.
constexpr std::size_t pool_reserve_bytes = 2048;

// For those that wait; Limits::request ends them long before.
constexpr unsigned never_seconds = 1'000'000;

struct DestroyResponse {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using ResponsePtr = std::unique_ptr<MHD_Response, DestroyResponse>;

// The panic function is one for the process, so it is set once and speaks to the latest engine.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): so has libmicrohttpd it
std::atomic<EngineOwner*> panic_listener{nullptr};

int status_of(MHD_Connection* mhd) {
  const auto* info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_HTTP_STATUS);
  return info == nullptr ? 0 : static_cast<int>(info->http_status);
}

Connection* connection_of(MHD_Connection* mhd) {
  const auto* info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == nullptr ? nullptr : static_cast<Connection*>(info->socket_context);
}

// Content-Length, which MHD has checked to be a number; 0 if there is none.
std::size_t announced_body(MHD_Connection* mhd) {
  const char* text = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
  return error == std::errc{} ? bytes : max_body_bytes + 1;
}

MHD_Result collect(void* fields, MHD_ValueKind, const char* name, std::size_t name_size,
                   const char* value, std::size_t value_size) {
  static_cast<std::vector<Field>*>(fields)->push_back(
      {{name, name_size}, {value == nullptr ? "" : value, value_size}});
  return MHD_YES;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

bool has(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return same_letters(header.first, name); });
}

// "192.0.2.1" or "2001:db8::1" of the peer; empty if it has no address.
std::string peer_of(MHD_Connection* mhd) {
  const auto* info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  std::array<char, NI_MAXHOST> host{};
  if (info == nullptr) return {};
  const bool is_v6 = info->client_addr->sa_family == AF_INET6;
  const socklen_t length = is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const int error = ::getnameinfo(info->client_addr, length, host.data(), host.size(), nullptr, 0,
                                  NI_NUMERICHOST);
  return error == 0 ? host.data() : "";
}

// A local socket has no options of TCP, of which MHD complains with every response.
bool is_about_tcp(std::string_view format) {
  return format.starts_with("Setting %s option") || format.starts_with("Failed to push the data");
}

// `response` as libmicrohttpd wants it. The body is shared, not copied: MHD calls the function that
// lets go of it when the last byte is sent.
ResponsePtr packed(const Response& response, const Headers& configured) {
  using Body = std::shared_ptr<const std::string>;
  static const Body nothing = std::make_shared<const std::string>();
  auto kept = std::make_unique<Body>(response.body ? response.body : nothing);
  const Body& body = *kept;
  ResponsePtr mhd(MHD_create_response_from_buffer_with_free_callback_cls(
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): it only reads, but does not say so
      body->size(), const_cast<char*>(body->data()),
      [](void* held) { delete static_cast<Body*>(held); }, kept.get()));
  if (!mhd) return mhd;
  static_cast<void>(kept.release());  // MHD owns it now
  const auto add = [&](const char* name, const char* value) {
    return MHD_add_response_header(mhd.get(), name, value) == MHD_YES;
  };
  bool all = add("Content-Type", response.content_type.c_str());
  if (!has(configured, "X-Content-Type-Options")) {
    all = all && add("X-Content-Type-Options", "nosniff");
  }
  for (const auto& [name, value] : response.headers) {
    if (!has(configured, name)) all = all && add(name.c_str(), value.c_str());
  }
  for (const auto& [name, value] : configured) all = all && add(name.c_str(), value.c_str());
  if (!all) mhd.reset();
  return mhd;
}

}  // namespace

// Exceptions must not travel through libmicrohttpd's C frames: all of these are noexcept.
struct Engine::Callbacks {
  static MHD_Result answer(void* self, MHD_Connection* mhd, const char* url, const char* method,
                           const char*, const char*, std::size_t* body_size, void** seen) noexcept {
    auto& engine = *static_cast<Engine*>(self);
    Connection* const connection = connection_of(mhd);
    if (connection == nullptr) return MHD_NO;
    if (*seen == nullptr) {
      *seen = connection;
      connection->body_bytes = announced_body(mhd);
      engine.owner_.request_begun(*connection);
      if (connection->body_bytes <= max_body_bytes) {
        connection->body_bytes = 0;
        return MHD_YES;
      }
    } else if (*body_size > 0) {
      connection->body_bytes += *body_size;
      *body_size = 0;
      return connection->body_bytes <= max_body_bytes ? MHD_YES : MHD_NO;
    }
    if (connection->state == Connection::State::ending) {
      engine.is_giving_up_ = true;
      return MHD_NO;
    }
    const auto response = respond(engine, *connection, url, method);
    if (response) return send(engine, mhd, *response);
    engine.pause(*connection, Connection::Pause::answer);
    if (!std::exchange(connection->has_waited, true)) {
      MHD_set_connection_option(mhd, MHD_CONNECTION_OPTION_TIMEOUT, never_seconds);
    }
    return MHD_YES;
  }

  static std::optional<Response> respond(Engine& engine, Connection& connection, const char* url,
                                         const char* method) noexcept {
    try {
      Request& request = engine.request_;
      request.method = method;
      request.path = url;
      request.headers.clear();
      request.query.clear();
      MHD_get_connection_values_n(connection.mhd, MHD_HEADER_KIND, &collect, &request.headers);
      MHD_get_connection_values_n(connection.mhd, MHD_GET_ARGUMENT_KIND, &collect, &request.query);
      return engine.owner_.answer(connection, request, connection.body_bytes > 0);
    } catch (const std::exception& error) {
      engine.owner_.said(std::string("http: ") + method + " " + url + " failed: " + error.what());
    } catch (...) {
      engine.owner_.said(std::string("http: ") + method + " " + url + " failed");
    }
    return sentence(500, "This page failed; the exporter's log says why.");
  }

  static MHD_Result send(Engine& engine, MHD_Connection* mhd, const Response& response) noexcept {
    const ResponsePtr ready = packed(response, engine.owner_.headers());
    if (!ready) {
      engine.owner_.said("http: a response with an impossible header was not sent");
      return MHD_NO;
    }
    return MHD_queue_response(mhd, static_cast<unsigned>(response.status), ready.get());
  }

  // Called at the request line; see the first lines. Its result is the first value of `seen`.
  static void* line_received(void*, const char*, MHD_Connection*) noexcept { return nullptr; }

  // MHD hands paths and parameters over as C strings, which a decoded %00 would cut short: with it
  // the text is left as it is, and so matches no route.
  static std::size_t decode(void*, MHD_Connection*, char* text) noexcept {
    return std::strstr(text, "%00") == nullptr ? MHD_http_unescape(text) : std::strlen(text);
  }

  static void completed(void* self, MHD_Connection* mhd, void** seen,
                        MHD_RequestTerminationCode) noexcept {
    auto& engine = *static_cast<Engine*>(self);
    *seen = nullptr;
    Connection* const connection = connection_of(mhd);
    if (connection == nullptr) return;
    if (std::exchange(connection->has_waited, false)) {
      MHD_set_connection_option(mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
    }
    if (const int status = status_of(mhd)) engine.owner_.answered(status);
    engine.owner_.request_finished(*connection);
  }

  static void noticed(void* self, MHD_Connection* mhd, void** context,
                      MHD_ConnectionNotificationCode what) noexcept {
    auto& engine = *static_cast<Engine*>(self);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      *context = engine.arriving_;
      engine.arrive(*std::exchange(engine.arriving_, nullptr), mhd);
      return;
    }
    auto* const connection = static_cast<Connection*>(*context);
    if (connection == nullptr) return;
    *context = nullptr;
    engine.depart(*connection);
  }

  __attribute__((format(printf, 2, 0))) static void log(void* self, const char* format,
                                                        va_list arguments) noexcept {
    auto& engine = *static_cast<Engine*>(self);
    if (std::strstr(format, "handshake") != nullptr) return engine.refuse_handshake();
    if (std::exchange(engine.is_giving_up_, false)) return;
    if (is_about_tcp(format)) return;
    std::array<char, 512> text{};
    static_cast<void>(std::vsnprintf(text.data(), text.size(), format, arguments));
    std::string_view line(text.data());
    while (line.ends_with('\n')) line.remove_suffix(1);
    engine.owner_.said("http: " + std::string(line));
  }

  // MHD insists on a certificate or on somebody who chooses one, though no session ever asks.
  static int no_certificate() noexcept { return -1; }

  static void panic(void*, const char* file, unsigned line, const char* reason) noexcept {
    if (EngineOwner* const listener = panic_listener) {
      listener->said("http: libmicrohttpd gave up at " + std::string(file) + ":" +
                     std::to_string(line) + ": " + (reason == nullptr ? "" : reason));
    }
    std::abort();
  }
};

std::unique_ptr<Engine> Engine::create(Kind kind, const Limits& limits, EngineOwner& owner) {
  static std::once_flag panic_is_set;
  std::call_once(panic_is_set, [] { MHD_set_panic_func(&Callbacks::panic, nullptr); });

  std::unique_ptr<Engine> engine(new Engine(owner));
  panic_listener = &owner;
  // The logger comes first, so that what is said about later options reaches it. MHD's own limit is
  // out of reach: the connection table keeps ours, and MHD would turn the newcomer away.
  unsigned flags =
      MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;
  if (kind == Kind::tls) flags |= MHD_USE_TLS;
  std::array<MHD_OptionItem, 2> tls_options{
      {{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, reinterpret_cast<void*>(&Callbacks::no_certificate)},
       {MHD_OPTION_END, 0, nullptr}}};
  MHD_OptionItem* const options = &tls_options[kind == Kind::tls ? 0 : 1];
  engine->daemon_ = MHD_start_daemon(
      flags, 0, nullptr, nullptr, &Callbacks::answer, engine.get(), MHD_OPTION_EXTERNAL_LOGGER,
      &Callbacks::log, engine.get(), MHD_OPTION_CONNECTION_LIMIT,
      std::numeric_limits<unsigned>::max() / 2, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      limits.header_bytes + pool_reserve_bytes, MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_URI_LOG_CALLBACK, &Callbacks::line_received, nullptr, MHD_OPTION_UNESCAPE_CALLBACK,
      &Callbacks::decode, nullptr, MHD_OPTION_NOTIFY_COMPLETED, &Callbacks::completed, engine.get(),
      MHD_OPTION_NOTIFY_CONNECTION, &Callbacks::noticed, engine.get(), MHD_OPTION_ARRAY, options,
      MHD_OPTION_END);
  if (engine->daemon_ == nullptr) return nullptr;
  const auto* info = MHD_get_daemon_info(engine->daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  if (info == nullptr || info->epoll_fd < 0) return nullptr;
  engine->descriptor_ = info->epoll_fd;
  return engine;
}

Engine::~Engine() {
  while (!paused_.empty()) resume(**paused_.begin());  // MHD does not stop before
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  EngineOwner* mine = &owner_;
  panic_listener.compare_exchange_strong(mine, nullptr);
}

void Engine::adopt(Connection& connection, const sockaddr& peer, socklen_t peer_length,
                   std::shared_ptr<const TlsContext> context) {
  arriving_ = &connection;
  context_ = std::move(context);
  MHD_add_connection(daemon_, connection.descriptor, &peer, peer_length);
  // MHD closes the socket of a connection that it cannot take, without a notice if it failed early.
  if (Connection* const failed = std::exchange(arriving_, nullptr)) owner_.closed(*failed);
}

void Engine::arrive(Connection& connection, MHD_Connection* mhd) {
  connection.engine = this;
  connection.mhd = mhd;
  const auto* info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (info == nullptr || info->tls_session == nullptr) return;
  TlsSessionOwner& owner = *this;
  connection.tls = std::make_shared<TlsSession>(
      std::move(context_), static_cast<gnutls_session_int*>(info->tls_session), connection, owner);
}

void Engine::depart(Connection& connection) {
  if (at_work_ == &connection) at_work_ = nullptr;
  paused_.erase(&connection);
  owner_.closed(connection);
}

void Engine::pause(Connection& connection, Connection::Pause why) {
  if (connection.pause != Connection::Pause::none) return;
  connection.pause = why;
  paused_.insert(&connection);
  MHD_suspend_connection(connection.mhd);
}

void Engine::resume(Connection& connection) {
  if (connection.pause == Connection::Pause::none) return;
  connection.pause = Connection::Pause::none;
  paused_.erase(&connection);
  MHD_resume_connection(connection.mhd);
}

void Engine::handshake_waits(Connection& connection) {
  pause(connection, Connection::Pause::handshake);
}

void Engine::refuse_handshake() {
  Connection* const failed = std::exchange(at_work_, nullptr);
  if (failed == nullptr || !failed->tls) return;
  failed->tls->refuse();
  const std::string& why = failed->tls->why();
  if (why.empty() || failed->state == Connection::State::ending) return;
  owner_.said("http: the TLS handshake with " + peer_of(failed->mhd) + " failed: " + why);
}

void Engine::turn() {
  MHD_run(daemon_);
}

void Engine::nudge(const Connection& connection) {
  // The peer has sent its FIN, so this shuts nothing that is open; but it wakes up MHD's epoll.
  ::shutdown(connection.descriptor, SHUT_RD);
}

bool Engine::wants_turn() const {
  MHD_UNSIGNED_LONG_LONG milliseconds = 0;
  return MHD_get_timeout(daemon_, &milliseconds) == MHD_YES && milliseconds == 0;
}

}  // namespace upslink::web
