// Live facts stay fresh while somebody looks: one small fragment is asked for now and then, and what changed is put in.
const USUAL = 45_000;
const SLOWEST = 600_000;
const SOONEST = 20_000;
const UNTIL = Date.now() + 3_600_000;
const MOST_ROWS = 60;

const { dataset } = document.querySelector("script[data-live]");
const voice = document.createElement("p");
voice.className = "vh";
voice.setAttribute("role", "status");
document.body.append(voice);

let { counted } = dataset;
let wait = USUAL;
let asked = Date.now();
let before;
let timer;

// Rows link to stations.
function rows() {
  const found = new Set();
  for (const row of document.querySelectorAll(".row")) {
    const id = row.querySelector(".name a")?.pathname.match(/-([^-/]+)\/$/)?.[1];
    if (!id || (found.size >= MOST_ROWS && !found.has(id))) continue;
    row.querySelector(".state").dataset.fact = `row-${id}`;
    found.add(id);
  }
  return found;
}

// False: nothing to be had.
async function ask() {
  const url = new URL(dataset.live, location);
  for (const id of rows()) url.searchParams.append("row", id);
  if (!url.search) return true;
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok && answer.status !== 404) throw new Error(answer.status);
  const text = await answer.text();
  if (answer.ok && text !== before) put(new DOMParser().parseFromString(text, "text/html"));
  before = text;
  return answer.ok;
}

function put(fresh) {
  const changed = new Set();
  for (const name of new Set(Array.from(fresh.querySelectorAll("[data-fact]"), (part) => part.dataset.fact))) {
    const news = fresh.querySelectorAll(`[data-fact="${name}"]`);
    const olds = document.querySelectorAll(`[data-fact="${name}"]`);
    if (olds.length % news.length) continue;
    olds.forEach((old, i) => {
      const part = news[i % news.length].cloneNode(true);
      if (old.innerHTML === part.innerHTML || old.contains(document.activeElement)) return;
      const row = old.closest(".row");
      if (row && old.textContent !== part.textContent) changed.add(`${row.querySelector(".name").textContent}: ${part.textContent}`);
      old.replaceChildren(...part.childNodes);
    });
  }
  const now = fresh.querySelector("[data-counted]")?.dataset.counted;
  if (now !== counted) voice.textContent = now;
  else if (!now && changed.size) voice.textContent = [...changed].slice(0, 3).join(". ");
  counted = now;
}

async function turn() {
  asked = Date.now();
  let going = true;
  try {
    going = await ask();
    wait = USUAL;
  } catch {
    wait = Math.min(wait * 2, SLOWEST);
  }
  if (going) plan(wait);
}

function plan(delay) {
  clearTimeout(timer);
  const jittered = delay * (0.75 + Math.random() / 2);
  if (!document.hidden && Date.now() + jittered < UNTIL) timer = setTimeout(turn, jittered);
}

// Back again: soon, unless just asked or without answer.
addEventListener("visibilitychange", () => plan(Math.max(1000, asked + (wait > USUAL ? wait : SOONEST) - Date.now())));
plan(wait);
