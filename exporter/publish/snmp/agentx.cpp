// SPDX-License-Identifier: Apache-2.0
#include "publish/snmp/agentx.hpp"

// These come first and in this order: each needs the one before it.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/library/large_fd_set.h>
// clang-format on

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "publish/snmp/agentx_forms.hpp"

namespace upslink::snmp {
namespace {

using namespace std::chrono_literals;

// RFC 2741, 6.1; the library's own names for them are not in an installed header.
constexpr int notify_pdu = 12;
constexpr int response_pdu = 18;

/// Seconds between pings, and between attempts to connect.
constexpr int ping_interval = 1;

/// How long the library, which pings and connects synchronously, waits for a master that hangs.
constexpr long answer_within_us = 300'000;

constexpr const char* application = "upslink_exporter";

}  // namespace

/// What the library's callbacks find by a global pointer, since some of them carry nothing else.
class AgentX::State {
 public:
  State(std::string address, Tree& tree, std::function<void()> get_ready, Log log)
      : address_(std::move(address)),
        tree_(tree),
        get_ready_(std::move(get_ready)),
        log_(std::move(log)) {
    current = this;
    set_up_library();
    init_agent(application);
    // init_agent() has just set it to 15, whatever it was before.
    netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
                       ping_interval);
    follow_tree();
    init_snmp(application);  // connects, or begins to try
    if (!connected()) {
      log_(LogLevel::info,
           "no SNMP master agent answers; connecting when one does (snmpd with `master agentx`)",
           {{"address", address_}});
    }
  }

