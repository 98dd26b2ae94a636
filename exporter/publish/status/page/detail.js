// SPDX-License-Identifier: Apache-2.0
// Everything of one UPS.

let sheet = null;  // the parts of what is shown of the chosen one
function makeGauge(title, drawing) {
  const gauge = { age: el("span", { class: "age" }), number: el("p", { class: "number" }, "–"), note: el("p", { class: "note" }), drawing };
  gauge.node = el("section", { class: "panel gauge" }, el("div", { class: "label" }, el("h2", {}, title), gauge.age),
                  gauge.number, gauge.note, drawing ? drawing.node : null);
  return gauge;
}
function makeScale() {  // a needle over what the UPS takes for good
  const fine = draw("rect", { class: "fine", y: 5, height: 7 });
  const edges = [0, 1].map(() => draw("line", { class: "edge", y1: 2, y2: 15 }));
  const needle = draw("rect", { class: "needle", y: 0, width: 3, height: 17, rx: 1 });
  const node = draw("svg", { class: "scale", viewBox: "0 0 300 17", preserveAspectRatio: "none", "aria-hidden": "true" },
                    draw("rect", { class: "all", y: 5, width: 300, height: 7 }), fine, ...edges, needle);
  return { node, set(value, low, high) {
    const known = low !== undefined && high !== undefined && high > low;
    const margin = known ? (high - low) * 0.6 : 0;
    const x = (volts) => Math.max(0, Math.min(297, (volts - low + margin) / (high - low + 2 * margin) * 300));
    node.style.visibility = known ? "" : "hidden";
    if (!known) return;
    fine.setAttribute("x", x(low));
    fine.setAttribute("width", x(high) - x(low));
    edges.forEach((edge, i) => { const here = x(i ? high : low); edge.setAttribute("x1", here); edge.setAttribute("x2", here); });
    needle.style.visibility = value === undefined ? "hidden" : "";
    needle.setAttribute("x", value === undefined ? 0 : x(value));
  } };
}
const plotted = [["input_voltage", "Input voltage"], ["load", "Load"], ["battery_charge", "Battery charge"]];
function makePlot(name, title) {
  const plot = { name, title, now: el("b", {}), svg: draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", role: "img" }),
                 hours: el("div", { class: "hours", "aria-hidden": "true" }) };
  plot.canvas = el("div", { class: "canvas" }, plot.svg);
  plot.node = el("figure", { class: "panel plot" }, el("figcaption", {}, el("span", {}, title), plot.now), plot.canvas, plot.hours);
  return plot;
}
function makeSpans() {
  const choices = [[900, "15 min"], [3600, "1 hour"], [21600, "6 hours"]].map(([seconds, text]) => {
    const input = el("input", { type: "radio", name: "span", class: "unseen", value: seconds });
    input.addEventListener("change", () => { state.span = seconds; showHistory(); });
    return el("label", {}, input, text);
  });
  return el("fieldset", { class: "spans" }, el("legend", { class: "unseen" }, "Time that the plots show"), ...choices);
}
function makeFacts(rows) {
  const facts = { values: {} };
  facts.node = el("dl", { class: "facts" }, ...rows.map(([key, label]) => {
    const value = el("dd", {});
    const row = el("div", {}, el("dt", {}, label), value);
    facts.values[key] = { row, value };
    return row;
  }));
  facts.set = (key, text) => { put(facts.values[key].value, text || ""); show(facts.values[key].row, Boolean(text)); };
  return facts;
}
function makeSheet(name) {
  const part = { ups: name, plots: plotted.map(([quantity, title]) => makePlot(quantity, title)), rows: new Map() };
  part.state = el("p", { class: "state" });
  part.since = el("p", { class: "since" });
  part.chips = el("div", { class: "chips" });
  part.alarms = el("ul", { class: "alarms" });
  part.model = el("p", {});
  part.heading = el("h1", { id: "detail-name", tabindex: "-1" }, name);
  part.hero = el("header", { class: "hero" }, mark("unknown", true), el("div", { class: "hero-state" }, part.state, part.since, part.alarms, part.chips),
                 el("div", { class: "hero-who" }, part.heading, part.model));
  part.input = makeGauge("Input", makeScale());
  part.load = makeGauge("Load", bar());
  part.charge = makeGauge("Charge", bar());
  part.runtime = makeGauge("Runtime", null);
  part.battery = makeFacts([["voltage", "Battery voltage"], ["replaced", "Battery age"], ["temperature", "Temperature"], ["ambient", "At the probe"],
                            ["test", "Last self test"], ["transfer", "Last transfer"], ["transfers", "Transfers"], ["battery", "Time on battery"]]);
  part.unit = makeFacts([["output", "Output"], ["thresholds", "Transfers"], ["frequency", "Frequency"], ["firmware", "Firmware"],
                         ["serial", "Serial number"], ["made", "Made"], ["link", "Link"], ["heard", "Last answer"]]);
  part.batteryPanel = el("section", { class: "panel" }, el("h2", {}, "Battery"), part.battery.node);
  part.unitPanel = el("section", { class: "panel" }, el("h2", {}, "The unit"), part.unit.node);
  part.events = el("ol", { class: "events", tabindex: "0", "aria-label": "Events, newest first" });
  part.noEvents = el("p", { class: "none" }, "Nothing has happened since the exporter started.");
  part.body = el("tbody", {});
  part.numbers = el("tbody", {});
  part.spans = makeSpans();
  part.numbersPanel = el("details", { class: "panel" }, el("summary", {}, "The plots as numbers"), el("div", { class: "wide" }, el("table", {},
    el("thead", {}, el("tr", {}, ...["From", ...plotted.map(([, title]) => title)].map((text) => el("th", { scope: "col" }, text)))), part.numbers)));
  part.numbersPanel.addEventListener("toggle", showHistory);
  part.key = el("p", { class: "key" }, el("span", {}, el("i", {}), "on battery"), el("span", {}, el("i", { class: "silent" }), "silent"),
                el("span", {}, el("i", { class: "limit" }), "transfer thresholds"));
  at("detail").replaceChildren(
    el("a", { class: "back", href: "#" }, "← All UPSes"), part.hero,
    el("div", { class: "grid gauges" }, part.input.node, part.load.node, part.charge.node, part.runtime.node),
    el("div", { class: "plots-head" }, el("h2", {}, "History"), part.spans),
    el("div", { class: "grid plots" }, ...part.plots.map((plot) => plot.node)), part.key,
    el("div", { class: "grid thirds" },
       el("section", { class: "panel" }, el("h2", {}, "Events"), part.noEvents, part.events),
       part.batteryPanel,
       part.unitPanel),
    part.numbersPanel,
    el("details", { class: "panel" }, el("summary", {}, "All readings"), el("div", { class: "wide" }, el("table", {},
       el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Reading"), el("th", { scope: "col" }, "Value"),
          el("th", { scope: "col", class: "right" }, "Age"), el("th", { scope: "col", class: "right" }, "Command"))), part.body))));
  return part;
}
function fillGauge(gauge, reading, note) {
  if (reading) {
    const [number, unit] = amount(reading.value, reading.unit);
    const text = number + "|" + unit;
    if (gauge.said !== text) gauge.number.replaceChildren(number, ...(unit ? [el("small", {}, "\u00a0" + unit)] : []));
    gauge.said = text;
  } else if (gauge.said !== null) {
    gauge.number.replaceChildren("–", el("span", { class: "unseen" }, " not known"));
    gauge.said = null;
  }
  put(gauge.age, reading ? age(reading) + " ago" : "not known");
  put(gauge.note, note || "");
}
function transferText(ups) {
  const transfer = ups.last_transfer;
  const cause = ups.readings.transfer_cause && member("transfer_cause", ups.readings.transfer_cause.value);
  if (!transfer) return cause && ups.readings.transfer_cause.value !== "none" ? cause + "; when is not known" : "";
  const how = transfer.ended ? "for " + length(transfer.ended - transfer.began) : "still on battery";
  return [transfer.cause_text, moment(transfer.began), how].filter(Boolean).join(", ");
}
const saidByStates = new Set(["on_battery", "low_battery", "output_overload", "on_bypass", "battery_bad", "communications_lost",
                              "output_off", "test_in_progress"]);
