(() => {
  "use strict";
  const overdue = (place) => {
    const state = place.querySelector(".state.fresh");
    if (!state) return null;
    state.className = "state stale";
    state.textContent = "Overdue";
    return state;
  };
  const warn = (line) => {
    const cell = line.closest(".matrix td");
    if (cell) {
      const state = overdue(cell);
      if (state) {
        state.title = line.dataset.late;
        if (state.hasAttribute("aria-label")) state.setAttribute("aria-label", line.dataset.late);
      }
      return;
    }
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
    if (!overdue(card)) return;
    const why = document.createElement("p");
    why.className = "why";
    why.textContent = line.dataset.late;
    line.before(why);
  };
  for (const line of document.querySelectorAll("[data-due]")) {
    const late = Date.parse(line.dataset.due) + 1000 * Number(line.dataset.grace);
    if (Date.now() > late) warn(line);
  }
  for (const summary of document.querySelectorAll("[data-summary]")) {
    const place = summary.closest(".matrix") || document.querySelector("main");
    const states = [...place.querySelectorAll(".state")].filter((state) => !state.closest(".assumed"));
    const fresh = states.filter((state) => state.matches(".fresh")).length;
    const late = states.filter((state) => state.textContent === "Overdue").length;
    if (late) {
      const told = `${late} ${late === 1 ? "is" : "are"} overdue`;
      summary.textContent = `${fresh} of ${states.length} reports are up to date; ${told}.`;
    }
  }
})();
