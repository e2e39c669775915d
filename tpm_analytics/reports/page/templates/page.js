(() => {
  "use strict";
  const SORTED = { ascending: 1, descending: -1 };
  const NARROW = 600;
  const LEGEND_COLUMN = 170;
  const FACET_MARGIN = 70;
  const NARROW_STEP = 9;
  const SHORT = 24;

  const unpack = async (id) => {
    const letters = atob(document.getElementById(id).textContent);
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  const loadLibraries = async () => {
    const script = document.createElement("script");
    script.textContent = await unpack("tpm-libraries");
    document.head.append(script);
    if (!window.vegaEmbed) throw new Error("the chart libraries did not start");
  };

  const asRows = (set) => {
    if (!set.fields) return set.rows;
    return (set.columns[0] || []).map((_, row) =>
      Object.fromEntries(set.fields.map((field, column) => [field, set.columns[column][row]])));
  };

  const atMost = (part, limits) => {
    for (const [key, value] of Object.entries(part)) {
      if (typeof value === "number" && value > limits[key]) part[key] = limits[key];
      else if (value && typeof value === "object") atMost(value, limits);
    }
  };

  const fit = (spec, width) => {
    const columns = Math.max(1, Math.floor(width / LEGEND_COLUMN));
    const config = spec.config || {};
    spec.background = "transparent";
    spec.config = { ...config, legend: { ...config.legend, columns } };
    const ownScales = ((spec.resolve || {}).scale || {}).x === "independent";
    if (spec.facet && !ownScales && (spec.columns === 1 || spec.facet.row)) {
      spec.spec.width = width - FACET_MARGIN;
    }
    if (width >= NARROW) return;
    if (spec.facet && ownScales) spec.config.view = { ...config.view, step: NARROW_STEP };
    const labelLimit = Math.floor(width / 3);
    spec.config.axisY = { labelLimit, ...config.axisY };
    atMost(spec, { columns, labelLimit });
    if (spec.hconcat) {
      spec.vconcat = spec.hconcat;
      delete spec.hconcat;
    }
  };

  const draw = async (figure, chart, datasets) => {
    const spec = chart.spec;
    fit(spec, figure.clientWidth);
    spec.datasets = Object.fromEntries(chart.datasets.map((name) => [name, asRows(datasets[name])]));
    const live = document.createElement("div");
    live.style.visibility = "hidden";
    live.style.position = "absolute";
    live.style.width = "100%";
    figure.append(live);
    try {
      await window.vegaEmbed(live, spec, {
        ast: true,
        renderer: "svg",
        mode: "vega-lite",
        downloadFileName: figure.getAttribute("aria-label") || "chart",
        actions: { export: true, source: false, compiled: false, editor: false },
      });
      figure.querySelectorAll(":scope > img, :scope > .note").forEach((twin) => twin.remove());
      live.removeAttribute("style");
      figure.dataset.drawn = "live";
    } catch (error) {
      live.remove();
      figure.dataset.drawn = "failed";
      console.error(error);
    }
  };

  const drawAll = async () => {
    const figures = document.querySelectorAll("figure[data-chart]");
    if (!figures.length) return;
    await loadLibraries();
    const { charts, datasets } = JSON.parse(await unpack("tpm-charts"));
    for (const figure of figures) await draw(figure, charts[Number(figure.dataset.chart)], datasets);
  };

  const UNKNOWN = new Set(["", "–", "-", "NaN", "NaT", "None", "<NA>"]);
  const keyOf = (cell) => {
    if (!cell) return null;
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    if (UNKNOWN.has(text)) return null;
    const number = Number(text.replace(/,/g, "").replace(/%$/, ""));
    return Number.isNaN(number) ? text : number;
  };
  const compare = (left, right) => {
    if (typeof left === "number" && typeof right === "number") return left - right;
    return String(left).localeCompare(String(right), undefined, { numeric: true });
  };

  const sortBy = (head, column) => {
    const body = head.closest("table").tBodies[0];
    const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
    rows.sort((left, right) => {
      if (left.key === null || right.key === null) return (left.key === null) - (right.key === null);
      return SORTED[order] * compare(left.key, right.key);
    });
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    body.append(...rows.map(({ row }) => row));
  };

  const keepCellsReadable = (table) => {
    for (const cell of table.querySelectorAll("td")) {
      cell.classList.add(cell.textContent.length <= SHORT ? "short" : "long");
    }
  };

  const makeSortable = (table) => {
    const heads = table.tHead && table.tHead.rows.length === 1 ? [...table.tHead.rows[0].cells] : [];
    const body = table.tBodies[0];
    if (!body || body.rows.length < 2 || heads.some((head) => head.colSpan > 1)) return;
    heads.forEach((head, column) => {
      const cells = [...body.rows].map((row) => row.cells[column]).filter(Boolean);
      const keys = cells.map(keyOf).filter((key) => key !== null);
      if (keys.length && keys.every((key) => typeof key === "number")) {
        for (const cell of [head, ...cells]) cell.classList.add("number");
      }
      if (!head.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.title = "Sort by this column";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(head, column));
      head.append(button);
    });
  };

  document.querySelectorAll("table").forEach((table) => {
    keepCellsReadable(table);
    makeSortable(table);
  });
  drawAll().catch((error) => console.error(error));
})();
