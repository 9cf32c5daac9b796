// "Near me": asks the browser for a position only when pressed, and sends it rounded to three decimals (about 100 m).
const words = document.querySelector("[data-geolocate-words]");

function go(url, { latitude, longitude }) {
  location.href = `${url}?near=${latitude.toFixed(3)},${longitude.toFixed(3)}`;
}

for (const button of document.querySelectorAll("[data-geolocate]")) {
  if (!("geolocation" in navigator)) continue;
  button.hidden = false;
  if (words) words.hidden = false;
  button.addEventListener("click", () => {
    if (words) words.textContent = button.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(button.dataset.geolocate, coords),
      () => { if (words) words.textContent = button.dataset.refused; },
      { maximumAge: 60000, timeout: 15000 },
    );
  });
}
