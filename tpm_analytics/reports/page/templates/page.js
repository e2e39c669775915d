(() => {
  "use strict";
  const SORTED = { ascending: 1, descending: -1 };
  const NARROW = 600;
  const LEGEND_COLUMN = 170;
  const FACET_MARGIN = 70;
  const NARROW_STEP = 9;
  // On a telephone names stand in lines of so much of the width, of letters of about so many pixels
  const NAME_SHARE = 0.4;
  const NAME_SIZE = 10;
  const NAME_LETTER = 5.7;
  const LEGEND_LETTER = 6.4;
  const SYMBOL = 34;
  const LEFT = 70;
  const TITLE_LETTERS = 34;
  // The last name below a chart may reach beyond it
  const NARROW_PADDING = { left: 0, top: 5, right: 14, bottom: 5 };
  const FREE = new Set(["datasets", "header", "legend"]);
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

  const atMost = (part, labelLimit) => {
    for (const [key, value] of Object.entries(part)) {
      if (key === "labelLimit" && value > labelLimit) part[key] = labelLimit;
      else if (value && typeof value === "object" && !FREE.has(key)) atMost(value, labelLimit);
    }
  };

  const encodings = (part) => {
    if (!part || typeof part !== "object") return [];
    const below = Object.entries(part).filter(([key]) => key !== "datasets" && key !== "encoding");
    const found = below.flatMap(([, value]) => encodings(value));
    return part.encoding ? [part.encoding, ...found] : found;
  };

  const namesOf = (channel, spec) => {
    const told = channel.scale && channel.scale.domain;
    if (Array.isArray(told)) return told.map(String);
    const rows = Object.values(spec.datasets).flat();
    return [...new Set(rows.map((row) => row[channel.field]).filter(Boolean).map(String))];
  };

  const inLines = (text, letters) =>
    text.replace(new RegExp(`(.{1,${letters}})(\\s+|$)`, "g"), "$1\n").trim().split("\n");

  const wrapNames = (channel, spec, labelLimit) => {
    const letters = Math.floor(labelLimit / NAME_LETTER);
    const own = (channel.axis || {}).labelExpr || "datum.label";
    const text = `(isArray(${own}) ? join(${own}, '\\n') : ${own})`;
    const found = `replace(${text}, regexp('(.{1,${letters}})(\\\\s+|$)', 'g'), '$1\\n')`;
    const labelExpr = `split(trim(${found}), '\\n')`;
    const names = namesOf(channel, spec).map((name) => name.replace(": ", "\n"));
    const lines = Math.max(1, ...names.map((name) => inLines(name, letters).length));
    const lineHeight = NAME_SIZE + 1;
    const condition = Array.from({ length: lines - 1 }, (_, more) => (
      { test: `length(${labelExpr}) === ${more + 2}`, value: -(more + 1) * lineHeight / 2 }));
    channel.axis = {
      ...channel.axis,
      ...(lines > 1 ? { labelOffset: { condition, value: 0 } } : {}),
      labelExpr,
      labelLimit,
      labelFontSize: NAME_SIZE,
      labelLineHeight: lineHeight,
      labelOverlap: false,
    };
    const { height } = spec;
    if (height && height.step) height.step = Math.max(height.step, lines * lineHeight + 6);
    if (lines > 2) spec.config.scale = { ...spec.config.scale, barBandPaddingInner: 0.5 };
  };

  const wrapTitle = (channel) => {
    for (const part of [channel, channel.axis || {}]) {
      if (typeof part.title === "string") part.title = inLines(part.title, TITLE_LETTERS);
    }
  };

  const fitLegend = (channel, spec, width) => {
    const legend = channel.legend || {};
    if (channel.type === "quantitative") {
      channel.legend = { ...legend, gradientLength: width / 2 };
      return;
    }
    const named = legend.labelExpr;
    const longest = Math.max(0, ...namesOf(channel, spec).map((name) => name.length));
    const told = named && !named.includes("'null'");
    const fitting = Math.floor((width - LEFT) / (longest * LEGEND_LETTER + SYMBOL));
    const columns = told ? 1 : Math.max(1, fitting);
    channel.legend = { ...legend, columns, labelLimit: width - SYMBOL };
  };

  const fitNarrow = (spec, width) => {
    const labelLimit = Math.floor(width * NAME_SHARE);
    const { config } = spec;
    spec.padding = NARROW_PADDING;
    config.axisY = { labelLimit, ...config.axisY };
    atMost(spec, labelLimit);
    for (const encoding of encodings(spec)) {
      const { x, y, color } = encoding;
      if (x && x.axis !== null) wrapTitle(x);
      if (y && y.axis !== null && y.type === "nominal") wrapNames(y, spec, labelLimit);
      if (color && color.field && color.legend !== null) fitLegend(color, spec, width);
    }
    if (spec.hconcat) {
      spec.vconcat = spec.hconcat;
      delete spec.hconcat;
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
    fitNarrow(spec, width);
  };

  const draw = async (figure, chart, datasets) => {
    const spec = chart.spec;
    const least = (spec.usermeta || {}).leastWidth || 0;
    const width = Math.max(figure.clientWidth, least);
    spec.datasets = Object.fromEntries(chart.datasets.map((name) => [name, asRows(datasets[name])]));
    fit(spec, width);
    const live = document.createElement("div");
    live.style.visibility = "hidden";
    live.style.position = "absolute";
    live.style.width = `${width}px`;
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
      if (least > figure.clientWidth) {
        live.style.width = `${least}px`;
        figure.classList.add("scroll");
      }
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
    if (table.offsetWidth > table.parentElement.clientWidth) table.classList.add("many");
  });
  drawAll().catch((error) => console.error(error));
})();
