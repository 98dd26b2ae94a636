// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the simulator knows of a unit, as one line of JSON each (README.md, "What it knows").

#include <string>

#include "time.hpp"
#include "unit.hpp"

namespace upslink::simulator {

std::string state_json(const Unit& unit, std::size_t number, Time now);
std::string choices_json(const Unit& unit);
std::string profile_json(const Unit& unit);
std::string timing_json(const Unit& unit);
std::string active_faults_json(const Unit& unit);
std::string fault_table_json();
std::string quantities_json();

}  // namespace upslink::simulator
