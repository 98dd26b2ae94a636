// SPDX-License-Identifier: Apache-2.0
// All UPSes at a glance, the worst first.

const cards = new Map();
function makeCard(name) {
  const figure = (label) => {
    const value = el("dd", {}, "–");
    return { value, node: el("div", {}, el("dt", {}, label), value) };
  };
  const card = { name: el("h2", {}, name), model: el("p", { class: "model" }), word: el("p", { class: "word" }), more: el("p", { class: "more" }),
                 charge: figure("Charge"), runtime: figure("Runtime"), load: figure("Load"), input: figure("Input"), bar: bar() };
  card.link = el("a", { class: "card", href: "#ups=" + encodeURIComponent(name) },
    el("div", { class: "card-head" }, mark("unknown", true), card.name, card.word,
        el("div", { class: "under" }, card.model, card.more)), card.bar.node,
    el("dl", { class: "figures" }, card.charge.node, card.runtime.node, card.load.node, card.input.node));
  card.item = el("li", {}, card.link);
  return card;
}
function fillCard(card, ups) {
  tone(card.link, safe(ups.severity));
  card.link.classList.toggle("old", silent(ups));
  const last = ups.last_success && silent(ups) ? "for " + length(now() - ups.last_success) : "";
  const more = others(ups).map((one) => one.text).join(", ");
  put(card.word, ups.text);
  put(card.more, last || more);
  put(card.model, ups.model || "");
  const readings = ups.readings;
  for (const [key, name] of [["charge", "battery_charge"], ["runtime", "battery_runtime"], ["load", "load"], ["input", "input_voltage"]]) {
    const reading = readings[name];
    let text = "–";
    if (reading) {
      const [number, unit] = amount(reading.value, reading.unit);
      text = joined([reading.unit === "ratio" || reading.unit === "volts" ? String(Math.round(Number(number))) : number, unit]);
    }
    put(card[key].value, text);
  }
  card.bar.set(readings.battery_charge && readings.battery_charge.value);
  card.bar.node.classList.toggle("low", ups.states.some((one) => one.state === "battery_low"));
}
function showOverview(upses) {
  for (const ups of upses) {
    if (!cards.has(ups.ups)) cards.set(ups.ups, makeCard(ups.ups));
    fillCard(cards.get(ups.ups), ups);
  }
  const wanted = at("search-text").value.trim().toLowerCase();
  const found = upses.filter((ups) => [ups.ups, ups.model, ...ups.states.map((one) => one.text)].join(" ").toLowerCase().includes(wanted));
  found.sort((a, b) => place(a) - place(b) || upses.indexOf(a) - upses.indexOf(b));
  const items = found.map((ups) => cards.get(ups.ups).item);
  const list = at("cards");
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) {
    const focused = document.activeElement;
    list.replaceChildren(...items);
    if (list.contains(focused)) focused.focus({ preventScroll: true });
  }
  for (const name of cards.keys()) if (!upses.some((ups) => ups.ups === name)) cards.delete(name);
  show(at("search"), upses.length > 8);
  show(at("nothing"), items.length === 0);
  put(at("nothing"), upses.length ? "No UPS fits." : "No UPS is configured.");
}
