// SPDX-License-Identifier: Apache-2.0
// The page at work: asks for the JSON of docs/api.md and shows it.

const every = { visible: 500, hidden: 10000, history: 10000 };  // milliseconds
const state = { answer: null, received: 0, failing: false, words: null, chosen: null, spoken: new Map(),
                histories: new Map(), span: 0, asked: 0 };

const chosenByHash = () => location.hash.startsWith("#ups=") ? decodeURIComponent(location.hash.slice(5)) : null;
function speak(upses) {
  const news = [];
  for (const ups of upses) {
    const words = ups.states.map((one) => one.text).join(", ");
    if (state.spoken.has(ups.ups) && state.spoken.get(ups.ups) !== words) news.push(ups.ups + ": " + words);
    state.spoken.set(ups.ups, words);
  }
  if (news.length) at("said").textContent = news.slice(0, 5).join(". ");
}
function showFleet(upses) {
  const bad = upses.filter((ups) => ups.severity !== "good" && ups.severity !== "notice");
  const worst = upses.slice().sort((a, b) => place(a) - place(b))[0];
  const one = upses.length === 1;
  put(at("fleet"), !upses.length ? "" : bad.length === 0 ? (one ? "1 UPS, and it is well" : "All " + upses.length + " UPSes are well")
    : one ? "1 UPS needs attention" : bad.length + " of " + upses.length + " UPSes need attention");
  const title = (bad.length ? worst.text + ": " + worst.ups + " – " : "") + "UPS status";
  if (document.title !== title) document.title = title;
  const colour = colours[safe(worst ? worst.severity : "unknown")];
  const icon = at("icon").getAttribute("href").replace(/%23[0-9a-f]{6}/, "%23" + colour);
  if (at("icon").getAttribute("href") !== icon) at("icon").setAttribute("href", icon);
}
function showAll() {
  const upses = state.answer.upses;
  const chosen = upses.length === 1 ? upses[0] : upses.find((ups) => ups.ups === state.chosen);
  speak(upses);
  showFleet(upses);
  show(at("overview"), !chosen);
  show(at("detail"), Boolean(chosen));
  if (chosen) showDetail(chosen, upses.length === 1);
  else { sheet = null; showOverview(upses); }
  put(at("about"), "upslink_exporter " + state.answer.version);
  put(at("started"), moment(state.answer.started));
}
function showFreshness() {
  const lost = state.failing || !state.answer;
  document.body.classList.toggle("is-lost", Boolean(state.answer) && lost);
  show(at("fresh"), Boolean(state.answer));
  if (state.answer) put(at("fresh-text"), lost ? length(now() - state.answer.time) + " old" : "live");
  show(at("lost"), state.failing);
  if (!state.failing) return put(at("lost"), "");
  if (!at("lost").firstChild) {  // said once; the age beside it changes in silence
    at("lost").append("The exporter does not answer.", el("span", { "aria-hidden": "true" }));
  }
  put(at("lost").lastChild, state.answer ? " What is shown is " + length(now() - state.answer.time) + " old." : "");
}
async function get(path) {
  const answer = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(4000) });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error("status " + answer.status);
  return answer.json();
}
async function askHistory(ups) {
  state.asked = performance.now();
  try {
    const history = await get("./api/v1/history?ups=" + encodeURIComponent(ups));
    if (history) state.histories = new Map([[ups, history]]);
    showHistory();
  } catch { /* the next poll tells */ }
}
let timer = 0, asking = false, again = false;
async function poll() {
  if (asking) { again = true; return; }
  asking = true;
  clearTimeout(timer);
  const began = performance.now();
  try {
    if (!state.words) state.words = await get("./api/v1/catalogue");
    const only = state.answer && state.answer.upses.length === 1 ? state.answer.upses[0].ups : "";
    const wanted = state.chosen || only;
    const answer = await get("./api/v1/ups?detail=" + encodeURIComponent(wanted));
    if (answer === null) {  // a UPS that is gone
      if (state.chosen) { state.chosen = null; history.replaceState(null, "", location.pathname); }
      else state.answer = null;
      again = true;
    } else {
      if (!state.answer || answer.time !== state.answer.time) state.received = performance.now();
      state.answer = answer;
      state.failing = false;
      if (!wanted && answer.upses.length === 1 && !answer.upses[0].events) again = true;
      showAll();
    }
  } catch {
    state.failing = true;
  }
  showFreshness();
  asking = false;
  const pause = again ? 0 : Math.max(50, (document.hidden ? every.hidden : every.visible) - (performance.now() - began));
  again = false;
  timer = setTimeout(poll, pause);
}

addEventListener("hashchange", () => {
  const before = state.chosen;
  state.chosen = chosenByHash();
  poll().then(() => {
    const target = state.chosen ? at("detail-name") : cards.has(before) ? cards.get(before).link : null;
    if (target) target.focus({ preventScroll: !state.chosen });
    if (state.chosen) scrollTo(0, 0);
  });
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
at("search-text").addEventListener("input", () => { if (state.answer) showAll(); });
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); at("main").focus(); });
setInterval(() => { if (state.failing) showFreshness(); }, 1000);
state.chosen = chosenByHash();
poll();
