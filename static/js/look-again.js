// Loads the page of a running import again, as its link "Look again" does, while it is in view.
const PAUSE = 3000;   // milliseconds
setInterval(() => { if (!document.hidden) window.location.reload(); }, PAUSE);
