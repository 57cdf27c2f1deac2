// The painter: one cell per pixel, its class as a number. props and watch are Gradio's.
const {size, letters} = props, wall = 1, brush = 10;
const canvas = find('canvas'), context = canvas.getContext('2d');
const colours = props.colours.map(([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0);
let cells = new Uint8Array(size * size).fill(wall), before = cells, corner = null, last = null;
const past = takenBack();

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

const remember = () => past.keep(cells.slice());

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

const cell = ({x, y}) => {
  const inside = (value) => Math.min(Math.max(Math.floor(value), 0), size - 1);
  return {x: inside(x), y: inside(y)};
};
const byBrush = () => chosen('tool') === 'brush';
const drawing = followPointer(canvas, {
  begin: (at) => {
    before = cells.slice();
    corner = last = cell(at);
    if (byBrush()) { stroke(last, last); show(); }
  },
  move: (at) => {
    const here = cell(at);
    if (byBrush()) { stroke(last, here); show(); } else frame(corner, here);
    last = here;
  },
  end: () => {
    past.keep(before);
    if (chosen('tool') === 'rectangle') fill(corner, last);
    show();
    write();
  },
  giveUp: () => { cells = before; show(); },
});
followKeys(canvas, {
  step: 4,
  done: (a, b) => { remember(); fill(a, b); write(); },
  look: (from, cross) => frame(from ?? {x: cross.x - 3, y: cross.y - 3}, from ? cross : {x: cross.x + 3, y: cross.y + 3}),
  leave: () => { if (!drawing()) show(); },
});

find('[data-do=undo]').addEventListener('click', () => {
  const told = past.undo(cells);
  if (!told) return;
  cells = told;
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
