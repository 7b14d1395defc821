/* Charts from <script type="application/json"> inside .tz-chart. ECharts is fetched only by pages that have one. */
(() => {
  "use strict";
  const source = document.currentScript.dataset.echarts;
  const css = getComputedStyle(document.documentElement);
  const token = (name) => css.getPropertyValue(`--tz-${name}`).trim();
  const [ink, muted, line, accent, red] = ["ink", "muted", "line", "accent", "red"].map(token);
  const palette = [accent, "#8fa9cb", "#5f6b7a", "#b0873f", "#5b8f74", "#94627f"];
  const font = token("font");
  let library = null;

  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
    return library;
  }

  const written = (value, data) => (value === null || value === undefined ? "—"
    : value.toLocaleString("en-US", { minimumFractionDigits: data.decimals, maximumFractionDigits: data.decimals }) + data.unit);

  function valueAxis(data, scale) {
    return { type: "value", scale: data.kind === "line", ...scale, axisLabel: { color: muted, fontFamily: font }, splitLine: { lineStyle: { color: line } }, axisLine: { show: false }, axisTick: { show: false } };
  }

  /* Beside a lying bar stand its name and, when there is one series, its value: no bar or target line can cover it. */
  function named(data) {
    if (data.series.length > 1) return { interval: 0, width: 120, overflow: "truncate" };
    const rich = { name: { width: 104, align: "left", overflow: "truncate", color: ink, fontFamily: font }, value: { width: 48, align: "right", color: ink, fontFamily: font } };
    return { rich, interval: 0, formatter: (name, index) => `{name|${name}}{value|${written(data.series[0].values[index], { ...data, unit: "" })}}` };
  }

  function categoryAxis(data) {
    return { type: "category", data: data.categories, inverse: data.kind === "hbar", axisTick: { show: false }, axisLine: { lineStyle: { color: muted } },
      axisLabel: { color: ink, fontFamily: font, hideOverlap: true, ...(data.kind === "hbar" ? named(data) : {}) } };
  }

  function series(data, one, index) {
    const bar = data.kind === "bar" || data.kind === "hbar";
    const alone = data.series.length === 1;
    const target = index === 0 && data.target && { silent: true, symbol: "none", lineStyle: { color: red, type: "dashed", width: 1 },
      label: { color: red, fontFamily: font, position: data.kind === "hbar" ? "start" : "insideStartTop", rotate: 0, formatter: `${data.target.label} ${written(data.target.value, data)}` },
      data: [{ [data.kind === "hbar" ? "xAxis" : "yAxis"]: data.target.value }] };
    return { name: one.name, data: one.values, type: bar ? "bar" : "line", barMaxWidth: 18, barGap: "10%", symbol: "circle", symbolSize: 5, lineStyle: { width: 2 }, connectNulls: false,
      label: { show: data.kind === "bar" && alone && data.categories.length <= 20, position: "top", color: ink, fontFamily: font, formatter: (point) => written(point.value, { ...data, unit: "" }) },
      ...(target ? { markLine: target } : {}) };
  }

  function options(data, scale = {}) {
    const axes = [categoryAxis(data), valueAxis(data, scale)];
    const [xAxis, yAxis] = data.kind === "hbar" ? axes.reverse() : axes;
    const many = data.series.length > 1;
    return { animation: false, color: palette, textStyle: { fontFamily: font },
      grid: { left: 4, right: data.kind === "hbar" ? 24 : 12, top: many ? 34 : 22, bottom: 4, containLabel: true, outerBoundsMode: "none" },
      legend: { show: many, left: 0, top: 4, itemWidth: 12, itemHeight: 8, itemGap: 16, textStyle: { color: ink, fontFamily: font } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: muted, borderWidth: 1, shadowBlur: 0, textStyle: { color: ink, fontFamily: font, fontSize: 13 }, valueFormatter: (value) => written(value, data) },
      xAxis, yAxis, series: data.series.map((one, index) => series(data, one, index)) };
  }

  /* The next 1, 2, 2.5 or 5 times a power of ten: a scale's top that reads easily. */
  function roundUp(value) {
    if (!(value > 0)) return 0;
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 2, 2.5, 5, 10].find((step) => step * power >= value);
  }

  /* Small multiples: one panel per series, all on one scale, so that heights compare. */
  function panels(place, data) {
    const known = data.series.flatMap((one) => one.values).filter((value) => value !== null);
    const [min, max] = [Math.min(0, ...known), roundUp(Math.max(...known))];
    const scale = { min, max, interval: max - min };
    return data.series.map((one) => {
      const box = place.appendChild(document.createElement("div"));
      box.className = "tz-panel";
      const option = options({ ...data, kind: "line", series: [one] }, scale);
      const last = data.categories.length - 1;
      option.xAxis.axisLabel = { ...option.xAxis.axisLabel, interval: (index) => index === 0 || index === last };
      return [box, { ...option, grid: { ...option.grid, top: 30 }, title: { text: one.name, left: 0, top: 0, textStyle: { fontSize: 13, fontWeight: 400, color: ink, fontFamily: font } } }];
    });
  }

  function draw(place) {
    const block = place.querySelector("script[type='application/json']");
    if (!block || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const data = JSON.parse(block.textContent);
    // Every lying bar keeps room for its name, be it six districts or sixty schools.
    if (data.kind === "hbar") place.style.height = `${data.categories.length * Math.max(22, 30 * data.series.length * 0.6) + 56}px`;
    const drawings = data.kind === "small" ? panels(place, data) : [[place, options(data)]];
    for (const [box, option] of drawings) {
      const chart = window.echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option);
      new ResizeObserver(() => chart.resize()).observe(box);
    }
  }

  function drawAll() {
    const places = document.querySelectorAll(".tz-chart:not([data-drawn])");
    if (!places.length) return;
    load().then(() => places.forEach(draw), () => places.forEach((place) => { place.closest("figure").querySelector("details").open = true; }));
  }
  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
  window.addEventListener("beforeprint", () => document.querySelectorAll(".tz-chart").forEach((place) => {
    const box = window.echarts?.getInstanceByDom(place);
    box?.resize();
  }));
})();
