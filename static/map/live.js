// The moving map. The list beside it is its equal: both always show the same search, and the address says which.
const EUROPE = [[-32, 30], [50, 74]];
const SINGLE_FROM = 12;
// From this zoom on pins may overlap, and how large they are.
const LAST_MERGED = 16;
const [WIDE, HIGH] = [76, 38];

let library;
let map;
let figure;
let words;
let lang;
let asked;
let shown = location.search;
let markers = new Map();

// Colours and lettering are those of the page.
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  figure.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const plural = (forms, count, other = "") =>
  forms[new Intl.PluralRules(lang).select(count) === "one" ? 0 : 1].replace("#", count.toLocaleString(lang)).replace("§", other.toLocaleString(lang));

function paints() {
  const [water, land, shore, ink, quiet, halo] = ["--water", "--land", "--line-2", "--ink", "--ink-2", "--land"].map(colour);
  return {
    water: { "background-color": water },
    land: { "fill-color": ["case", ["get", "lake"], water, land], "fill-antialias": false },
    shore: { "line-color": shore, "line-width": 0.6 },
    borders: { "line-color": quiet, "line-width": 1, "line-dasharray": [4, 3] },
    countries: { "text-color": quiet, "text-halo-color": halo, "text-halo-width": 1.5 },
    towns: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.5 },
  };
}

function carried() {
  const paint = paints();
  const font = { "text-font": ["Instrument Sans", "sans-serif"], "text-field": ["get", lang === "sv" ? "sv" : "en"] };
  const layer = (id, type, from, more = {}) => ({ id, type, source: "base", "source-layer": from, paint: paint[id], ...more });
  return {
    version: 8,
    sources: { base: { type: "vector", url: `pmtiles://${new URL(figure.dataset.basemap, location)}` } },
    layers: [
      { id: "water", type: "background", paint: paint.water },
      layer("land", "fill", "land"),
      layer("shore", "line", "land"),
      layer("borders", "line", "borders"),
      layer("countries", "symbol", "places", {
        filter: ["==", ["get", "kind"], "country"],
        maxzoom: 6,
        layout: { ...font, "text-size": 13, "symbol-sort-key": ["get", "rank"], "text-letter-spacing": 0.04 },
      }),
      layer("towns", "symbol", "places", {
        filter: ["==", ["get", "kind"], "town"],
        layout: { ...font, "text-size": ["interpolate", ["linear"], ["zoom"], 5, 12, 10, 14], "symbol-sort-key": ["get", "rank"], "text-padding": 6 },
      }),
    ],
  };
}

function streets(url) {
  if (!url.includes("{z}")) return url;
  return { version: 8, sources: { streets: { type: "raster", tiles: [url], tileSize: 256, maxzoom: 19 } }, layers: [{ id: "streets", type: "raster", source: "streets" }] };
}

function script(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    Object.assign(element, { src: url, onload: resolve, onerror: () => reject(new Error(url)) });
    document.head.append(element);
  });
}

const boxOf = (text) => {
  const [west, south, east, north] = text.split(",").map(Number);
  return [[west, south], [east < west ? east + 360 : east, north]];
};

export async function open(element) {
  figure = element;
  lang = document.documentElement.lang;
  words = JSON.parse(figure.dataset.words);
  const own = !figure.dataset.streets;
  [library] = await Promise.all([
    import(figure.dataset.library),
    own && !window.pmtiles ? script(figure.dataset.pmtiles) : null,
    document.fonts.load('600 14px "Instrument Sans"', "Åäö"),
  ]);
  library.setWorkerUrl(new URL(figure.dataset.worker, location).href);
  if (own) library.addProtocol("pmtiles", new window.pmtiles.Protocol().tile);
  const canvas = document.createElement("div");
  canvas.className = "live";
  figure.querySelector("svg[role=img]")?.setAttribute("hidden", "");
  figure.prepend(canvas);
  map = new library.Map({
    container: canvas,
    style: own ? carried() : streets(figure.dataset.streets),
    bounds: figure.dataset.box ? boxOf(figure.dataset.box) : EUROPE,
    fitBoundsOptions: { padding: 48, maxZoom: 14 },
    maxBounds: own ? [[-50, 20], [70, 78]] : undefined,
    maxZoom: 18,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    locale: { "Map.Title": words.map },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  figure.append(controls());
  await map.once("load");
  map.addSource("stations", source());
  for (const from of ["clusters", "stations"])
    map.addLayer({ id: `on-${from}`, type: "circle", source: "stations", "source-layer": from, paint: { "circle-opacity": 0, "circle-radius": 1 } });
  here();
  map.on("moveend", (event) => {
    draw();
    if (event.originalEvent || event.asked) offer();
  });
  map.on("idle", draw);
  map.on("error", ({ error }) => {
    if (error?.status === 400) tell(words.too_many);
    else console.error(error);
  });
  if (own) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const [id, paint] of Object.entries(paints())) for (const [name, value] of Object.entries(paint)) map.setPaintProperty(id, name, value);
  });
  document.addEventListener("click", follow);
  document.addEventListener("submit", send);
  addEventListener("popstate", () => location.search === shown || go(location.href, false));
  if (location.hash !== "#live") history.replaceState(null, "", `${location.pathname}${location.search}#live`);
  figure.dataset.open = "1";
  figure.querySelector("figcaption").hidden = !own;
  figure.finder = { map };
  draw();
}

