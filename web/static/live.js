// Says whether the page is live: what stands still must not look like what is now.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const lost = (is) => root.classList.toggle("lost", is);
  document.addEventListener("htmx:error", () => lost(true));
  document.addEventListener("htmx:after:request", (event) => {
    const status = event.detail?.ctx?.response?.raw?.status ?? event.detail?.ctx?.response?.status;
    lost(status === undefined || status >= 400);
  });
})();
