// SPDX-License-Identifier: Apache-2.0
#include "publish/prometheus/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "publish/prometheus/collector.hpp"
#include "publish/prometheus/serializers.hpp"
#include "snapshots.hpp"

namespace upslink::prom {
namespace {

using namespace std::chrono_literals;
using namespace upslink::testing;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

int usage_reads = 0;
Usage counted_usage() {
  ++usage_reads;
  return {.threads = 1};
}

class ExpositionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    usage_reads = 0;
    exposition_.publish({{"one", one_}, {"two", two_}});
  }

  std::string text(TimePoint now = read_at) { return *exposition_.render(Format::text, now).body; }

  std::shared_ptr<Slot> one_ = std::make_shared<Slot>(share(everything()));
  std::shared_ptr<Slot> two_ = std::make_shared<Slot>(share(smart_ups_700()));
  SelfReport self_{"1", "2", "3", counted_usage};
  Exposition exposition_{self_};
};

TEST_F(ExpositionTest, reads_as_the_serializers_write_the_families) {
  auto families = collect(std::vector<NamedSlot>{{"one", one_}, {"two", two_}}, read_at);
  for (auto& family : self_.collect()) families.push_back(std::move(family));
  EXPECT_EQ(text(), TextSerializer().Serialize(families));
  EXPECT_EQ(*exposition_.render(Format::openmetrics, read_at).body,
            OpenMetricsSerializer().Serialize(families));
}

TEST_F(ExpositionTest, gives_the_same_body_while_nothing_changes) {
  const auto first = exposition_.render(Format::text, read_at);
  const auto again = exposition_.render(Format::text, read_at + 99ms);
  EXPECT_EQ(first.body.get(), again.body.get());
  EXPECT_EQ(first.version, again.version);
  EXPECT_EQ(usage_reads, 1);
}

TEST_F(ExpositionTest, gives_every_body_a_version_of_its_own) {
  std::set<std::uint64_t> versions;
  for (const auto format : {Format::text, Format::openmetrics}) {
    for (const auto now : {read_at, read_at + 200ms}) {
      EXPECT_TRUE(versions.insert(exposition_.render(format, now).version).second);
    }
  }
}

TEST_F(ExpositionTest, shows_a_newer_snapshot_at_once) {
  EXPECT_THAT(text(), HasSubstr("alerts_total{ups=\"one\",alert=\"line_fail\"} 1\n"));
  auto next = everything();
  next.alerts[0].count = 2;
  one_->publish(share(next));
  EXPECT_THAT(text(), HasSubstr("alerts_total{ups=\"one\",alert=\"line_fail\"} 2\n"));
  EXPECT_THAT(*exposition_.render(Format::openmetrics, read_at).body,
              HasSubstr("alerts_total{ups=\"one\",alert=\"line_fail\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr("alerts_total{ups=\"two\",alert=\"line_fail\"} 1\n"));
}

TEST_F(ExpositionTest, drops_a_reading_the_moment_that_it_ages_out) {
  auto next = everything();
  set_reading(next, quantity_named("status"), "08", read_at + 50ms);
  one_->publish(share(next));
  EXPECT_THAT(text(read_at + 49ms), HasSubstr("upslink_status{ups=\"one\""));
  EXPECT_THAT(text(read_at + 50ms), Not(HasSubstr("upslink_status{ups=\"one\"")));
  EXPECT_THAT(text(read_at + 50ms), HasSubstr("upslink_status{ups=\"two\""));
  const auto last = text(read_at + validity);
  EXPECT_THAT(last, Not(HasSubstr("upslink_status")));
  EXPECT_THAT(last, HasSubstr("upslink_requests_total{ups=\"two\"} 123456789\n"));
}

TEST_F(ExpositionTest, shows_the_exporter_itself_anew_after_its_validity) {
  EXPECT_THAT(text(), HasSubstr("requests_total{code=\"200\"} 0\n"));
  self_.count_request(200);
  EXPECT_THAT(text(read_at + 99ms), HasSubstr("requests_total{code=\"200\"} 0\n"));
  EXPECT_THAT(text(read_at + 100ms), HasSubstr("requests_total{code=\"200\"} 1\n"));
}

TEST_F(ExpositionTest, publishes_another_list_of_upses) {
  (void)text();
  {
    const auto three = std::make_shared<Slot>(share(smart_ups_700()));
    exposition_.publish({{"two", two_}, {"three", three}});
    EXPECT_THAT(text(), HasSubstr("upslink_up{ups=\"two\"} 1\nupslink_up{ups=\"three\"} 1\n"));
    EXPECT_THAT(text(), Not(HasSubstr("\"one\"")));
    exposition_.publish({});
  }
  EXPECT_THAT(text(), Not(HasSubstr("ups=")));
  EXPECT_THAT(text(), HasSubstr("upslink_exporter_build_info"));
}

TEST_F(ExpositionTest, ends_openmetrics_once) {
  const auto body = *exposition_.render(Format::openmetrics, read_at).body;
  EXPECT_THAT(body, EndsWith("\n# EOF\n"));
  EXPECT_EQ(body.find("# EOF"), body.rfind("# EOF"));
  EXPECT_THAT(text(), Not(HasSubstr("EOF")));
}

TEST_F(ExpositionTest, carries_the_same_samples_in_both_formats) {
  const auto samples = [](const std::string& body) {
    std::istringstream stream(body);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
      if (!line.starts_with('#')) lines.push_back(line);
    }
    return lines;
  };
  EXPECT_EQ(samples(text()), samples(*exposition_.render(Format::openmetrics, read_at).body));
}

TEST(Exposition, serves_many_threads_while_slots_change) {
  std::vector<std::shared_ptr<Slot>> slots;
  std::vector<NamedSlot> upses;
  for (int i = 0; i < 3; ++i) {
    slots.push_back(std::make_shared<Slot>(share(smart_ups_700())));
    upses.push_back({"u" + std::to_string(i), slots.back()});
  }
  SelfReport self("", "", "");
  Exposition exposition(self, 1ms);
  exposition.publish(upses);
  std::atomic<bool> stop = false;
  std::thread poller([&] {
    for (std::uint64_t n = 0; !stop; ++n) {
      auto next = smart_ups_700();
      next.link.requests = n;
      slots[static_cast<std::size_t>(n % slots.size())]->publish(share(next));
    }
  });
  std::vector<std::thread> scrapers;
  for (const auto format : {Format::text, Format::openmetrics}) {
    scrapers.emplace_back([&exposition, format] {
      std::uint64_t version = 0;
      for (int i = 0; i < 200; ++i) {
        const auto rendered = exposition.render(format, read_at);
        EXPECT_GE(rendered.version, version);
        EXPECT_THAT(*rendered.body, HasSubstr("upslink_up{ups=\"u2\"} 1\n"));
        version = rendered.version;
      }
    });
  }
  for (int i = 0; i < 50; ++i) exposition.publish(upses);
  for (auto& scraper : scrapers) scraper.join();
  stop = true;
  poller.join();
}

}  // namespace
}  // namespace upslink::prom
