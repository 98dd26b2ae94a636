// SPDX-License-Identifier: Apache-2.0
// Values, times and states as people read them.

const now = () => state.answer.time + (performance.now() - state.received) / 1000;
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const minutes = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
function moment(time) {
  const date = new Date(time * 1000);
  const today = new Date(now() * 1000).toDateString() === date.toDateString();
  return (today ? "" : day.format(date) + ", ") + clock.format(date);
}
function length(seconds) {
  if (seconds < 9.95) return Math.max(0, seconds).toFixed(1) + " s";
  if (seconds < 99.5) return Math.round(seconds) + " s";
  if (seconds < 5970) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.floor(seconds / 3600) + " h " + String(Math.floor(seconds % 3600 / 60)).padStart(2, "0") + " min";
  if (seconds < 3e7) return Math.round(seconds / 86400) + " days";
  return (seconds / 31557600).toFixed(1) + " years";
}
function age(reading) {
  if (!reading || !reading.good_until) return "";
  return length(now() - reading.read_at);
}
const units = { volts: [1, 1, "V"], amperes: [1, 1, "A"], hertz: [1, 2, "Hz"], ratio: [100, 1, "%"], celsius: [1, 1, "°C"],
                watts: [1, 0, "W"] };
function amount(value, unit) {
  const known = units[unit];
  if (known) return [(value * known[0]).toFixed(known[1]), known[2]];
  if (unit === "seconds") return [length(value < 10 ? Math.round(value * 10) / 10 : value), ""];
  return [String(value), unit || ""];
}
const joined = (parts) => parts.filter(Boolean).join("\u00a0");
const meaning = (name) => (state.words && state.words.quantities[name]) || {};
function member(name, value) {
  const found = (meaning(name).members || []).find((one) => one.name === value);
  return found ? found.text : value;
}
function inWords(name, reading) {
  const kind = meaning(name).kind;
  if (kind === "date") return new Date(reading.value * 1000).toISOString().slice(0, 10);
  if (kind === "yes_no") return reading.value ? "yes" : "no";
  if (Array.isArray(reading.value)) return reading.value.map((one) => member(name, one)).join(", ") || "none";
  if (typeof reading.value === "number") return joined(amount(reading.value, reading.unit));
  return member(name, reading.value);
}
const silent = (ups) => ups.up === false;
const others = (ups) => ups.states.filter((one) => one.state !== ups.state && one.severity !== "good");
function place(ups) {  // the worst first
  const index = state.words ? state.words.states.findIndex((one) => one.state === ups.state) : -1;
  return index < 0 ? 3 - severities.indexOf(ups.severity) : index;
}
