// What can be read without network. `SITE`, from /sw.js, says what is kept: files by their names, and the pages of each language.
const FILES = `files-${SITE.version}`, SEEN = "seen", SAVED = "saved";
const HASH = /\.[0-9a-f]{10}(?=\.\w+$)/;
const KEPT_AT = "X-Kept-At";
const MINUTE = 60_000;
const languages = Object.values(SITE.languages);

const spoken = (path) => Object.entries(SITE.languages).find(([, words]) => path.startsWith(words.home)) ?? Object.entries(SITE.languages)[0];
const isStation = (path) => languages.some(({ station }) => path.startsWith(station) && /^[^/]+\/$/.test(path.slice(station.length)));
const isOurs = (path) => languages.some((words) => [words.home, words.saved, words.offline].includes(path));

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => event.waitUntil(event.data.saved ? inTurn(event.data.saved) : keepOpen(event.source.url)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === "/" || languages.some(({ home }) => pathname.startsWith(home))) event.respondWith(page(event, pathname, search));
  } else if (HASH.test(pathname) && pathname.replace(HASH, "") in SITE.files) event.respondWith(file(request, pathname));
});

// Keeping

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(Object.values(SITE.files));
  for (const { saved, offline } of languages) await Promise.all([saved, offline].map((path) => fetchInto(files, path)));
  await skipWaiting();
}

async function activate() {
  const current = [FILES, SEEN, SAVED];
  for (const name of await caches.keys()) if (!current.includes(name)) await caches.delete(name);
  await clients.claim();
}

// The page of the first visit came before there was a worker to keep it; and the start page is the way to all others.
async function keepOpen(url) {
  await clients.claim();
  const { pathname, search } = new URL(url);
  const [, { home }] = spoken(pathname);
  const files = await caches.open(FILES);
  if (!(await files.match(home))) await fetchInto(files, home).catch(() => {});
  const held = await (await caches.open(SEEN)).match(pathname);
  if (held && Date.now() - new Date(held.headers.get(KEPT_AT)) < MINUTE) return;
  if (!search && isStation(pathname)) await fetch(pathname).then((answer) => keep(pathname, answer)).catch(() => {});
}

async function fetchInto(cache, path) {
  const answer = await fetch(path);
  if (answer.ok && !answer.redirected) await cache.put(path, await dated(answer));
}

// The same page, with the time at which it came.
async function dated(answer) {
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set(KEPT_AT, new Date().toISOString());
  return new Response(await answer.blob(), { headers });
}

async function keep(path, answer) {
  const gone = [404, 410].includes(answer.status);
  if (!gone && (answer.status !== 200 || answer.redirected)) return;
  if (isOurs(path)) {
    if (!gone) await (await caches.open(FILES)).put(path, await dated(answer));
    return;
  }
  const [seen, saved] = await Promise.all([caches.open(SEEN), caches.open(SAVED)]);
  if (gone) return void (await Promise.all([seen.delete(path), saved.delete(path)]));
  const page = await dated(answer);
  if (await saved.match(path)) await saved.put(path, page.clone());
  // Anew, so that it is the last of them.
  await seen.delete(path);
  await seen.put(path, page);
  const paths = await seen.keys();
  for (const old of paths.slice(0, Math.max(0, paths.length - SITE.most))) await seen.delete(old);
}

// One after the other: what was said last holds.
let turn = Promise.resolve();
const inTurn = (paths) => (turn = turn.then(() => keepSaved(paths)).catch(() => {}));

// Just these, and no others.
async function keepSaved(paths) {
  const saved = await caches.open(SAVED);
  for (const request of await saved.keys()) if (!paths.includes(new URL(request.url).pathname)) await saved.delete(request);
  for (const path of paths.filter(isStation)) {
    if (await saved.match(path)) continue;
    const seen = await (await caches.open(SEEN)).match(path);
    await (seen ? saved.put(path, seen) : fetchInto(saved, path).catch(() => {}));
  }
}

// Answering

async function page(event, path, search) {
  const asked = fetch(event.request);
  if (!search && (isStation(path) || isOurs(path)))
    event.waitUntil(asked.then((answer) => keep(path, answer.clone())).catch(() => {}));
  const held = await found(path);
  const late = held && new Promise((_resolve, reject) => setTimeout(reject, SITE.patience, new Error("late")));
  try {
    const answer = await (held ? Promise.race([asked, late]) : asked);
    return held && answer.status >= 502 ? shown(held, path) : answer;
  } catch {
    return held ? shown(held, path) : offline(path);
  }
}

async function found(path) {
  for (const name of [SAVED, SEEN, FILES]) {
    const held = await (await caches.open(name)).match(path === "/" ? languages[0].home : path);
    if (held) return held;
  }
}

// At the address of the page that was asked for, in whose stead it stands.
async function offline(path) {
  const [, words] = spoken(path);
  const held = await (await caches.open(FILES)).match(words.offline);
  if (!held) return Response.error();
  const html = (await held.text()).replace('data-offline="', (attribute) => `data-stands-in ${attribute}`);
  return new Response(html, { headers: held.headers });
}

// The kept page, with a line over it that says so.
async function shown(held, path) {
  const [code, words] = spoken(path);
  if (path === words.saved || path === words.offline) return held;
  const at = new Date(held.headers.get(KEPT_AT));
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleString(code === "en" ? "en-GB" : code, { ...(today ? {} : { day: "numeric", month: "long" }), hour: "2-digit", minute: "2-digit" });
  const told = (navigator.onLine ? words.noAnswer : words.noNetwork).replace("#", time);
  const line = `<div class="wrap"><p class="kept" role="status"><strong>${told}</strong> <a href="">${words.again}</a></p></div>`;
  const html = (await held.text()).replace('<main id="main">', (main) => main + line);
  return new Response(html, { headers: held.headers });
}

// A page that was kept before a release asks for files of then: those of now are better than none.
async function file(request, path) {
  const files = await caches.open(FILES);
  const held = await files.match(path);
  if (held) return held;
  try {
    return await fetch(request);
  } catch {
    return (await files.match(SITE.files[path.replace(HASH, "")])) ?? Response.error();
  }
}
