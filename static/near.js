// "Near me": asks the browser for a position only when pressed, and sends it rounded to three decimals (about 100 m),
// with the conditions and the charge of the search that the button stands on.
const words = document.querySelector("[data-geolocate-words]");

function go({ geolocate, kept }, { latitude, longitude }) {
  location.href = `${geolocate}?near=${latitude.toFixed(3)},${longitude.toFixed(3)}${kept ?? ""}`;
}

for (const button of document.querySelectorAll("[data-geolocate]")) {
  if (!("geolocation" in navigator)) continue;
  button.hidden = false;
  if (words) words.hidden = false;
  button.addEventListener("click", () => {
    if (words) words.textContent = button.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(button.dataset, coords),
      () => { if (words) words.textContent = button.dataset.refused; },
      { maximumAge: 60000, timeout: 15000 },
    );
  });
}