  ~State() {
    snmp_shutdown(application);
    shutdown_agent();
    current = nullptr;
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void follow_tree() {
    std::map<Place, Subtree> now;
    for (const Subtree& subtree : tree_.subtrees()) {
      now.emplace(Place{subtree.context, subtree.root}, subtree);
    }
    // First of all, for the library answers requests while it waits for the master in what follows.
    for (auto& [place, subtree] : registered_) {
      const auto still = now.find(place);
      subtree.view = still == now.end() ? Tree::no_view : still->second.view;
    }
    std::erase_if(registered_, [](const auto& one) {
      if (one.second.view != Tree::no_view) return false;
      unregister_subtree(one.second);
      return true;
    });
    for (const auto& [place, subtree] : now) {
      const auto [known, is_new] = registered_.try_emplace(place, subtree);
      if (is_new) register_subtree(known->second);
    }
  }

  void wait(int wake, Duration limit) {
    collect_descriptors(limit);
    polled_.push_back({.fd = wake, .events = POLLIN, .revents = 0});
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    const int ready =
        ::poll(polled_.data(), polled_.size(), static_cast<int>(std::max<std::int64_t>(ms, 0)));
    polled_.pop_back();
    if (ready > 0) read_ready();
    snmp_timeout();
    run_alarms();
    netsnmp_check_outstanding_agent_requests();
  }

  bool connected() const { return session_ != nullptr; }

  bool send(const Notification& notification, std::function<void()> delivered) {
    constexpr Oid snmp_trap_oid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
    if (session_ == nullptr) return false;
    netsnmp_pdu* pdu = snmp_pdu_create(notify_pdu);
    if (pdu == nullptr) return false;
    pdu->version = session_->version;
    pdu->sessid = session_->sessid;
    add_varbind(*pdu, snmp_trap_oid, oid_value(notification.trap));
    for (const Cell& cell : notification.varbinds) add_varbind(*pdu, cell.oid, cell.value);
    auto magic = std::make_unique<std::function<void()>>(std::move(delivered));
    const int sent = snmp_async_send(session_, pdu, &State::notify_answered, magic.get());
    if (sent == 0) {
      snmp_free_pdu(pdu);
      return false;
    }
    awaited_.push_back(std::move(magic));
    return true;
  }

  std::uint64_t connections() const { return connections_; }
  std::uint64_t requests() const { return requests_; }
  std::uint64_t refused() const { return refused_; }

 private:
  using Place = std::pair<std::string, Oid>;  ///< the context, and the root in it

  // --- the library's globals

  void set_up_library() {
    snmp_disable_log();
    snmp_enable_calllog();
    snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, &State::logged, nullptr);
    snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SESSION_INIT,
                           &State::session_begins, nullptr);
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START,
                           &State::connection_made, nullptr);
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                           &State::connection_lost, nullptr);
    // Called before the library's own, which sends the registration.
    netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID,
                              &State::subtree_is_registered, nullptr,
                              NETSNMP_CALLBACK_HIGHEST_PRIORITY);
    const auto flag = [](int store, int which) { netsnmp_ds_set_boolean(store, which, 1); };
    flag(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE);  // a subagent
    flag(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS);
    flag(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS);
    flag(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS);
    flag(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE);
    flag(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG);
    netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address_.c_str());
  }

  static void register_subtree(const Subtree& subtree) {
    const LibraryOid root(subtree.root);
    auto* made = netsnmp_create_handler_registration(application, &State::answer, root.arcs(),
                                                     root.size(), HANDLER_CAN_RONLY);
    if (made == nullptr) return;
    made->handler->myvoid = const_cast<Subtree*>(&subtree);  // NOLINT: C keeps it, nobody writes it
    if (!subtree.context.empty()) {
      std::free(made->contextName);  // NOLINT(cppcoreguidelines-no-malloc): the library's own
      made->contextName = ::strdup(subtree.context.c_str());
    }
    netsnmp_register_handler(made);  // 0 even when the master will refuse it
  }

  static void unregister_subtree(const Subtree& subtree) {
    const LibraryOid root(subtree.root);
    unregister_mib_context(const_cast<oid*>(root.arcs()),  // NOLINT: it only reads
                           root.size(), DEFAULT_MIB_PRIORITY, 0, 0, subtree.context.c_str());
  }

  // --- waiting

  /// The library tells its descriptors as a set of bits of any size.
  void collect_descriptors(Duration& limit) {
    netsnmp_large_fd_set set;
    netsnmp_large_fd_set_init(&set, FD_SETSIZE);
    NETSNMP_LARGE_FD_ZERO(&set);
    int count = 0;
    int block = 0;
    const auto us = std::chrono::ceil<std::chrono::microseconds>(limit).count();
    timeval timeout{.tv_sec = static_cast<time_t>(us / 1'000'000),
                    .tv_usec = static_cast<suseconds_t>(us % 1'000'000)};
    snmp_select_info2(&count, &set, &timeout, &block);
    polled_.clear();
    for (int fd = 0; fd < count; ++fd) {
      if (NETSNMP_LARGE_FD_ISSET(fd, &set)) {
        polled_.push_back({.fd = fd, .events = POLLIN, .revents = 0});
      }
    }
    netsnmp_large_fd_set_cleanup(&set);
    if (block == 0) {
      limit = std::min<Duration>(
          limit, std::chrono::seconds(timeout.tv_sec) + std::chrono::microseconds(timeout.tv_usec));
    }
  }

  void read_ready() {
    netsnmp_large_fd_set set;
    netsnmp_large_fd_set_init(&set, FD_SETSIZE);
    NETSNMP_LARGE_FD_ZERO(&set);
    bool any = false;
    for (const pollfd& one : polled_) {
      if (one.revents == 0) continue;
      NETSNMP_LARGE_FD_SET(one.fd, &set);
      any = true;
    }
    if (any) {
      get_ready_();
      snmp_read2(&set);
    }
    netsnmp_large_fd_set_cleanup(&set);
  }

  // --- answering

  static int answer(netsnmp_mib_handler* handler, netsnmp_handler_registration*,
                    netsnmp_agent_request_info* info, netsnmp_request_info* requests) {
    const auto& subtree = *static_cast<const Subtree*>(handler->myvoid);
    try {
      for (auto* request = requests; request != nullptr; request = request->next) {
        if (request->processed != 0) continue;
        ++current->requests_;
        current->answer_one(subtree, *info, *request);
      }
    } catch (const std::exception&) {  // no exception may pass through C
      return SNMP_ERR_GENERR;
    }
    return SNMP_ERR_NOERROR;
  }

  void answer_one(const Subtree& subtree, netsnmp_agent_request_info& info,
                  netsnmp_request_info& request) const {
    netsnmp_variable_list& varbind = *request.requestvb;
    const Oid asked = from_library(varbind.name, varbind.name_length);
    const Cell* cell = nullptr;
    if (info.mode == MODE_GET) {
      // What is longer than anything served is not served; it would be cut off to what is.
      const bool fits = varbind.name_length <= Oid::capacity;
      cell = fits ? tree_.get(subtree.view, asked) : nullptr;
      if (cell == nullptr) {
        netsnmp_set_request_error(&info, &request, SNMP_NOSUCHINSTANCE);
        return;
      }
    } else if (info.mode == MODE_GETNEXT) {
      cell = tree_.next(subtree.view, asked, request.inclusive != 0);
      if (cell == nullptr || !cell->oid.starts_with(subtree.root)) return;
      const LibraryOid name(cell->oid);
      snmp_set_var_objid(&varbind, name.arcs(), name.size());
    } else {
      return;
    }
    in_library_form(cell->value, [&varbind](u_char type, const void* bytes, std::size_t size) {
      snmp_set_var_typed_value(&varbind, type, bytes, size);
    });
  }

  // --- notifications

  static void add_varbind(netsnmp_pdu& pdu, const Oid& name, const SnmpValue& value) {
    const LibraryOid wide(name);
    in_library_form(value, [&](u_char type, const void* bytes, std::size_t size) {
      snmp_pdu_add_variable(&pdu, wide.arcs(), wide.size(), type, bytes, size);
    });
  }

  /// An answer that does not come is no failure: a master that is slow takes the notification
  /// later.
  static int notify_answered(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* magic) {
    if (current == nullptr) return 1;
    auto& awaited = current->awaited_;
    const auto found = std::ranges::find(
        awaited, magic, [](const auto& one) { return static_cast<void*>(one.get()); });
    if (found == awaited.end()) return 1;
    const auto delivered = std::move(*found);
    awaited.erase(found);
    const bool taken = operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu != nullptr &&
                       pdu->command == response_pdu;
    if (taken) (*delivered)();
    return 1;
  }

  // --- what the library says

  static int logged(int, int, void* message, void*) {
    const auto& said = *static_cast<const snmp_log_message*>(message);
    std::string_view text(said.msg);
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (text.starts_with("registering pdu failed")) {
      current->registration_refused(text);
    } else {
      const auto level = said.priority <= LOG_ERR ? LogLevel::warning : LogLevel::debug;
      current->log_(level, "net-snmp: " + std::string(text), {});
    }
    return SNMPERR_SUCCESS;
  }

  void registration_refused(std::string_view text) {
    // In a context that is new to it the library registers the roots of all OIDs, 0, 1 and 2. The
    // master has them already, and they are none of ours.
    if (registering_.size() == 1) return;
    ++refused_;
    log_(LogLevel::warning,
         "the SNMP master agent refused a subtree, another agent may serve it; the rest is served",
         {{"subtree", to_string(registering_)}, {"reason", std::string(text)}});
  }

  static int session_begins(int, int, void* session, void*) {
    auto& begun = *static_cast<netsnmp_session*>(session);
    begun.timeout = answer_within_us;
    begun.retries = 0;  // a repeated PDU on a stream would be taken twice
    return SNMPERR_SUCCESS;
  }

  static int connection_made(int, int, void* session, void*) {
    current->session_ = static_cast<netsnmp_session*>(session);
    ++current->connections_;
    current->log_(LogLevel::info, "connected to the SNMP master agent",
                  {{"address", current->address_}});
    return SNMPERR_SUCCESS;
  }

  static int connection_lost(int, int, void*, void*) {
    State& self = *current;
    if (self.session_ == nullptr) return SNMPERR_SUCCESS;
    self.session_ = nullptr;
    self.awaited_.clear();
    self.log_(LogLevel::warning, "the connection to the SNMP master agent is lost; trying again",
              {{"address", self.address_}});
    return SNMPERR_SUCCESS;
  }

  static int subtree_is_registered(int, int, void* parameters, void*) {
    const auto& registered = *static_cast<const register_parameters*>(parameters);
    current->registering_ = from_library(registered.name, registered.namelen);
    return SNMPERR_SUCCESS;
  }

  // The callbacks carry no pointer to whom they are for.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
  static inline State* current = nullptr;

  std::string address_;
  Tree& tree_;
  std::map<Place, Subtree> registered_;  ///< the library points to what is in it
  std::function<void()> get_ready_;
  Log log_;
  netsnmp_session* session_ = nullptr;  ///< the library's, while connected
  std::uint64_t connections_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t refused_ = 0;
  std::vector<pollfd> polled_;
  std::vector<std::unique_ptr<std::function<void()>>> awaited_;
  Oid registering_;
};

AgentX::AgentX(const std::string& address, Tree& tree, std::function<void()> get_ready, Log log)
    : state_(std::make_unique<State>(address, tree, std::move(get_ready), std::move(log))) {}

AgentX::~AgentX() = default;

void AgentX::look_for_no_mibs() {
  ::setenv("MIBS", "", 1);              // NOLINT(concurrency-mt-unsafe): no threads yet
  ::setenv("MIBDIRS", "/dev/null", 1);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

void AgentX::follow_tree() {
  state_->follow_tree();
}

void AgentX::wait(int wake, Duration limit) {
  state_->wait(wake, limit);
}

bool AgentX::connected() const {
  return state_->connected();
}

std::uint64_t AgentX::connections() const {
  return state_->connections();
}

std::uint32_t AgentX::uptime_ticks() {
  return static_cast<std::uint32_t>(netsnmp_get_agent_uptime());
}

bool AgentX::send(const Notification& notification, std::function<void()> delivered) {
  return state_->send(notification, std::move(delivered));
}

std::uint64_t AgentX::requests() const {
  return state_->requests();
}

std::uint64_t AgentX::refused() const {
  return state_->refused();
}

}  // namespace upslink::snmp
