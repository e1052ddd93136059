// Keeps the session of somebody who only reads from going idle: at most one request an hour and
// tab, and only while the page is looked at. Nothing else is sent but the session itself.
"use strict";

(() => {
  const HOUR = 60 * 60 * 1000;
  const AFTER = 10 * 1000; // not among the requests that the page itself waits for
  const KEY = "still-here";
  const field = document.querySelector('input[name="csrf_token"]');
  if (!field) return;

  const tell = () => {
    if (document.visibilityState !== "visible") return;
    try {
      const last = Number(sessionStorage.getItem(KEY));
      if (Date.now() - last < HOUR) return;
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return; // storage is off: rather a session that ends than a request with every page
    }
    const headers = { Accept: "application/json", "X-CSRFToken": field.value };
    fetch("/still-here", { method: "POST", headers }).catch(() => {});
  };

  setTimeout(tell, AFTER);
  document.addEventListener("visibilitychange", tell);
  setInterval(tell, HOUR / 4);
})();