function source() {
  return { type: "vector", tiles: [location.origin + figure.dataset.tiles], minzoom: 0, maxzoom: SINGLE_FROM };
}

// Pins and clusters

function features() {
  const single = Math.floor(map.getZoom()) >= SINGLE_FROM;
  const found = new Map();
  for (const { geometry, properties } of map.querySourceFeatures("stations", { sourceLayer: single ? "stations" : "clusters" })) {
    const place = geometry.coordinates;
    if (!map.getBounds().contains(place)) continue;
    const key = properties.id ?? place.map((degrees) => degrees.toFixed(5)).join();
    found.set(key, { key, place, ...properties });
  }
  return apart([...found.values()], single);
}

// Those that would hide each other are one, where the larger stands. Close up every station stays by itself.
function apart(all, single) {
  if (single && map.getZoom() >= LAST_MERGED) return all;
  const kept = [];
  for (const feature of all.sort((one, other) => (other.stations ?? 1) - (one.stations ?? 1) || (one.key < other.key ? -1 : 1))) {
    const { x, y } = map.project(feature.place);
    const near = kept.find((each) => Math.abs(each.x - x) < WIDE && Math.abs(each.y - y) < HIGH);
    if (near) near.some.push(feature);
    else kept.push({ x, y, some: [feature] });
  }
  return kept.map(({ some }) => (some.length === 1 ? some[0] : together(some)));
}

function together(some) {
  const sum = (name, least = 0) => some.reduce((total, each) => total + (each[name] ?? least), 0);
  const [available, known] = [sum("available"), sum("known")];
  const ages = some.filter((each) => each.known).map((each) => each.status_at);
  const broken = some.every((each) => each.status === "out_of_order" || each.status === "unknown");
  return {
    key: `c${some[0].key}`,
    place: some[0].place,
    stations: sum("stations", 1),
    status: available ? "available" : !known ? "unknown" : broken ? "out_of_order" : "busy",
    available,
    known,
    status_at: ages.length ? Math.min(...ages) : undefined,
  };
}

const GLYPHS = { available: "free", busy: "busy", out_of_order: "broken", unknown: "unknown" };

function state({ status, available, known, status_at: at }) {
  if (status === "unknown") return words.unknown;
  const said = status === "available" ? plural(words.available, available, known) : words[status];
  const time = new Date(at * 1000).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  return `${said}, ${time}`;
}

function draw() {
  if (!map.isSourceLoaded("stations")) return;
  const kept = new Map();
  for (const feature of features()) {
    const key = `${feature.key}|${feature.status}|${feature.available}|${feature.known}|${feature.stations}`;
    kept.set(key, markers.get(key) ?? marker(feature));
    markers.delete(key);
  }
  const focused = document.activeElement;
  for (const old of markers.values()) if (old.getElement() !== focused) old.remove(); else old.getElement().addEventListener("blur", () => old.remove(), { once: true });
  markers = kept;
}