function fillHero(ups) {
  const worst = ups.states.find((one) => one.state === ups.state) || {};
  tone(sheet.hero, safe(ups.severity));
  put(sheet.state, ups.text);
  const sentence = state.words && (state.words.states.find((one) => one.state === ups.state) || {}).sentence || "";
  const heard = silent(ups) && ups.last_success ? " Its last answer was " + length(now() - ups.last_success) + " ago." : "";
  const since = worst.since && !silent(ups) ? " For " + length(now() - worst.since) + "." : "";
  put(sheet.since, sentence + heard + since);
  put(sheet.model, ups.model || "");
  const key = JSON.stringify([ups.alarms, ups.states.map((one) => one.state)]);
  if (sheet.heroKey === key) return;
  sheet.heroKey = key;
  sheet.chips.replaceChildren(...ups.states.filter((one) => one.state !== ups.state).map((one) =>
    el("span", { class: "chip " + safe(one.severity) }, mark(safe(one.severity)), one.text)));
  sheet.alarms.replaceChildren(...ups.alarms.filter((one) => !saidByStates.has(one.alarm)).map((one) => one.text).map((text) => el("li", {}, text)));
}
function fillFacts(ups) {
  const r = ups.readings;
  const ages = (name) => r[name].good_until && meaning(name).cadence !== "settings";
  const aging = (name) => silent(ups) && ages(name) ? " (" + age(r[name]) + " ago)" : "";
  const say = (name) => r[name] ? inWords(name, r[name]) + aging(name) : "";
  const metrics = ups.metrics || {};
  const causes = Object.entries(metrics.transfers_total || {}).filter(([, count]) => count > 0);
  const b = sheet.battery;
  b.set("voltage", say("battery_voltage") + (r.battery_voltage && r.battery_voltage_nominal ? " of " + say("battery_voltage_nominal") : ""));
  b.set("replaced", r.battery_replaced && length(now() - r.battery_replaced.value) + ", since " + say("battery_replaced"));
  b.set("temperature", say("internal_temperature"));
  b.set("ambient", [say("ambient_temperature_1"), say("ambient_humidity_1"), say("ambient_temperature_2"), say("ambient_humidity_2")].filter(Boolean).join(", "));
  b.set("test", say("self_test_result"));
  b.set("transfer", transferText(ups));
  b.set("transfers", causes.map(([cause, count]) => count + " × " + member("transfer_cause", cause)).join(", "));
  b.set("battery", metrics.on_battery_seconds_total > 0 ? length(metrics.on_battery_seconds_total) : "");
  const u = sheet.unit;
  const watts = metrics.output_power_watts === undefined ? "" : joined(amount(metrics.output_power_watts, "watts"));
  u.set("output", [say("output_voltage"), say("output_current"), watts].filter(Boolean).join(", "));
  u.set("thresholds", [r.input_transfer_low && "below " + say("input_transfer_low"), r.input_transfer_high && "above " + say("input_transfer_high")].filter(Boolean).join(" and "));
  u.set("frequency", say("input_frequency"));
  u.set("firmware", say("firmware"));
  u.set("serial", say("serial_number"));
  u.set("made", say("manufactured"));
  u.set("link", { tty: "serial", tcp: "TCP" }[ups.link] || "");
  u.set("heard", ups.last_success ? length(now() - ups.last_success) + " ago" : "");
}
function fillEvents(ups) {
  const key = JSON.stringify([ups.events, silent(ups)]);
  show(sheet.noEvents, ups.events.length === 0);
  show(sheet.events, ups.events.length > 0);
  if (sheet.eventsKey === key) return;
  sheet.eventsKey = key;
  sheet.events.replaceChildren(...ups.events.slice().reverse().map((event) => {
    const isAlert = event.alert !== undefined;
    const severity = isAlert ? "notice" : safe(event.severity);
    const notes = [];
    if (event.cause_text) notes.push(event.cause_text);
    if (isAlert) notes.push("alert" + (event.times > 1 ? ", " + event.times + " times until " + moment(event.ended) : ""));
    else if (event.ended) notes.push("for " + length(event.ended - event.began));
    else notes.push(silent(ups) && event.state !== "silent" ? "so it was before it fell silent" : "going on");
    if (event.from_start) notes.push("was so when first seen");
    const text = event.text.charAt(0).toUpperCase() + event.text.slice(1);
    return el("li", { class: severity }, mark(severity), el("div", {}, text, el("small", {}, notes.join("; "))),
              el("time", { datetime: new Date(event.began * 1000).toISOString() }, moment(event.began)));
  }));
}
function fillReadings(ups) {
  const names = Object.keys(ups.readings);
  const key = names.join();
  for (const name of names) {
    const reading = ups.readings[name];
    let row = sheet.rows.get(name);
    if (!row) {
      row = { value: el("td", {}), age: el("td", { class: "right age" }) };
      row.node = el("tr", {}, el("th", { scope: "row" }, (meaning(name).text || name).replace(/\.$/, ""), el("small", {}, name)), row.value, row.age,
                    el("td", { class: "right" }, reading.command));
      sheet.rows.set(name, row);
    }
    put(row.value, inWords(name, reading));
    put(row.age, age(reading));
  }
  if (sheet.rowsKey !== key) sheet.body.replaceChildren(...names.map((name) => sheet.rows.get(name).node));
  sheet.rowsKey = key;
}
function showDetail(ups, alone) {
  if (!ups.events) return;  // what was asked for before it was chosen
  if (!sheet || sheet.ups !== ups.ups) sheet = makeSheet(ups.ups);
  show(at("detail").querySelector(".back"), !alone);
  const r = ups.readings;
  const value = (name) => r[name] && r[name].value;
  fillHero(ups);
  for (const panel of [sheet.input.node, sheet.load.node, sheet.charge.node, sheet.runtime.node, sheet.batteryPanel, sheet.unitPanel]) {
    panel.classList.toggle("old", silent(ups));
  }
  const low = value("input_transfer_low"), high = value("input_transfer_high");
  const limits = low !== undefined && high !== undefined ? "good from " + Math.round(low) + " to " + Math.round(high) + "\u00a0V" : "";
  fillGauge(sheet.input, r.input_voltage, limits);
  sheet.input.drawing.set(value("input_voltage"), low, high);
  const watts = ups.metrics && ups.metrics.output_power_watts;
  fillGauge(sheet.load, r.load, watts === undefined ? "of what the UPS can supply" : joined(amount(watts, "watts")));
  sheet.load.drawing.set(value("load"));
  sheet.load.drawing.node.classList.toggle("low", value("load") > 1);
  fillGauge(sheet.charge, r.battery_charge, r.battery_voltage ? inWords("battery_voltage", r.battery_voltage) : "");
  sheet.charge.drawing.set(value("battery_charge"));
  sheet.charge.drawing.node.classList.toggle("low", ups.states.some((one) => one.state === "battery_low"));
  fillGauge(sheet.runtime, r.battery_runtime, r.battery_runtime_low ? "counts as low below " + inWords("battery_runtime_low", r.battery_runtime_low) : "at the present load");
  fillFacts(ups);
  fillEvents(ups);
  fillReadings(ups);
  if (performance.now() - state.asked > every.history || sheet.historyState !== ups.state) {
    sheet.historyState = ups.state;
    askHistory(ups.ups);
  }
}
