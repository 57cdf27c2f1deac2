// The painter: one cell per pixel, its class as a number. props and watch are Gradio's.
const {size, digits} = props, wall = 1, brush = 10, step = 4;
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

function read() {
  if (typeof props.value !== 'string' || props.value.length !== cells.length) return;
  for (let i = 0; i < cells.length; i++) cells[i] = digits.indexOf(props.value[i]);
  show();
}

function write() {
  let text = '';
  for (const cell of cells) text += digits[cell];
  props.value = text;
}

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

canvas.addEventListener('pointerdown', (event) => {
  if (event.button) return;
  canvas.setPointerCapture(event.pointerId);
  remember();
  corner = last = place(event);
  if (chosen('tool') === 'brush') { stroke(last, last); show(); }
});
canvas.addEventListener('pointermove', (event) => {
  if (!last) return;
  const here = place(event);
  if (chosen('tool') === 'brush') { stroke(last, here); show(); } else frame(corner, here);
  last = here;
});
canvas.addEventListener('pointerup', () => {
  if (!last) return;
  if (chosen('tool') === 'rectangle') fill(corner, last);
  corner = last = null;
  show();
  write();
});
canvas.addEventListener('pointercancel', () => {
  if (last) cells = past.pop();
  corner = last = null;
  show();
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

// An example travels in a few hundred letters: a byte a cell, deflated, in base64.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
for (const button of all('[data-example]')) button.addEventListener('click', async () => {
  const example = await unpacked(props.examples[button.dataset.example]);
  remember();
  cells = example;
  show();
  write();
});

watch('value', () => { remember(); read(); });
read();
