// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/self_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "catalogue/own_families.hpp"
#include "publish/prometheus/serializers.hpp"

namespace upslink::prom {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Usage no_usage() {
  return {};
}

std::string text_of(const SelfReport& self) {
  return TextSerializer().Serialize(self.collect());
}

TEST(SelfReport, fills_every_family_of_the_table) {
  SelfReport self("1.2.3", "abc", "g++ 12");
  self.config_accepted();
  self.certificate_expires(WallClock::now());
  self.watch_agent([] { return AgentFigures{.notifications = {{"upslinkOnBattery", 1}}}; });
  const auto families = self.collect();
  ASSERT_EQ(families.size(), own_families.size());
  for (std::size_t i = 0; i < families.size(); ++i) {
    EXPECT_EQ(families[i].name, own_families[i].metric);
    EXPECT_EQ(families[i].help, own_families[i].help);
    ASSERT_FALSE(families[i].metric.empty()) << families[i].name;
    std::string labels;
    for (const auto& label : families[i].metric.front().label) {
      labels += (labels.empty() ? "" : " ") + label.name;
    }
    EXPECT_EQ(labels, own_families[i].labels);
  }
}

TEST(SelfReport, knows_nothing_that_cannot_be_read) {
  const auto text = text_of(SelfReport("1", "2", "3", no_usage));
  EXPECT_THAT(text, Not(HasSubstr("process_")));
  EXPECT_THAT(text, Not(HasSubstr("timestamp")));
  EXPECT_THAT(text, HasSubstr("{version=\"1\",revision=\"2\",compiler=\"3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("requests_total{code=\"200\"} 0\n"));
}

TEST(SelfReport, tells_when_the_certificate_expires_while_there_is_one) {
  SelfReport self("1", "2", "3", no_usage);
  self.certificate_expires(WallTime(std::chrono::milliseconds(1'767'323'045'500)));
  EXPECT_THAT(text_of(self), HasSubstr("expiry_timestamp_seconds 1767323045.5\n"));
  self.certificate_expires(std::nullopt);
  EXPECT_THAT(text_of(self), Not(HasSubstr("expiry")));
}

TEST(SelfReport, tells_of_the_agent_if_there_is_one) {
  SelfReport self("1", "2", "3", no_usage);
  EXPECT_THAT(text_of(self), Not(HasSubstr("snmp")));
  self.watch_agent([] {
    return AgentFigures{.connected = true,
                        .requests = 17,
                        .refused = 2,
                        .dropped = 3,
                        .notifications = {{"upslinkOnBattery", 5}, {"upsTrapOnBattery", 6}}};
  });
  const auto text = text_of(self);
  EXPECT_THAT(text, HasSubstr("upslink_exporter_snmp_connected 1\n"));
  EXPECT_THAT(text, HasSubstr("upslink_exporter_snmp_requests_total 17\n"));
  EXPECT_THAT(text, HasSubstr("upslink_exporter_snmp_registrations_refused_total 2\n"));
  EXPECT_THAT(text, HasSubstr("notifications_total{notification=\"upslinkOnBattery\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("notifications_total{notification=\"upsTrapOnBattery\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("upslink_exporter_notifications_dropped_total 3\n"));
}

TEST(SelfReport, tells_of_the_configuration) {
  SelfReport self("", "", "", no_usage);
  EXPECT_THAT(text_of(self), HasSubstr("last_reload_successful 0\n"));
  self.config_accepted(WallTime(std::chrono::milliseconds(1'767'323'045'500)));
  EXPECT_THAT(text_of(self), HasSubstr("last_reload_successful 1\n"));
  EXPECT_THAT(text_of(self), HasSubstr("timestamp_seconds 1767323045.5\n"));
  self.config_refused();
  EXPECT_THAT(text_of(self), HasSubstr("last_reload_successful 0\n"));
  EXPECT_THAT(text_of(self), HasSubstr("timestamp_seconds 1767323045.5\n"));
}

TEST(SelfReport, counts_requests_of_many_threads) {
  SelfReport self("", "", "", no_usage);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&self] {
      for (int n = 0; n < 1000; ++n) self.count_request(n % 10 == 0 ? 404 : 200);
      for (const unsigned code : {0U, 99U, 600U, ~0U}) self.count_request(code);
    });
  }
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(self.collect().empty());
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(text_of(self), HasSubstr("# TYPE upslink_exporter_http_requests_total counter\n"
                                       "upslink_exporter_http_requests_total{code=\"200\"} 3600\n"
                                       "upslink_exporter_http_requests_total{code=\"404\"} 400\n"));
}

TEST(Usage, is_plausible) {
  const auto usage = read_usage();
  const double now = std::chrono::duration<double>(WallClock::now().time_since_epoch()).count();
  EXPECT_GE(usage.cpu_seconds.value(), 0);
  EXPECT_GT(usage.resident_bytes.value(), 1e5);
  EXPECT_GT(usage.virtual_bytes.value(), usage.resident_bytes.value());
  EXPECT_GE(usage.virtual_max_bytes.value(), usage.virtual_bytes.value());
  EXPECT_NEAR(usage.start_time_seconds.value(), now, 3600);
  EXPECT_GE(usage.open_fds.value(), 3);
  EXPECT_GE(usage.max_fds.value(), usage.open_fds.value());
  EXPECT_GE(usage.threads.value(), 1);
}

TEST(Usage, counts_an_open_file_once) {
  const double before = read_usage().open_fds.value();
  std::FILE* const file = std::fopen("/dev/null", "r");
  EXPECT_EQ(read_usage().open_fds.value(), before + 1);
  std::fclose(file);
}

}  // namespace
}  // namespace upslink::prom
