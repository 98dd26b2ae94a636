// SPDX-License-Identifier: Apache-2.0
// The document: making elements, and changing only what differs. What a UPS says of itself becomes
// text, never markup.

const severities = ["good", "notice", "warning", "critical", "unknown"];
const marks = {  // drawn in 24 by 24; each severity has a shape of its own, not only a colour
  good: "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M7.5 12.3l3.2 3.2 5.8-6.4",
  notice: "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 11v6M12 7.2v.1",
  warning: "M12 3 1.8 20.5h20.4zM12 9.5v5M12 17.5v.1",
  critical: "M8 2h8l6 6v8l-6 6H8l-6-6V8zM12 6.8v6.4M12 17v.1",
  unknown: "M4.6 4.6a10.5 10.5 0 0 1 3-2M16.4 2.6a10.5 10.5 0 0 1 3 2M21.9 8.6a10.5 10.5 0 0 1 0 6.8M19.4 19.4a10.5 10.5 0 0 1-3 2M7.6 21.4a10.5 10.5 0 0 1-3-2M2.1 15.4a10.5 10.5 0 0 1 0-6.8M9.3 9.6a2.8 2.8 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2M12 17.3v.1",
};
const colours = { good: "0b7049", notice: "1c5fb0", warning: "c77700", critical: "c5222e", unknown: "6b7785" };

const at = (id) => document.getElementById(id);

function grow(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}
const el = (name, attributes, ...children) => grow(document.createElement(name), attributes, children);
const draw = (name, attributes, ...children) =>
  grow(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const show = (node, yes) => { if (node.hidden === yes) node.hidden = !yes; };
const mark = (severity, own) => draw("svg", { class: "mark " + (own ? "own" : severity), viewBox: "0 0 24 24", "aria-hidden": "true" },
                                draw("path", { d: marks[severity] }));
const safe = (severity) => severities.includes(severity) ? severity : "unknown";
function tone(node, severity) {
  if (node.dataset.severity === severity) return;
  node.classList.remove(...severities);
  node.classList.add(severity);
  node.dataset.severity = severity;
  const icon = node.querySelector(".mark.own");
  if (icon) icon.firstChild.setAttribute("d", marks[severity]);
}
function bar() {
  const fill = draw("rect", { height: "100%", width: "0" });
  const node = draw("svg", { class: "bar", "aria-hidden": "true" }, fill);
  return { node, set: (ratio) => fill.setAttribute("width", 100 * Math.max(0, Math.min(1, ratio || 0)) + "%") };
}
