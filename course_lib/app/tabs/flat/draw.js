// The drawing, pixel by pixel as the networks will see it. The tools and the answers stand in parts of their own.
parts.unshift(...['#flat-choose', '#flat-see'].map((part) => document.querySelector(part)));
const canvas = find('canvas'), context = canvas.getContext('2d', {willReadFrequently: true}), size = canvas.width;
const white = '#ffffff', past = takenBack(50);
let colour = find('[name=flat-colour]:checked').value;
let state = null;  // {pixels, example: whose flat picture this is, untouched, or null}

const chosen = (name) => find(`[name=flat-${name}]:checked`).value;
const bytes = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const show = () => context.putImageData(state.pixels, 0, 0);
const drawn = () => state.example === null ? {drawing: picture()} : {picture: state.example};
const isEmpty = () => state.pixels.data.every((value) => value >= props.white);  // alpha is 255

// The drawing as a PNG, without a cross or a stroke that is under way.
function picture() { show(); return canvas.toDataURL('image/png'); }

function become(next) { state = next; show(); changed(); }
function keep(example = null) {
  const pixels = context.getImageData(0, 0, size, size);
  if (example === null && pixels.data.every((value, i) => value === state.pixels.data[i])) return;  // white on white, say
  past.keep(state);
  become({pixels, example});
}

// ---- one stroke or shape: all its points, drawn anew on what was there whenever another one comes
function path(tool, points) {
  const [a, b] = [points[0], points.at(-1)], line = new Path2D();
  if (tool === 'ellipse') line.ellipse((a.x + b.x) / 2, (a.y + b.y) / 2, Math.abs(a.x - b.x) / 2, Math.abs(a.y - b.y) / 2, 0, 0, 2 * Math.PI);
  else if (tool === 'rectangle') line.rect(a.x, a.y, b.x - a.x, b.y - a.y);
  else {
    line.moveTo(a.x, a.y);
    const between = tool === 'line' ? [] : points.slice(1, -1);
    between.forEach((at, i) => {  // through the middles, so that a fast stroke has no corners
      const next = between[i + 1] ?? b;
      line.quadraticCurveTo(at.x, at.y, (at.x + next.x) / 2, (at.y + next.y) / 2);
    });
    line.lineTo(b.x, b.y);
  }
  return line;
}

function trace(points) {
  const tool = chosen('tool'), line = path(tool, points);
  const paint = () => ['ellipse', 'rectangle'].includes(tool) ? context.fill(line) : context.stroke(line);
  show();
  context.save();
  context.fillStyle = context.strokeStyle = tool === 'eraser' ? white : colour;
  Object.assign(context, {lineWidth: Number(chosen('width')), lineCap: 'round', lineJoin: 'round'});
  paint();
  if (find('[name=flat-mirror]').checked) {
    context.transform(-1, 0, 0, 1, size, 0);
    paint();
  }
  context.restore();
}

function fill(at) {
  const inside = (value) => Math.min(Math.max(Math.floor(value), 0), size - 1), x = inside(at.x), y = inside(at.y);
  const pixels = new ImageData(state.pixels.data.slice(), size, size);
  pour(pixels.data, size, x, y, bytes(colour));
  if (find('[name=flat-mirror]').checked) pour(pixels.data, size, size - 1 - x, y, bytes(colour));
  context.putImageData(pixels, 0, 0);
}

let points = [];
const drawing = followPointer(canvas, {
  begin: (at) => { points = [at]; if (chosen('tool') !== 'fill') trace(points); },
  move: (at) => { points.push(at); if (chosen('tool') !== 'fill') trace(points); },
  end: () => {
    if (chosen('tool') === 'fill') fill(points[0]);
    keep();
  },
  giveUp: show,
});
followKeys(canvas, {
  step: 4,
  single: () => chosen('tool') === 'fill',
  done: (a, b) => {
    if (chosen('tool') === 'fill') fill(b); else trace([a, b]);
    keep();
  },
  look: (from, cross) => {
    if (from) trace([from, cross]); else show();
    for (const [style, wide] of [['white', 3], ['black', 1]]) {
      Object.assign(context, {strokeStyle: style, lineWidth: wide, lineCap: 'butt'});
      context.stroke(new Path2D(`M${cross.x - 5} ${cross.y + .5}h11M${cross.x + .5} ${cross.y - 5}v11`));
    }
  },
  leave: () => { if (!drawing()) show(); },
});

// ---- what the buttons do
const undo = () => { const before = past.undo(state); if (before) become(before); };
const redo = () => { const after = past.redo(state); if (after) become(after); };
function clear() {
  context.fillStyle = white;
  context.fillRect(0, 0, size, size);
  keep();
}
function load(number) {
  context.drawImage(find(`[data-example="${number}"] img`), 0, 0);
  keep(number);
}
for (const [name, act] of Object.entries({undo, redo, clear})) find(`[data-do=${name}]`).addEventListener('click', act);
for (const button of all('[data-example]')) button.addEventListener('click', () => load(Number(button.dataset.example)));
const own = find('[name=flat-own-colour]');
for (const input of all('[name=flat-colour]')) input.addEventListener('change', () => { colour = input.value; own.classList.remove('chosen'); });
function chooseOwn() {
  colour = own.value;
  own.classList.add('chosen');
  for (const input of all('[name=flat-colour]')) input.checked = false;
}
for (const event of ['click', 'input']) own.addEventListener(event, chooseOwn);  // 'input' alone: not for the colour that it has
find('.flat-choose').addEventListener('keydown', (event) => {
  const key = event.key.toLowerCase(), act = key === 'y' || key === 'z' && event.shiftKey ? redo : key === 'z' ? undo : null;
  if (!act || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  act();
});
