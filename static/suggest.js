// Suggestions beneath the search field, as WAI-ARIA's combobox. Without script the field is a plain form.
const WAIT_MS = 120, LEAST_LETTERS = 2;

function set(element, attributes) {
  for (const name in attributes) element.setAttribute(name, attributes[name]);
}

function made(tag, attributes, parent) {
  const element = document.createElement(tag);
  set(element, attributes);
  parent.append(element);
  return element;
}

function offer(input) {
  const { suggest, counted, ...kinds } = input.dataset;
  const field = input.parentElement;
  const countries = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
  const list = made("ul", { class: "sug", id: `${input.id}-list`, role: "listbox", "aria-label": input.labels[0].textContent, hidden: "" }, field);
  const said = made("p", { class: "vh", role: "status" }, field);
  let found = [], at = -1, off = false, timer, asking;

  field.classList.add("sugs");
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });

  function show(open) {
    list.hidden = !open;
    set(input, { "aria-expanded": open });
    if (!open) mark(-1);
  }

  function mark(number) {
    if (at >= 0) set(list.children[at], { "aria-selected": "false" });
    at = number;
    const option = list.children[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    set(option, { "aria-selected": "true" });
    set(input, { "aria-activedescendant": option.id });
    option.scrollIntoView({ block: "nearest" });
  }

  function where({ kind, region, country }) {
    const abroad = (country ?? "SE") !== "SE" && countries.of(country);
    return [kind === "place" && region ? "" : kinds[kind], region, abroad].filter(Boolean).join(", ");
  }

  function draw(places) {
    found = places;
    at = -1;
    list.replaceChildren();
    places.forEach((place, number) => {
      const option = made("li", { id: `${list.id}-${number}`, role: "option", "aria-selected": "false" }, list);
      option.append(place.name);
      made("small", {}, option).append(where(place));
    });
    show(places.length > 0);
    said.textContent = counted.replace("#", places.length);
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
    said.textContent = "";
    show(false);
  }

  async function ask(text) {
    asking = new AbortController();
    try {
      const answer = await fetch(suggest + encodeURIComponent(text), { signal: asking.signal });
      if (answer.ok) draw(await answer.json());
      else stop();
    } catch (error) {
      if (error.name === "AbortError") return;
      off = true;
      stop();
    }
  }

  // A search keeps what else the form asks; a station has its own page.
  function go({ url, name }) {
    const { pathname, search, searchParams } = new URL(url);
    const asked = new URLSearchParams(new FormData(input.form));
    asked.delete("q");
    searchParams.forEach((value, key) => asked.set(key, value));
    input.value = name;
    location.assign(pathname + (search && `?${asked}`));
  }

  input.addEventListener("input", () => {
    stop();
    found = [];
    const text = input.value.trim();
    if (!off && text.length >= LEAST_LETTERS) timer = setTimeout(ask, WAIT_MS, text);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (list.hidden) show(true);
      mark(((at + step + found.length + 2) % (found.length + 1)) - 1);
    } else if (event.key === "Enter" && at >= 0) go(found[at]);
    else if (event.key === "Escape" && !list.hidden) stop();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", stop);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const number = [...list.children].indexOf(event.target.closest("li"));
    if (number >= 0) go(found[number]);
  });
}

document.querySelectorAll("[data-suggest]").forEach(offer);
