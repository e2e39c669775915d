(() => {
  "use strict";
  const warn = (line) => {
    const card = line.closest(".reports > li");
    if (!card) {
      if (document.querySelector("aside.stale")) return;
      const banner = document.createElement("aside");
      banner.className = "stale";
      banner.setAttribute("role", "status");
      banner.textContent = line.dataset.late;
      document.querySelector(".sheet").prepend(banner);
      return;
    }
    const state = card.querySelector(".state.fresh");
    if (!state) return;
    state.className = "state stale";
    state.textContent = "Overdue";
    const why = document.createElement("p");
    why.className = "why";
    why.textContent = line.dataset.late;
    line.before(why);
  };
  for (const line of document.querySelectorAll("[data-due]")) {
    const late = Date.parse(line.dataset.due) + 1000 * Number(line.dataset.grace);
    if (Date.now() > late) warn(line);
  }
})();
