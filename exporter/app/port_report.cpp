// SPDX-License-Identifier: Apache-2.0
#include "app/port_report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "app/wording.hpp"

namespace upslink::app {

namespace {

using smart::SerialPort;
using smart::Transport;

std::string_view name_of(Transport transport) {
  switch (transport) {
    case Transport::native:
      return "native";
    case Transport::usb:
      return "usb";
    case Transport::bluetooth:
      return "bluetooth";
  }
  return "";
}

/// As lsusb and udev write it.
std::string hexadecimal(int id) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04x", static_cast<unsigned>(id) & 0xffffU);
  return text.data();
}

constexpr std::size_t columns = 7;
using Row = std::array<std::string, columns>;

/// The description of a USB port is its product; others have one of their own, or only a name.
std::string device_of(const SerialPort& port) {
  const std::string& device = port.product.empty() ? port.description : port.product;
  const bool told = device.starts_with(port.manufacturer);  // as is nothing at all
  return told ? device : port.manufacturer + " " + device;
}

Row row_of(const SerialPort& port) {
  return {port.path,
          std::string(name_of(port.transport)),
          port.usb ? hexadecimal(port.usb->vendor) + ":" + hexadecimal(port.usb->product) : "",
          device_of(port),
          port.serial_number,
          port.in_use_by,
          port.by_id};
}

std::string json_or_null(const std::string& text) {
  return text.empty() ? "null" : json_text(text);
}

std::string json_id(const SerialPort& port, int smart::UsbIdentity::*id) {
  return port.usb ? json_text(hexadecimal((*port.usb).*id)) : "null";
}

}  // namespace

std::string ports_text(const std::vector<SerialPort>& ports) {
  if (ports.empty()) return "no serial port was found on this machine\n";
  std::vector<Row> rows{
      {"PORT", "TRANSPORT", "USB ID", "DEVICE", "SERIAL NUMBER", "IN USE BY", "NAME THAT STAYS"}};
  for (const SerialPort& port : ports) rows.push_back(row_of(port));
  std::array<std::size_t, columns> widths{};
  for (Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      row[i] = row[i].empty() ? "-" : on_one_line(row[i]);
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < columns; ++i) {
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    text += row.back() + '\n';
  }
  return text;
}

std::string ports_json(const std::vector<SerialPort>& ports) {
  std::string rows;
  for (const SerialPort& port : ports) {
    rows += rows.empty() ? "\n" : ",\n";
    rows += "  {\"path\": " + json_text(port.path);
    rows += ", \"transport\": " + json_text(name_of(port.transport));
    rows += ", \"description\": " + json_or_null(port.description);
    rows += ", \"usb_vendor_id\": " + json_id(port, &smart::UsbIdentity::vendor);
    rows += ", \"usb_product_id\": " + json_id(port, &smart::UsbIdentity::product);
    rows += ", \"manufacturer\": " + json_or_null(port.manufacturer);
    rows += ", \"product\": " + json_or_null(port.product);
    rows += ", \"serial_number\": " + json_or_null(port.serial_number);
    rows += ", \"by_id\": " + json_or_null(port.by_id);
    rows += ", \"in_use_by\": " + json_or_null(port.in_use_by) + "}";
  }
  return "{\"ports\": [" + rows + (rows.empty() ? "" : "\n") + "]}\n";
}

}  // namespace upslink::app
