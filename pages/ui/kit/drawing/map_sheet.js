// Rows of small pictures cut out of one sprite image a row. Pointing shows a picture enlarged with its caption;
// a click reports its row and number.

const LENS = 168;                 // side of the enlarged picture, at most
const NARROW = 500;               // pixels: a phone
const STRIP = 640;                // a strip's width, at most
const LARGE = 84;                 // a picture's side, at most
const GAP = 5;                    // between pictures
const CELL = 14;                  // a strip's cell, at most

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".sheet");
  const list = root.querySelector(".rows");
  const lens = root.querySelector(".lens");
  const glass = lens.querySelector("canvas");
  const words = lens.querySelector("span");
  let width = 0;
  hide();

  // Tiles stay where they are while only their colors change: whoever has the focus keeps it.
  const shape = JSON.stringify(data.rows.map((row) => [row.title, row.high, row.wide, row.captions.length]));
  if (root.shape !== shape) {
    root.shape = shape;
    list.replaceChildren(...data.rows.map(build));
  }
  data.rows.forEach(fill);

  function build(row) {
    const part = document.createElement("div");
    part.className = "row";
    const head = document.createElement("div");
    head.className = "head";
    head.append(document.createElement("b"), document.createElement("span"));
    const tiles = document.createElement("div");
    tiles.className = "tiles";
    for (let i = 0; i < row.captions.length; i++) {
      const tile = document.createElement("button");
      tile.type = "button";
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [row.wide, row.high];
      tile.append(canvas);
      tiles.append(tile);
    }
    part.append(head, tiles);
    return part;
  }

  function fill(row, r) {
    const part = list.children[r];
    part.querySelector("b").textContent = row.title;
    part.querySelector("span").textContent = row.note;
    const tiles = [...part.querySelectorAll(".tile, button")];
    tiles.forEach((tile, i) => {
      const chosen = data.chosen !== null && data.chosen[0] === r && data.chosen[1] === i;
      const off = row.off.includes(i);
      tile.className = `tile${chosen ? " chosen" : ""}${off ? " off" : ""}`;
      tile.setAttribute("aria-label", `${row.title}: ${row.captions[i].replaceAll("\n", ", ")}`);
      tile.setAttribute("aria-pressed", String(data.toggles ? off : chosen));
      tile.onclick = () => pick(r, i);
      tile.onpointerenter = (event) => { if (event.pointerType === "mouse") show(row, tile, i); };
      tile.onpointerleave = hide;
      tile.onfocus = () => { if (tile.matches(":focus-visible")) show(row, tile, i); };
      tile.onblur = hide;
    });
    size(row, part);
    const image = new Image();
    image.onload = () => tiles.forEach((tile, i) => {
      const pen = tile.firstChild.getContext("2d");
      pen.clearRect(0, 0, row.wide, row.high);
      pen.drawImage(image, 0, i * row.high, row.wide, row.high, 0, 0, row.wide, row.high);
    });
    image.src = row.sprites;
  }

  // A whole number of screen pixels for each cell, or squares come out uneven.
  function size(row, part) {
    const wide = root.clientWidth || 600, count = row.captions.length;
    // As few lines as can be, all of them full, and then as large as fits.
    const least = wide < NARROW || count > 32 ? 40 : 46, side = Math.max(row.wide, row.high);
    const smallest = Math.max(1, Math.round(least / side)) * row.wide;
    const lines = Math.ceil(count / Math.max(1, Math.floor((wide + GAP) / (smallest + GAP))));
    const across = Math.ceil(count / lines), fitting = Math.floor((wide + GAP) / across) - GAP;
    const zoom = row.strip
      ? Math.max(2, Math.min(CELL, Math.floor(Math.min(wide, STRIP) / row.wide)))
      : Math.max(1, Math.round(least / side), Math.floor(Math.min(LARGE, fitting) / side));
    part.querySelector(".tiles").style.maxWidth = row.strip ? "none" : `${across * (zoom * row.wide + GAP)}px`;
    for (const canvas of part.querySelectorAll("canvas")) {
      canvas.style.width = `${zoom * row.wide}px`;
      canvas.style.height = `${zoom * row.high}px`;
    }
  }

  function show(row, tile, i) {
    glass.hidden = row.strip;
    if (!row.strip) {
      const zoom = Math.max(1, Math.floor(LENS / Math.max(row.wide, row.high)));
      [glass.width, glass.height] = [row.wide, row.high];
      glass.style.width = `${zoom * row.wide}px`;
      glass.style.height = `${zoom * row.high}px`;
      glass.getContext("2d").drawImage(tile.firstChild, 0, 0);
    }
    words.textContent = row.captions[i];
    lens.hidden = false;
    const box = tile.getBoundingClientRect(), home = root.getBoundingClientRect();
    const right = box.right - home.left + 10, left = box.left - home.left - 10 - lens.offsetWidth;
    const across = row.strip ? 0 : right + lens.offsetWidth <= root.clientWidth ? right : Math.max(0, left);
    const down = row.strip ? box.bottom - home.top + 6 : box.top - home.top - 20;
    lens.style.left = `${across}px`;
    lens.style.top = `${Math.max(0, Math.min(down, root.clientHeight - lens.offsetHeight))}px`;
  }

  function hide() { lens.hidden = true; }

  function pick(row, picture) {
    hide();
    setTriggerValue("picked", { row, picture });
    const place = data.follow && document.querySelector(`.st-key-${data.follow}`);
    if (!place) return;
    const box = place.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight - 120) {
      place.scrollIntoView({ behavior: "smooth", block: "start" });
    }
  }

  const watch = new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - width) < 2) return;
    width = root.clientWidth;
    data.rows.forEach((row, r) => { if (list.children[r]) size(row, list.children[r]); });
  });
  watch.observe(root);
  return () => watch.disconnect();
}