function marker(feature) {
  const cluster = feature.stations !== undefined;
  const element = document.createElement(cluster ? "button" : "a");
  const glyph = GLYPHS[feature.status];
  element.className = `spot ${glyph}${cluster ? " many" : ""}`;
  const name = cluster ? plural(words.stations, feature.stations) : feature.name;
  const label = `${name}: ${state(feature)}`;
  element.setAttribute("aria-label", cluster ? `${label}. ${words.zoom_in}` : label);
  element.title = label;
  element.innerHTML = `<svg aria-hidden="true"><use href="#${glyph}"/></svg><span></span>`;
  element.lastChild.textContent = cluster ? feature.stations.toLocaleString(lang) : feature.known ? `${feature.available}/${feature.known}` : "";
  if (cluster) {
    element.type = "button";
    element.addEventListener("click", () => map.easeTo({ center: feature.place, zoom: Math.min(map.getZoom() + 2, 18), duration: still() ? 0 : 300 }, { asked: true }));
  } else {
    element.href = figure.dataset.station + feature.path + "/";
  }
  return new library.Marker({ element }).setLngLat(feature.place).addTo(map);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function here() {
  if (!figure.dataset.near) return;
  const element = document.createElement("div");
  element.className = "here";
  element.textContent = words.here;
  const [latitude, longitude] = figure.dataset.near.split(",").map(Number);
  new library.Marker({ element, anchor: "bottom" }).setLngLat([longitude, latitude]).addTo(map);
}

// Buttons

function controls() {
  const box = document.createElement("div");
  box.className = "moves";
  const pan = (x, y) => () => map.panBy([x * 120, y * 120], { duration: still() ? 0 : 200 }, { asked: true });
  const zoom = (by) => () => map.zoomTo(map.getZoom() + by, { duration: still() ? 0 : 200 }, { asked: true });
  const all = [
    ["zoom_in", "M12 5v14M5 12h14", zoom(1)], ["zoom_out", "M5 12h14", zoom(-1)],
    ["north", "m6 14 6-6 6 6", pan(0, -1)], ["west", "m14 6-6 6 6 6", pan(-1, 0)],
    ["east", "m10 6 6 6-6 6", pan(1, 0)], ["south", "m6 10 6 6 6-6", pan(0, 1)],
  ];
  for (const [name, path, act] of all) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.title = words[name];
    button.setAttribute("aria-label", words[name]);
    button.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
    button.addEventListener("click", act);
    box.append(button);
  }
  const search = document.createElement("button");
  search.type = "button";
  search.className = "btn search-here";
  search.textContent = words.search_here;
  search.hidden = true;
  search.addEventListener("click", searchHere);
  box.append(search);
  return box;
}

function offer() {
  figure.querySelector(".search-here").hidden = false;
}

function tell(text) {
  figure.querySelector("[data-told]").textContent = text;
}

// The list and the address

function searchHere() {
  const bounds = map.getBounds();
  const round = (degrees) => Number(degrees.toFixed(4));
  const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(round);
  const url = new URL(location);
  for (const name of ["q", "near", "radius_km", "page"]) url.searchParams.delete(name);
  url.searchParams.set("bbox", box.join());
  go(url, true);
}

function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== location.pathname || url.hash || !link.closest("[data-part]")) return;
  event.preventDefault();
  go(url, true);
}

function send(event) {
  const form = event.target;
  const url = new URL(form.action);
  if (event.defaultPrevented || form.method !== "get" || url.origin !== location.origin || url.pathname !== location.pathname) return;
  event.preventDefault();
  url.search = new URLSearchParams(new FormData(form));
  go(url, true);
}

// The search field keeps its listeners; what goes along with it is that of the new page.
function refill(page) {
  const [ours, theirs] = [document, page].map((each) => each.querySelector("form[role=search]"));
  for (const hidden of ours.querySelectorAll("input[type=hidden]")) hidden.remove();
  ours.append(...theirs.querySelectorAll("input[type=hidden]"));
  ours.elements.q.value = theirs.elements.q.value;
}

async function go(to, push) {
  const url = new URL(to);
  asked?.abort();
  asked = new AbortController();
  figure.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url.pathname + url.search, { signal: asked.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector("[data-map]");
    if (!told) return location.assign(url);
    if (push) history.pushState(null, "", new URL(answer.url).pathname + new URL(answer.url).search + "#live");
    shown = location.search;
    document.title = page.title;
    for (const part of document.querySelectorAll("[data-part]"))
      part.replaceChildren(...(page.querySelector(`[data-part="${part.dataset.part}"]`)?.childNodes ?? []));
    refill(page);
    if (told.dataset.tiles !== figure.dataset.tiles) {
      figure.dataset.tiles = told.dataset.tiles;
      map.getSource("stations").setTiles(source().tiles);
    }
    figure.querySelector(".search-here").hidden = true;
    tell(page.querySelector("h1")?.textContent ?? "");
    if (told.dataset.box && !(push && told.dataset.exact)) map.fitBounds(boxOf(told.dataset.box), { padding: told.dataset.exact ? 0 : 48, maxZoom: 14, duration: 0 });
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  } finally {
    figure.removeAttribute("aria-busy");
  }
}
