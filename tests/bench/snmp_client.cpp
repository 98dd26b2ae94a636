// SPDX-License-Identifier: Apache-2.0
// Asks an SNMP agent as a manager would, with libnetsnmp, and says how long the answers took:
//
//   snmp-client ADDRESS COMMUNITY get SECONDS OID...   the OIDs in turn; of each p50 and p99, in ns
//   snmp-client ADDRESS COMMUNITY walk OID...          GETBULK, 25 instances at a time; all OIDs
//   after
//                                                      one another: instances and ns
//
// Prints one JSON object. Exit status 1 when an answer does not come or has no value.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
// clang-format on

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Name {
  std::array<oid, MAX_OID_LEN> arcs{};
  std::size_t length = MAX_OID_LEN;

  explicit Name(const char* text) {
    if (read_objid(text, arcs.data(), &length) == 0) {
      std::fprintf(stderr, "snmp-client: %s is no OID\n", text);
      std::exit(2);
    }
  }
};

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "snmp-client: %s\n", sentence.c_str());
  std::exit(1);
}

std::int64_t since(Clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - then).count();
}

/// The answer to one request; the caller frees it.
netsnmp_pdu* ask(netsnmp_session* session, netsnmp_pdu* question) {
  netsnmp_pdu* answer = nullptr;
  if (snmp_synch_response(session, question, &answer) != STAT_SUCCESS || answer == nullptr) {
    fail("no answer");
  }
  if (answer->errstat != SNMP_ERR_NOERROR || answer->variables == nullptr) fail("an error came");
  return answer;
}

std::int64_t time_of_get(netsnmp_session* session, const Name& name) {
  netsnmp_pdu* question = snmp_pdu_create(SNMP_MSG_GET);
  snmp_add_null_var(question, name.arcs.data(), name.length);
  const auto began = Clock::now();
  netsnmp_pdu* answer = ask(session, question);
  const auto took = since(began);
  const bool empty = answer->variables->type >= SNMP_NOSUCHOBJECT;
  snmp_free_pdu(answer);
  if (empty) fail("an instance has no value");
  return took;
}

void get(netsnmp_session* session, double seconds, const std::vector<const char*>& texts) {
  std::vector<Name> names(texts.begin(), texts.end());
  std::vector<std::vector<std::int64_t>> took(names.size());
  const auto began = Clock::now();
  while (static_cast<double>(since(began)) < seconds * 1e9) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      took[i].push_back(time_of_get(session, names[i]));
    }
  }
  std::printf("{");
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::ranges::sort(took[i]);
    std::printf(R"(%s"%s": {"p50": %lld, "p99": %lld, "count": %zu})", i == 0 ? "" : ", ", texts[i],
                static_cast<long long>(took[i][took[i].size() / 2]),
                static_cast<long long>(took[i][took[i].size() * 99 / 100]), took[i].size());
  }
  std::printf("}\n");
}

std::size_t walk_one(netsnmp_session* session, const Name& root) {
  constexpr long repetitions = 25;
  Name at = root;
  std::size_t instances = 0;
  for (;;) {
    netsnmp_pdu* question = snmp_pdu_create(SNMP_MSG_GETBULK);
    question->non_repeaters = 0;
    question->max_repetitions = repetitions;
    snmp_add_null_var(question, at.arcs.data(), at.length);
    netsnmp_pdu* answer = ask(session, question);
    bool inside = true;
    for (auto* one = answer->variables; one != nullptr && inside; one = one->next_variable) {
      inside =
          one->type != SNMP_ENDOFMIBVIEW &&
          snmp_oidtree_compare(root.arcs.data(), root.length, one->name, one->name_length) == 0;
      if (!inside) break;
      ++instances;
      at.length = one->name_length;
      std::copy_n(one->name, one->name_length, at.arcs.begin());
    }
    snmp_free_pdu(answer);
    if (!inside) return instances;
  }
}

void walk(netsnmp_session* session, const std::vector<const char*>& texts) {
  const auto began = Clock::now();
  std::size_t instances = 0;
  for (const char* text : texts) instances += walk_one(session, Name(text));
  std::printf(R"({"instances": %zu, "ns": %lld})"
              "\n",
              instances, static_cast<long long>(since(began)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<const char*> words(argv + 1, argv + argc);
  const std::string_view what = words.size() > 3 ? words[2] : "";
  if (what != "get" && what != "walk") {
    std::fputs("usage: snmp-client ADDRESS COMMUNITY get SECONDS OID... | walk OID...\n", stderr);
    return 2;
  }
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
  ::setenv("MIBS", "", 1);
  init_snmp("snmp-client");
  netsnmp_session wanted;
  snmp_sess_init(&wanted);
  std::string peer = words[0];
  std::string community = words[1];
  wanted.peername = peer.data();
  wanted.version = SNMP_VERSION_2c;
  wanted.community = reinterpret_cast<u_char*>(community.data());
  wanted.community_len = community.size();
  netsnmp_session* session = snmp_open(&wanted);
  if (session == nullptr) fail("no session");
  const std::vector<const char*> rest(words.begin() + 3, words.end());
  if (what == "get") {
    get(session, std::strtod(rest.front(), nullptr), {rest.begin() + 1, rest.end()});
  } else {
    walk(session, rest);
  }
  snmp_close(session);
  return 0;
}
