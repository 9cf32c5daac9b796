// Saved stations: [{page, name, where}] in this browser alone. `page` is the last part of the address, the same in every language.
const KEY = "saved";
const PAGE = /^[\w%.~-]+$/;
const MOST_ROWS = 60;

function read() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(list) ? list.filter((one) => PAGE.test(one?.page ?? "")) : [];
  } catch {
    return [];
  }
}

function write(list) {
  if (list.length) localStorage.setItem(KEY, JSON.stringify(list));
  else localStorage.removeItem(KEY);
  tell(list);
}

// The worker keeps just these pages, in the language they are read in.
async function tell(list) {
  const folder = document.querySelector("[data-folder]").dataset.folder;
  const worker = (await navigator.serviceWorker?.ready)?.active;
  worker?.postMessage({ saved: list.map(({ page }) => `${folder}${page}/`) });
}

// On a station's page

function offer(button) {
  const { save: page, name, where, on, removed } = button.dataset;
  const [word, told] = [button.querySelector("span"), button.parentElement.querySelector(".told")];
  const off = word.textContent;
  const others = () => read().filter((one) => one.page !== page);
  const held = () => read().some((one) => one.page === page);

  function show() {
    const saved = held();
    button.setAttribute("aria-pressed", saved);
    word.textContent = saved ? on : off;
  }

  function toggle() {
    const saved = held();
    write(saved ? others() : [{ page, name, where }, ...others()]);
    show();
    told.textContent = saved ? removed : `${told.dataset.told} `;
    if (saved) return;
    const link = document.createElement("a");
    link.href = told.dataset.url;
    link.textContent = told.dataset.all;
    told.append(link);
  }

  // What it is called now.
  if (held()) write(read().map((one) => (one.page === page ? { page, name, where } : one)));
  button.hidden = false;
  button.addEventListener("click", toggle);
  addEventListener("storage", show);
  show();
}

// On the page of saved stations

const idOf = (page) => page.slice(page.lastIndexOf("-") + 1);

function list(rows) {
  const { folder, live, removed, unknown } = rows.dataset;
  const [template, empty, told] = ["template", "[data-empty]", "[data-told]"].map((what) => document.querySelector(what));
  const undo = told.querySelector("button");
  let before;

  function draw() {
    const saved = read();
    rows.replaceChildren(...saved.map(row));
    rows.hidden = !saved.length;
    empty.hidden = saved.length > 0;
    empty.dataset.empty = "known";
    return saved;
  }

  function row(one, place) {
    const made = template.content.firstElementChild.cloneNode(true);
    const [where, button] = [".meta", "button"].map((what) => made.querySelector(what));
    const [name, link] = ["h3", "a"].map((what) => document.createElement(what));
    name.className = "name";
    name.append(link);
    made.prepend(name);
    link.href = `${folder}${one.page}/`;
    link.textContent = one.name;
    where.textContent = one.where;
    button.setAttribute("aria-label", `${button.textContent} ${one.name}`);
    button.addEventListener("click", () => drop(one, place));
    return made;
  }

  function drop(one, place) {
    before = read();
    write(before.filter(({ page }) => page !== one.page));
    const left = draw();
    told.hidden = false;
    told.querySelector("span").textContent = removed.replace("#", one.name);
    (rows.querySelectorAll("button")[Math.min(place, left.length - 1)] ?? undo).focus();
    status(left);
  }

  function takeBack() {
    write(before);
    told.querySelector("span").textContent = "";
    told.hidden = true;
    status(draw());
    rows.querySelector("button").focus();
  }

  // Live, a fragment for so many at once; who is not in it is not known.
  async function status(saved) {
    for (let from = 0; from < saved.length; from += MOST_ROWS) {
      const some = saved.slice(from, from + MOST_ROWS).map(({ page }) => idOf(page));
      const fresh = await ask(some);
      for (const id of some) put(id, fresh?.querySelector(`[data-fact="row-${CSS.escape(id)}"]`));
    }
  }

  async function ask(ids) {
    try {
      const answer = await fetch(`${live}?${ids.map((id) => `row=${encodeURIComponent(id)}`).join("&")}`);
      return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
    } catch {
      return undefined;
    }
  }

  function put(id, part) {
    const link = [...rows.querySelectorAll("a")].find(({ pathname }) => pathname.endsWith(`-${id}/`));
    const state = link?.closest(".row").querySelector(".state");
    if (part) state?.replaceChildren(...part.cloneNode(true).childNodes);
    else if (state) state.querySelector("b").textContent = unknown;
  }

  undo.addEventListener("click", takeBack);
  addEventListener("storage", () => status(draw()));
  const saved = draw();
  tell(saved);
  status(saved);
}

// Without network: what the worker has

async function kept(section) {
  const list = section.querySelector("ul");
  const cache = await caches.open(section.dataset.kept);
  const pages = await Promise.all((await cache.keys()).map(async (request) => [request, await cache.match(request)]));
  for (const [request, page] of pages.reverse()) {
    const item = section.querySelector("template").content.firstElementChild.cloneNode(true);
    const [link, time] = ["a", "span"].map((what) => item.querySelector(what));
    const at = new Date(page.headers.get("X-Kept-At"));
    link.href = request.url;
    link.prepend(new DOMParser().parseFromString(await page.text(), "text/html").querySelector("h1")?.textContent ?? link.pathname);
    const today = at.toDateString() === new Date().toDateString();
    time.textContent = at.toLocaleString(document.documentElement.lang, { ...(today ? {} : { day: "numeric", month: "long" }), hour: "2-digit", minute: "2-digit" });
    list.append(item);
  }
  section.hidden = !pages.length;
  return pages.length;
}

document.querySelectorAll("[data-save]").forEach(offer);
document.querySelectorAll("[data-saved]").forEach(list);
const sections = [...document.querySelectorAll("[data-kept]")];
if (sections.length && "caches" in window) {
  const counts = await Promise.all(sections.map(kept));
  document.querySelector("[data-nothing]").hidden = counts.some(Boolean);
}
