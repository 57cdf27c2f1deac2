// The painter: one cell per pixel, its class as a number. props and watch are Gradio's.
const {size, letters} = props, wall = 1, brush = 10, step = 4;
const canvas = find('canvas'), context = canvas.getContext('2d');
const colours = props.colours.map(([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0);
let cells = new Uint8Array(size * size).fill(wall), past = [];
let corner = null, last = null, cross = {x: size / 2, y: size / 2};

const chosen = (name) => find(`input[name="painter-${name}"]:checked`).value;

function show() {
  const picture = context.createImageData(size, size), pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colours[cells[i]];
  context.putImageData(picture, 0, 0);
}

// A label map as text: rows with spaces between them, of a row its runs; see label_maps.py.
const many = (count) => count > 1 ? String(count) : '';
function runs(row) {
  let text = '';
  for (let i = 0, from = 0; i < size; i++)
    if (row[i] !== row[i + 1]) { text += letters[row[i]] + many(i + 1 - from); from = i + 1; }
  return text;
}
function toText(labels) {
  const parts = [];
  for (let y = 0; y < size; y++) {
    const row = runs(labels.subarray(y * size, (y + 1) * size)), last = parts.at(-1);
    if (last?.row === row) last.alike++; else parts.push({row, alike: 1});
  }
  return parts.map(({row, alike}) => many(alike) + row).join(' ');
}
function fromText(text) {
  const labels = [];
  for (const [, alike, row] of text.matchAll(/(\d*)((?:[a-z]\d*)+)/g)) {
    const cells = [...row.matchAll(/([a-z])(\d*)/g)].flatMap(([, letter, count]) => Array(Number(count || 1)).fill(letters.indexOf(letter)));
    for (let i = 0; i < Number(alike || 1); i++) labels.push(...cells);
  }
  return Uint8Array.from(labels);
}

// Whether the answers on the right are those to this map and this seed. They say what they answer, see _status in tab.py.
function digest(bytes) {
  let sum = ~0;  // CRC-32
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum >>> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
const panel = element.closest('[role=tabpanel]');
let drawn = digest(cells);
function compare() {
  const told = panel.querySelector('#status [data-map]')?.dataset, seed = panel.querySelector('#seed input')?.value;
  const fits = !told || Number(told.map) === drawn && seed !== '' && Number(told.seed) === Number(seed);
  panel.querySelector('.results')?.classList.toggle('stale', !fits);
}
new MutationObserver(compare).observe(panel, {childList: true, characterData: true, subtree: true});
panel.addEventListener('input', compare);
window.addEventListener('seed-changed', compare);

function changed() { drawn = digest(cells); compare(); }

function read() {
  const told = typeof props.value === 'string' ? fromText(props.value) : [];
  if (told.length !== cells.length) return;
  cells = told;
  show();
  changed();
}

function write() { props.value = toText(cells); changed(); }

function remember() {
  past.push(cells.slice());
  if (past.length > 30) past.shift();
}

function fill(a, b) {
  const number = Number(chosen('class'));
  const [x0, x1] = [a.x, b.x].sort((p, q) => p - q), [y0, y1] = [a.y, b.y].sort((p, q) => p - q);
  for (let y = Math.max(y0, 0); y <= Math.min(y1, size - 1); y++)
    cells.fill(number, y * size + Math.max(x0, 0), y * size + Math.min(x1, size - 1) + 1);
}

function stroke(a, b) {
  const steps = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y), 1), half = brush / 2;
  for (let i = 0; i <= steps; i++) {
    const x = Math.round(a.x + (b.x - a.x) * i / steps), y = Math.round(a.y + (b.y - a.y) * i / steps);
    fill({x: x - half, y: y - half}, {x: x + half - 1, y: y + half - 1});
  }
}

function frame(a, b) {
  show();
  context.strokeStyle = 'white';
  context.strokeRect(Math.min(a.x, b.x) + .5, Math.min(a.y, b.y) + .5, Math.abs(a.x - b.x), Math.abs(a.y - b.y));
}

function place(event) {
  const box = canvas.getBoundingClientRect(), inside = (value) => Math.min(Math.max(Math.floor(value * size), 0), size - 1);
  return {x: inside((event.clientX - box.left) / box.width), y: inside((event.clientY - box.top) / box.height)};
}

// One finger paints. With a second one it is a pinch: what the first began is taken back, and only when all are gone does
// another paint. The browser zooms (touch-action in tab.css), often before the second finger is told here.
function giveUp() {
  if (!last) return;
  cells = past.pop();
  corner = last = null;
  show();
}
window.addEventListener('pointerdown', (event) => { if (!event.isPrimary) giveUp(); }, {capture: true});
canvas.addEventListener('pointercancel', giveUp);
canvas.addEventListener('pointerdown', (event) => {
  if (event.button || !event.isPrimary || last) return;
  canvas.setPointerCapture(event.pointerId);
  remember();
  corner = last = place(event);
  if (chosen('tool') === 'brush') { stroke(last, last); show(); }
});
canvas.addEventListener('pointermove', (event) => {
  if (!last || !event.isPrimary) return;
  const here = place(event);
  if (chosen('tool') === 'brush') { stroke(last, here); show(); } else frame(corner, here);
  last = here;
});
canvas.addEventListener('pointerup', (event) => {
  if (!last || !event.isPrimary) return;
  if (chosen('tool') === 'rectangle') fill(corner, last);
  corner = last = null;
  show();
  write();
});

canvas.addEventListener('keydown', (event) => {
  const far = event.shiftKey ? 4 * step : step;
  const moves = {ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far]};
  if (event.key in moves) {
    const [dx, dy] = moves[event.key], inside = (value) => Math.min(Math.max(value, 0), size - 1);
    cross = {x: inside(cross.x + dx), y: inside(cross.y + dy)};
  } else if (event.key === 'Enter' || event.key === ' ') {
    if (corner) { remember(); fill(corner, cross); corner = null; write(); } else corner = {...cross};
  } else if (event.key === 'Escape') corner = null;
  else return;
  event.preventDefault();
  frame(corner || {x: cross.x - 3, y: cross.y - 3}, corner ? cross : {x: cross.x + 3, y: cross.y + 3});
});
canvas.addEventListener('blur', () => { if (!last) { corner = null; show(); } });

find('[data-do=undo]').addEventListener('click', () => {
  if (!past.length) return;
  cells = past.pop();
  show();
  write();
});
find('[data-do=clear]').addEventListener('click', () => {
  remember();
  cells = new Uint8Array(size * size).fill(wall);
  show();
  write();
});

for (const button of all('[data-example]')) button.addEventListener('click', () => {
  remember();
  cells = fromText(props.examples[button.dataset.example]);
  show();
  write();
  trigger('select');  // translated at once
});

watch('value', () => { remember(); read(); });
read();
