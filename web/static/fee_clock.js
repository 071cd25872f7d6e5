// Between two looks at the server a running fee goes on by its own pace: an estimate, and said to be one.
(() => {
  const skew = new WeakMap();
  const french = document.documentElement.lang === "fr";
  const tick = () => {
    for (const clock of document.querySelectorAll(".ticking")) {
      const d = clock.dataset;
      const known = skew.get(clock);
      if (!known || known.now !== d.now) skew.set(clock, { now: d.now, ahead: Date.now() - Number(d.now) });
      const seconds = Math.max(0, (Date.now() - skew.get(clock).ahead - Number(d.countedTo)) / 1000);
      const grown = Number(d.total) + seconds * Number(d.perSecond);
      const minor = Math.floor(d.cap === "" ? grown : Math.max(Number(d.total), Math.min(grown, Number(d.cap))));
      const digits = Number(d.exponent);
      const sum = (minor / 10 ** digits).toFixed(digits);
      clock.querySelector(".estimate").textContent = `${french ? sum.replace(".", ",") : sum} ${d.currency}`;
    }
  };
  setInterval(tick, 1000);
  tick();
})();
