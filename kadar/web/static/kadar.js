// What a page gains with JavaScript: swaps without a reload, charts that answer, keys.
// Everything here works without it too.

const me = document.querySelector("script[data-vega]");
let vega; // loaded once a chart comes into view

function loadVega() {
  vega ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.type = "module";
    script.src = me.dataset.vega;
    script.onload = () => done(window.vegaEmbed);
    script.onerror = failed;
    document.head.append(script);
  });
  return vega;
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      draw(target).catch(() => {}); // the picture stays
    }
  },
  { rootMargin: "200px" },
);

async function draw(figure) {
  const [embed, answer] = await Promise.all([loadVega(), fetch(themed(figure.dataset.chart))]);
  if (!answer.ok) return;
  const room = document.createElement("div");
  room.hidden = true;
  figure.append(room);
  const spec = await answer.json();
  room.hidden = false;
  room.style.width = "100%";
  await embed(room, spec, { actions: false, renderer: "svg", defaultStyle: false, logLevel: 1, tooltip: { disableDefaultStyle: true } });
  const picture = figure.querySelector("picture, img");
  room.querySelector("svg")?.setAttribute("role", "img");
  room.querySelector("svg")?.setAttribute("aria-label", figure.querySelector("img")?.alt ?? "");
  picture?.remove();
}

function themed(address) {
  const url = new URL(address, location.href);
  if (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches)
    url.searchParams.set("theme", "dark");
  return url;
}

function begin(root) {
  for (const figure of root.querySelectorAll("figure[data-chart]")) seen.observe(figure);
}

// Swaps: a link or form of this page that leads to the same page changes the main part only.
let asked = 0;
async function swap(url, push = true) {
  const mine = ++asked;
  const main = document.getElementById("main");
  main.classList.add("loading");
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    const text = await answer.text();
    if (mine !== asked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("main");
    if (!fresh) return void (location.href = url);
    main.replaceWith(fresh);
    document.querySelector("header.top").replaceWith(page.querySelector("header.top"));
    document.title = page.title;
    if (push) history.pushState({}, "", answer.url);
    begin(fresh);
    fresh.focus({ preventScroll: true });
  } catch {
    location.href = url;
  }
}

function mayswap(url) {
  return url.origin === location.origin && url.pathname === location.pathname && !url.searchParams.has("theme") && !url.searchParams.has("lang") && !url.hash;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const url = new URL(link.href);
  if (!mayswap(url)) return;
  event.preventDefault();
  swap(url);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get") return;
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value !== "") url.searchParams.append(name, value);
  if (!mayswap(url)) return;
  event.preventDefault();
  swap(url);
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".controls select, .controls input[type=date]")) event.target.form.requestSubmit();
});

addEventListener("popstate", () => swap(location.href, false));

// Keys: g and a letter lead to a page, / to the filter, ? shows them all, arrows move among cards.
let before = "";
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, dialog") || event.metaKey || event.ctrlKey || event.altKey) return;
  const links = [...document.querySelectorAll("header.top a[data-key]")];
  const leads = before === "g" && links.find((link) => link.dataset.key === event.key);
  before = event.key;
  if (leads) return void leads.click();
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".controls input[type=search], .controls input[name=where]")?.focus();
  } else if (event.key === "?") {
    help(links);
  } else if (event.key.startsWith("Arrow")) {
    const cards = [...document.querySelectorAll(".card .cover")];
    const at = cards.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1;
    cards[(at + step + cards.length) % cards.length].focus();
  }
});

function help(links) {
  const made = document.createElement("dialog");
  const list = document.createElement("dl");
  const rows = [...links.map((link) => [`g ${link.dataset.key}`, link.textContent.trim()]), ["/", "…"], ["← →", "⇄"], ["?", "?"]];
  for (const [keys, what] of rows) {
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const one = document.createElement("kbd");
      one.textContent = key;
      term.append(one, " ");
    }
    const meaning = document.createElement("dd");
    meaning.textContent = what;
    list.append(term, meaning);
  }
  made.append(list);
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
}

begin(document);
