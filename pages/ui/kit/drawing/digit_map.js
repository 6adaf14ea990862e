// Digits as the marks of a map (flat or solid) or as a sheet of thumbnails (grid).
// Hovering shows the digit under the pointer enlarged; a click reports its number.

const CELL = 28;        // pixels of a digit in the sprite sheet
const LENS = 112;       // side of the enlarged digit
const REACH = 16;       // how far from a mark the pointer may be
const THUMB = 59;       // least width of a thumbnail with its gap
const COLUMNS = [20, 16, 10, 8];   // they divide 80, as does 5, so a full sheet has full rows
const RIM = 3;
const SPIN = 0.008;     // radians a dragged pixel

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".map");
  const canvas = root.querySelector("canvas.stage");
  const lens = root.querySelector(".lens");
  const glass = lens.querySelector("canvas");
  const caption = lens.querySelector("span");
  const tools = root.querySelector(".tools");
  // The view outlives an update of the data: a chosen digit must not turn the map back.
  const view = root.view ??= { zoom: 1, x: 0, y: 0, yaw: -0.6, pitch: 0.35 };
  const grid = data.mode === "grid";
  if (root.mode !== data.mode) {
    Object.assign(view, { zoom: 1, x: 0, y: 0, yaw: -0.6, pitch: 0.35 });
    root.mode = data.mode;
  }
  const count = data.labels.length;
  const places = new Float32Array(count * 3);   // screen x, y and size of each mark
  let order = [...Array(count).keys()];
  let marks = null, hovered = -1, drag = null, frame = 0;
  root.className = `map ${data.mode}`;
  tools.hidden = grid;
  lens.hidden = true;     // other data: what it showed may be gone
  canvas.setAttribute("aria-label", data.title);

  const sheet = new Image();
  sheet.onload = () => { marks = grid ? sheet : tinted(sheet, data); draw(); };
  sheet.src = data.sheet;

  function layout(width) {
    if (grid) {
      const columns = COLUMNS.find((some) => width / some >= THUMB) ?? 5;
      // A whole number of screen pixels for each of the digit's, or squares come out uneven.
      const ratio = window.devicePixelRatio || 1;
      const size = Math.max(1, Math.floor((width / columns - 3) * ratio / CELL)) * CELL / ratio;
      // First and last column end flush with the text above; RIM leaves room for the ring.
      const across = (width - size - 2 * RIM) / (columns - 1), down = size + 8;
      for (let i = 0; i < count; i++) {
        const x = RIM + size / 2 + i % columns * across, y = RIM + size / 2 + Math.floor(i / columns) * down;
        places.set([x, y, size], 3 * i);
      }
      return Math.ceil(count / columns) * down + RIM;
    }
    const height = Math.min(data.height, width * 1.15), base = width < 500 ? 14 : 20;
    const scale = 0.5 * view.zoom * (Math.min(width, height) - 2 * base);
    const wide = data.mode === "flat" ? 0.5 * view.zoom * (width - 2 * base) : scale;
    const cy = Math.cos(view.yaw), sy = Math.sin(view.yaw), cp = Math.cos(view.pitch), sp = Math.sin(view.pitch);
    const depth = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      let [x, y, z] = data.points[i], size = base * Math.sqrt(view.zoom);
      if (data.mode === "solid") {
        [x, z] = [cy * x + sy * z, cy * z - sy * x];
        [y, z] = [cp * y - sp * z, sp * y + cp * z];
        const near = 3 / (3 - z);
        [x, y, size] = [x * near * 0.95, y * near * 0.95, size * near];
        depth[i] = z;
      }
      places.set([width / 2 + x * wide + view.x, height / 2 - y * scale + view.y, size], 3 * i);
    }
    if (data.mode === "solid") order.sort((a, b) => depth[a] - depth[b]);
    return height;
  }

  function draw() {
    frame = 0;
    if (!marks || !root.isConnected) return;
    const width = root.clientWidth, ratio = window.devicePixelRatio || 1;
    if (!width) return;
    const height = layout(width);
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const ink = canvas.getContext("2d");
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const i of order) {
      const [x, y, size] = places.subarray(3 * i, 3 * i + 3);
      ink.imageSmoothingEnabled = size * ratio < CELL;
      ink.drawImage(marks, ...cut(i), x - size / 2, y - size / 2, size, size);
    }
    const style = getComputedStyle(root);
    if (data.chosen !== null) ring(ink, data.chosen, style.getPropertyValue("--st-primary-color"), 2.5);
    if (hovered >= 0) ring(ink, hovered, style.getPropertyValue("--st-text-color"), 1.5);
  }

  function ring(ink, i, color, thick) {
    const [x, y, size] = places.subarray(3 * i, 3 * i + 3), half = size / 2 + 2;
    ink.strokeStyle = color;
    ink.lineWidth = thick;
    ink.beginPath();
    ink.roundRect(x - half, y - half, 2 * half, 2 * half, 4);
    ink.stroke();
  }

  function cut(i) {
    return [CELL * (i % data.columns), CELL * Math.floor(i / data.columns), CELL, CELL];
  }

  function redraw() { frame ||= requestAnimationFrame(draw); }

  function under(x, y) {
    let best = -1, least = Infinity;
    for (let n = order.length - 1; n >= 0; n--) {   // front marks first
      const i = order[n], far = Math.hypot(places[3 * i] - x, places[3 * i + 1] - y);
      if (far < Math.max(REACH, places[3 * i + 2] * 0.6) && far < least - 0.5) { best = i; least = far; }
    }
    return best;
  }

  function show(i) {
    if (i === hovered) return;
    hovered = i;
    lens.hidden = i < 0;
    if (i >= 0) {
      const pen = glass.getContext("2d");
      pen.imageSmoothingEnabled = false;
      pen.drawImage(sheet, ...cut(i), 0, 0, LENS, LENS);
      caption.textContent = data.names[i];
      const x = places[3 * i], y = places[3 * i + 1], gap = places[3 * i + 2] / 2 + 10, wide = LENS + 18;
      const left = x + gap + wide > root.clientWidth ? x - gap - wide : x + gap;
      lens.style.left = `${Math.max(0, Math.min(left, root.clientWidth - wide))}px`;
      lens.style.top = `${Math.max(0, Math.min(y - 70, canvas.clientHeight - 150))}px`;
    }
    redraw();
  }

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  canvas.onpointerdown = (event) => {
    drag = { from: at(event), last: at(event), moved: false };
    if (!grid && event.pointerType === "mouse") canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointermove = (event) => {
    const [x, y] = at(event);
    if (drag && !grid) {
      if (Math.hypot(x - drag.from[0], y - drag.from[1]) > 4) drag.moved = true;
      if (drag.moved) {
        const dx = x - drag.last[0], dy = y - drag.last[1];
        if (data.mode === "solid") {
          view.yaw += dx * SPIN;
          view.pitch = Math.max(-1.5, Math.min(1.5, view.pitch + dy * SPIN));
        } else { view.x += dx; view.y += dy; }
        drag.last = [x, y];
        show(-1);
        redraw();
        return;
      }
    }
    show(under(x, y));
  };
  canvas.onpointerup = (event) => {
    const i = drag && !drag.moved ? under(...at(event)) : -1;
    drag = null;
    if (i >= 0) { show(i); setTriggerValue("picked", i); }
  };
  canvas.onpointercancel = () => { drag = null; };
  canvas.onpointerleave = (event) => { if (event.pointerType === "mouse") { drag = null; show(-1); } };
  root.onpointerleave = canvas.onpointerleave;   // a quick jump may pass the canvas's own edge unseen
  tools.onpointerdown = tools.onpointerenter = () => show(-1);
  canvas.onkeydown = (event) => {      // the keyboard goes from mark to mark; Enter chooses
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      show((Math.max(hovered, step > 0 ? -1 : 0) + step + count) % count);
      root.querySelector(".said").textContent = data.names[hovered];
    }
    if (event.key === "Enter" && hovered >= 0) setTriggerValue("picked", hovered);
  };
  canvas.onblur = () => show(-1);

  function magnify(factor) {
    const zoom = Math.max(1, Math.min(12, view.zoom * factor)), by = zoom / view.zoom;
    Object.assign(view, zoom === 1 ? { zoom, x: 0, y: 0 } : { zoom, x: view.x * by, y: view.y * by });
    show(-1);
    redraw();
  }
  const [closer, farther, whole] = tools.querySelectorAll("button");
  closer.onclick = () => magnify(1.5);
  farther.onclick = () => magnify(1 / 1.5);
  whole.onclick = () => { Object.assign(view, { yaw: -0.6, pitch: 0.35 }); magnify(0); };

  const watch = new ResizeObserver(redraw);
  watch.observe(root);
  return () => { watch.disconnect(); cancelAnimationFrame(frame); };
}

// The sheet with every digit in its class's color on nothing, so that marks may overlap on any background.
function tinted(sheet, data) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [sheet.width, sheet.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(sheet, 0, 0);
  const pixels = pen.getImageData(0, 0, sheet.width, sheet.height), bytes = pixels.data;
  const colors = data.colors.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  for (let y = 0; y < sheet.height; y++) {
    for (let x = 0; x < sheet.width; x++) {
      const i = Math.floor(y / CELL) * data.columns + Math.floor(x / CELL), at = 4 * (y * sheet.width + x);
      const [red, green, blue] = colors[data.labels[i] ?? 0];
      bytes[at + 3] = bytes[at];
      [bytes[at], bytes[at + 1], bytes[at + 2]] = [red, green, blue];
    }
  }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}
