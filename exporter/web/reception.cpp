// SPDX-License-Identifier: Apache-2.0
#include "web/reception.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no explicit_bzero

#include "web/authorization.hpp"

namespace upslink::web {
namespace {

Response unauthorized() {
  Response refusal = sentence(401, "This server asks for a name and a password.");
  // The realm may be any text; clients show it beside the server's name.
  refusal.headers.emplace_back("WWW-Authenticate", R"(Basic realm="exporter", charset="UTF-8")");
  return refusal;
}

Response crowded() {
  Response refusal = sentence(503, "Too many passwords wait to be checked; try again in a second.");
  refusal.headers.emplace_back("Retry-After", "1");
  return refusal;
}

}  // namespace

void Reception::obey(Rules rules, Clock::time_point now) {
  rules_ = std::move(rules);
  ++number_;
  bucket_.limit(rules_.rate_limit, now);
  if (gate_) gate_->admit(rules_.users);
}

std::optional<Response> Reception::answer(Connection& connection, const Request& request,
                                          bool has_body, Clock::time_point now) {
  Visit& visit = connection.visit;
  if (visit.late_response) return std::exchange(visit.late_response, std::nullopt);
  if (visit.ticket != 0) return {};
  if (!visit.is_counted && !bucket_.take(now)) {
    return sentence(429, "There are more requests than the configured rate_limit grants.");
  }
  visit.is_counted = true;
  if (!rules_.users.empty()) {
    const auto verdict = judge(connection, request);
    if (!verdict) return {};
    if (*verdict == Verdict::denied) return unauthorized();
    if (*verdict == Verdict::crowded) return crowded();
  }
  return respond(routes_, request, has_body, [&] {
    return Responder([inbox = inbox_, ticket = wait(connection)](Response response) {
      inbox->put(Letter{ticket, std::move(response)});
    });
  });
}

std::optional<Verdict> Reception::judge(Connection& connection, const Request& request) {
  Visit& visit = connection.visit;
  if (visit.verdict && visit.judged_under == number_) return visit.verdict;
  const auto colon = decode_basic(request.header("Authorization"), decoded_);
  if (!colon) return Verdict::denied;
  const std::string_view both(decoded_);
  const Credentials credentials{both.substr(0, *colon), both.substr(*colon + 1)};
  auto known = gate_->known(credentials);
  if (!known) {
    visit.judged_under = number_;
    gate_->judge(credentials, connection.origin,
                 [inbox = inbox_, ticket = wait(connection)](Verdict verdict) {
                   inbox->put(Letter{ticket, verdict});
                 });
  }
  ::explicit_bzero(decoded_.data(), decoded_.size());
  return known;
}

Ticket Reception::wait(Connection& connection) {
  connection.visit.ticket = ++last_ticket_;
  waiting_.emplace(last_ticket_, &connection);
  return last_ticket_;
}

Connection* Reception::deliver(Letter letter) {
  const auto found = waiting_.find(letter.ticket);
  if (found == waiting_.end()) return nullptr;
  Connection& connection = *found->second;
  waiting_.erase(found);
  Visit& visit = connection.visit;
  visit.ticket = 0;
  if (const auto* const verdict = std::get_if<Verdict>(&letter.content)) {
    visit.verdict = *verdict;
  } else {
    visit.late_response = std::get<Response>(std::move(letter.content));
  }
  return &connection;
}

void Reception::forget(Connection& connection) {
  if (connection.visit.ticket != 0) waiting_.erase(connection.visit.ticket);
  connection.visit = {};
}

}  // namespace upslink::web
