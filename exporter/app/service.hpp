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

class Service {
 public:
  Service(Config config, Log log);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Listens and begins to poll; or says in one line why it cannot.
  Complaint start();

  /// Goes on with this configuration, which is complete and checked. What cannot change while the
  /// program runs stays as it was, which the log says. Nothing happens if it complains.
  Complaint reconfigure(Config config);

  /// The configuration could not be read: everything stays, and the metrics say so.
  void keep_configuration();

  /// Reads the web configuration again if one of its files has changed.
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
  Complaint secure(const std::string& path);
  void say_what_waits(const Config& config) const;

  Config config_;
  Log log_;
  Fleet fleet_;
  std::unique_ptr<snmp::Agent> agent_;  ///< nothing if SNMP is off
  Pages pages_;
  FileWatch web_files_;
  std::unique_ptr<web::Server> server_;
  std::mutex requests_mutex_;
  std::vector<web::Responder> requests_;
};

}  // namespace upslink::app
