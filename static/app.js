// What has been seen can be read again without network: /sw.js keeps it. Nothing is asked for before the page is there.
const PATIENCE = 3000, AGAIN = 15_000;

// A page that was kept, or stands in for another, gives way as soon as the network answers as fast as the worker wants it.
async function giveWay() {
  if (document.hidden) return;
  try {
    const { status } = await fetch(location.href, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) });
    if (status < 502) location.reload();
  } catch {
    // Not yet.
  }
}

// A page that came past the worker, as the first one does, is not kept by it unless it is told.
async function start(worker) {
  await worker.register("/sw.js");
  const { active } = await worker.ready;
  if (!performance.getEntriesByType("navigation")[0]?.workerStart) active.postMessage({ opened: true });
}

if ("serviceWorker" in navigator) {
  addEventListener("load", () => start(navigator.serviceWorker).catch(() => {}));
  if (document.querySelector(".kept, [data-stands-in]")) {
    addEventListener("online", () => setTimeout(giveWay, 500));
    setInterval(giveWay, AGAIN);
  }
}
