/* Draws a Plotly figure beside its table, in the theme's colours, once it comes into view.

   Plotly is large: it is fetched only here, and not at all for someone who asked to save data. It puts its styles
   inline where the content policy forbids it, unless it finds them: an empty sheet of ours bears the name it looks
   for (it then adds its rules through the CSSOM, which the policy allows), and its maps' styles, which we never use,
   are said to be there while it loads. */

let loading;

function loadPlotly({ plotly, plotlyCss }) {
  loading ??= new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: plotlyCss, id: "plotly.js-style-global" });
    const script = Object.assign(document.createElement("script"), { src: plotly });
    const find = document.getElementById;
    script.onload = () => {
      delete document.getElementById;
      resolve(window.Plotly);
    };
    script.onerror = sheet.onerror = reject;
    sheet.onload = () => {
      document.getElementById = (id) => find.call(document, id) ?? (/^[0-9a-f]{64}$/.test(id) ? document.head : null);
      document.head.append(script);
    };
    document.head.append(sheet);
  });
  return loading;
}

function themed(layout) {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const french = document.documentElement.lang === "fr";
  return {
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    colorway: [token("--accent"), "#b98a3e", "#7a8f9e", "#a06a7b", "#6f8f5a"],
    margin: { t: 24, r: 16, b: 48, l: 16 },
    separators: french ? ",\u202f" : ".,",
    ...layout,
    font: { family: getComputedStyle(document.body).fontFamily, size: 15, color: token("--ink"), ...layout.font },
    xaxis: { automargin: true, gridcolor: "rgba(128, 128, 128, 0.25)", ...layout.xaxis },
    yaxis: { automargin: true, gridcolor: "rgba(128, 128, 128, 0.25)", ...layout.yaxis },
  };
}

/* A figure follows its place's width, and is drawn once more: a legend that takes fewer lines than before is first put
   where it stood with more of them, over what it then covers. */
function follow(place, plotly) {
  let width = place.clientWidth;
  new ResizeObserver(async () => {
    if (place.clientWidth === width || !place.clientWidth) return;
    width = place.clientWidth;
    await plotly.Plots.resize(place);
    await plotly.redraw(place);
  }).observe(place);
}

export default function charts(place) {
  if (navigator.connection?.saveData) return;
  new IntersectionObserver(async ([entry], observer) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    try {
      const [plotly, figure] = await Promise.all([
        loadPlotly(place.dataset),
        fetch(place.dataset.figureUrl, { headers: { Accept: "application/json" } }).then((response) => response.json()),
      ]);
      // Its own height, kept when the window narrows: what follows is never covered.
      if (figure.layout?.height) place.style.blockSize = `${figure.layout.height}px`;
      await plotly.newPlot(place, figure.data, themed(figure.layout ?? {}), { displayModeBar: false });
      follow(place, plotly);
    } catch {
      place.hidden = true; // the table says the same
    }
  }).observe(place);
}
