// SPDX-License-Identifier: Apache-2.0
// Service: everything that works while the program serves: the UPSes, the SNMP agent, the pages and
// the web server. Main's thread makes it, tells it of a new configuration and destroys it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/file_watch.hpp"
#include "app/fleet.hpp"
#include "app/pages.hpp"
#include "app/wording.hpp"
#include "model/log.hpp"
#include "model/result.hpp"
#include "publish/snmp/agent.hpp"
#include "web/security.hpp"
#include "web/server.hpp"

namespace upslink::app {

/// What stands between the pages and everybody.
struct Guards {
  bool tls = false;
  bool users = false;
};

class Service {
 public:
  Service(Config config, Log log);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Why it does not start, and the exit status that says so.
  struct Refusal {
    int status;  ///< 2: the configuration is wrong; 1: the machine does not let it
    std::string sentence;
  };

  /// Listens and begins to poll; or says in one line why it cannot.
  std::optional<Refusal> start();

  /// Goes on with this configuration, which is complete and checked. What cannot change while the
  /// program runs stays as it was, which the log says. Nothing happens if it complains.
  Complaint reconfigure(Config config);

  /// The configuration could not be read: everything stays, and the metrics say so.
  void keep_configuration();

  /// Reads the web configuration again if one of its files has changed.
  /// If that would take passwords or TLS away, the file may be half written, and it is refused: who
  /// means it reloads.
  void look_at_files();
  bool has_files() const { return !web_files_.empty(); }

  /// Who waits for the configuration to be read again; each is to be told.
  std::vector<web::Responder> take_reload_requests();

  /// Whether the web server's thread has done something since the last call, or has now.
  bool is_alive();

  /// "2 UPSes".
  std::string summary() const;

  /// Asks all to end; false if something does not end within the time.
  bool stop_by(TimePoint limit);

 private:
  Result<web::Security, std::string> load_web_security(const std::string& path);
  Result<web::Server::Setup, std::string> make_setup(web::Security security);
  Complaint secure(const std::string& path, bool is_asked_for);
  void say_what_waits(const Config& config) const;

  Config config_;
  Log log_;
  Fleet fleet_;
  std::unique_ptr<snmp::Agent> agent_;  ///< nothing if SNMP is off
  Pages pages_;
  FileWatch web_files_;
  Guards guards_;
  bool is_refused_ = false;  ///< the configuration that was read last
  std::mutex requests_mutex_;
  std::vector<web::Responder> requests_;
  std::unique_ptr<web::Server> server_;  ///< last: its thread uses what is above
};

}  // namespace upslink::app
