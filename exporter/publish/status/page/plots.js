// SPDX-License-Identifier: Apache-2.0
// The history of one UPS as plots and as numbers.

const clamp = (value) => Math.max(0, Math.min(100, value));
const edge = 4;  // of 100: what is at the end of the scale is still seen
function runs(values, wanted) {  // [from, to) of what is wanted
  const found = [];
  values.forEach((value, i) => {
    if (!wanted(value)) return;
    if (found.length && found[found.length - 1][1] === i) found[found.length - 1][1] = i + 1;
    else found.push([i, i + 1]);
  });
  return found;
}
function outline(series, [from, to], x, y) {  // along the highest values and back along the lowest
  const there = [], back = [];
  for (let i = from; i < to; ++i) {
    for (const side of [i, i + 1]) {
      there.push(x(side) + " " + y(series.high[i]));
      back.push(x(side) + " " + y(series.low[i]));
    }
  }
  return "M" + there.join("L") + "L" + back.reverse().join("L") + "Z";
}
const known = (values) => values.filter((value) => value !== null);
function bounds(name, series, ups) {  // of the plot's scale: what is normal fills it
  if (name !== "input_voltage") return [0, Math.max(1, ...known(series.high))];
  const threshold = (which) => ups.readings[which] && ups.readings[which].value;
  const usual = known(series.high).sort((a, b) => a - b)[Math.floor(known(series.high).length / 2)] || 230;
  const low = threshold("input_transfer_low") || usual * 0.9, high = threshold("input_transfer_high") || usual * 1.1;
  const margin = (high - low) * 0.25;
  return [low - margin, high + margin];
}
const figure = (value, name) => joined(amount(value, name === "input_voltage" ? "volts" : "ratio"));
const span = (low, high, name) => figure(low, name) === figure(high, name) ? figure(low, name)
  : amount(low, name === "input_voltage" ? "volts" : "ratio")[0] + " to " + figure(high, name);
function within(series, from, to) {
  const lows = known(series.low.slice(from, to)), highs = known(series.high.slice(from, to));
  return lows.length ? [Math.min(...lows), Math.max(...highs)] : null;
}
function showPlot(plot, history, ups, from, seconds) {
  const series = history.readings[plot.name];
  const [bottom, top] = bounds(plot.name, series, ups);
  const x = (i) => ((Math.min(history.begin + i * history.step, history.time) - from) / seconds * 1000).toFixed(1);
  const y = (value) => clamp(100 - edge - (value - bottom) / (top - bottom) * (100 - 2 * edge)).toFixed(1);
  const shade = (values, kind) => runs(values, Boolean).map(([a, b]) =>
    draw("rect", { class: kind, x: x(a), y: 0, width: Math.max(2, x(b) - x(a)).toFixed(1), height: 100 }));
  const level = (value, kind) => draw("line", { class: kind, x1: 0, x2: 1000, y1: y(value), y2: y(value) });
  const limits = plot.name !== "input_voltage" ? [] : ["input_transfer_low", "input_transfer_high"]
    .map((name) => ups.readings[name]).filter(Boolean).map((reading) => reading.value);
  plot.svg.replaceChildren(
    ...[0, 0.5, 1].map((part) => level(bottom + (top - bottom) * part, "base")),
    ...shade(history.on_battery, "on-battery"), ...shade(history.silent, "silent"), ...limits.map((value) => level(value, "limit")),
    ...runs(series.low, (value) => value !== null).map((run) => draw("path", { class: "line", d: outline(series, run, x, y) })));
  for (const tick of plot.canvas.querySelectorAll(".tick")) tick.remove();
  for (const value of limits.length ? limits : [bottom, top]) {
    const tick = el("span", { class: "tick", "aria-hidden": "true" }, joined([String(Math.round(plot.name === "input_voltage" ? value : value * 100)), plot.name === "input_voltage" ? "V" : "%"]));
    tick.style.top = Math.max(6, Math.min(94, y(value))) + "%";
    plot.canvas.append(tick);
  }
  const first = Math.max(0, Math.floor((from - history.begin) / history.step));
  const range = within(series, first, series.low.length);
  const text = range ? span(range[0], range[1], plot.name) : "nothing known";
  put(plot.now, text);
  plot.svg.setAttribute("aria-label", plot.title + " in the last " + length(seconds) + ": " + text);
  const labels = [from, from + seconds / 2].map((time) => minutes.format(new Date(time * 1000))).concat("now");
  put(plot.hours, "");
  plot.hours.append(...labels.map((label) => el("span", {}, label)));
}
function showNumbers(history, from, seconds) {
  const rows = [];
  for (let part = 11; part >= 0; --part) {
    const begins = from + seconds / 12 * part;
    const first = Math.max(0, Math.ceil((begins - history.begin) / history.step));
    const last = Math.max(0, Math.ceil((begins + seconds / 12 - history.begin) / history.step));
    const ranges = plotted.map(([name]) => within(history.readings[name], first, last));
    if (!ranges.some(Boolean)) continue;
    rows.push(el("tr", {}, el("th", { scope: "row" }, minutes.format(new Date(begins * 1000))),
                 ...ranges.map((range, i) => el("td", {}, range ? span(range[0], range[1], plotted[i][0]) : "not known"))));
  }
  sheet.numbers.replaceChildren(...rows);
}
function showHistory() {
  const history = sheet && state.histories.get(sheet.ups);
  const ups = history && state.answer.upses.find((one) => one.ups === sheet.ups);
  if (!ups || !ups.events) return;
  const kept = history.time - history.begin;
  const seconds = state.span || [900, 3600, 21600].find((one) => one >= kept) || 21600;
  for (const input of sheet.spans.querySelectorAll("input")) input.checked = Number(input.value) === seconds;
  const from = history.time - seconds;
  for (const plot of sheet.plots) showPlot(plot, history, ups, from, seconds);
  if (sheet.numbersPanel.open) showNumbers(history, from, seconds);
}
