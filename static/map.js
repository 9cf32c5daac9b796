// The map beside the search's list: nothing of it is loaded before somebody asks for it.
const map = document.querySelector("[data-map]");
const button = map?.querySelector("[data-show]");

async function show() {
  if (button.disabled) return;
  button.disabled = true;
  const words = map.querySelector("[data-told]");
  words.textContent = button.dataset.waiting;
  try {
    const { open } = await import(map.dataset.live);
    await open(map);
    words.textContent = "";
    button.hidden = true;
  } catch (error) {
    console.error(error);
    words.textContent = button.dataset.failed;
    button.disabled = false;
  }
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", show);
  for (const link of document.querySelectorAll('a[href="#map"]')) link.addEventListener("click", show, { once: true });
  if (location.hash === "#live") {
    if (matchMedia("(width < 60rem)").matches) map.scrollIntoView();
    show();
  }
}
