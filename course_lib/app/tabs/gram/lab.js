// Gram explorer: the server computes features; the page shows, and draws the matrix.
parts.unshift(document.querySelector('#gram-choose'));
const address = addressOf('gram'), matrix = find('.matrix'), count = props.first.channels.length;
const names = all('[name=gram-picture]').map((input) => input.value).filter((name) => name !== 'own');
const layers = all('[name=gram-layer]').map((input) => input.value), shuffles = all('[name=gram-shuffle]').map((input) => input.value);
const choices = {...props.start};
let answer = props.first, own = null;

const short = (value) => value === 0 ? '0' : Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4 ? value.toExponential(2).replace('-', '−') : value.toPrecision(4);

function paint() {
  const context = matrix.getContext('2d'), side = matrix.width / count, largest = Math.max(...answer.matrix.flat(), 1e-12);
  const style = getComputedStyle(matrix), dark = document.body.classList.contains('dark');
  context.clearRect(0, 0, matrix.width, matrix.height);
  answer.matrix.forEach((row, i) => row.forEach((value, j) => {
    const share = Math.sqrt(Math.max(value, 0) / largest);  // the root, so that small entries are seen
    context.fillStyle = dark ? `rgb(${[20 + 210 * share, 24 + 206 * share, 30 + 200 * share].map(Math.round)})` : `rgb(${[246 - 220 * share, 246 - 216 * share, 248 - 208 * share].map(Math.round)})`;
    context.fillRect(j * side, i * side, side - 1, side - 1);
  }));
  context.strokeStyle = style.getPropertyValue('--fake') || '#D55E00';
  context.lineWidth = 4;
  context.strokeRect(choices.j * side + 1, choices.i * side + 1, side - 3, side - 3);
  if (choices.i !== choices.j) {
    context.setLineDash([6, 6]);
    context.strokeRect(choices.i * side + 1, choices.j * side + 1, side - 3, side - 3);  // it is symmetric
    context.setLineDash([]);
  }
}

function show() {
  for (const figure of all('[data-shows]')) {
    const name = figure.dataset.shows, title = figure.querySelector('b').textContent;
    figure.querySelector('.frame').innerHTML = `<img src="${answer.pictures[name]}" alt="${title}">`;
  }
  for (const name of ['i', 'j']) [...find(`[name=gram-${name}]`).options].forEach((option, at) => { option.textContent = `number ${answer.channels[at]}`; });
  for (const name of ['i', 'j']) find(`[data-shows=${name}] b`).textContent = `Channel ${answer.channels[choices[name]]}`;
  const [width, height] = answer.size;
  find('.value').textContent = short(answer.entry);
  find('.how').textContent = ` = sum over ${width} × ${height} places of i × j, divided by ${answer.of} × ${height} × ${width}`;
  const change = answer.before ? Math.abs(answer.entry - answer.before) / answer.before : 0, percent = (share) => share < 1e-4 ? `${share.toExponential(0).replace('-', '−')} of it (rounding)` : `${(100 * share).toFixed(share < .1 ? 1 : 0)} %`;
  find('.changed').textContent = choices.shuffle === 'none' ? `This entry is ${short(answer.before)} before anything is shuffled.` :
    `Before: ${short(answer.before)}; now: ${short(answer.entry)}. This entry changed by ${percent(change)}, the whole matrix of ${answer.of} channels by ${percent(answer.moved)}.`;
  paint();
  say(`${answer.of} channels of ${width} × ${height} places.`);
}

function reflect() {
  find('.mine').hidden = own === null;
  find('.mine img').src = own ?? '';
  for (const name of ['picture', 'layer', 'shuffle']) for (const input of all(`[name=gram-${name}]`)) input.checked = input.value === choices[name];
  for (const name of ['i', 'j', 'seed']) find(`[name=gram-${name}]`).value = choices[name] ?? '';
}

async function see() {
  const current = begin();
  stale(true);
  const found = await ask('gram', choices.picture === 'own' ? {...choices, own} : {...choices});
  if (!current()) return;
  if (found.error) { sayFailed(found.error); return; }
  stale(false);
  answer = found;
  show();
}

const write = () => {
  const {picture, ...rest} = choices;
  address.write(picture === 'own' ? rest : choices);
};

function pick(changed) {
  Object.assign(choices, changed);
  reflect();
  write();
  see();
}

for (const name of ['picture', 'layer', 'shuffle']) for (const input of all(`[name=gram-${name}]`)) input.addEventListener('change', () => pick({[name]: input.value}));
for (const name of ['i', 'j']) find(`[name=gram-${name}]`).addEventListener('change', (event) => pick({[name]: Number(event.target.value)}));
find('[name=gram-seed]').addEventListener('change', (event) => pick({seed: numberIn(event.target)}));
matrix.addEventListener('click', (event) => {
  const box = matrix.getBoundingClientRect(), at = (share) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
  pick({i: at((event.clientY - box.top) / box.height), j: at((event.clientX - box.left) / box.width)});
});
matrix.addEventListener('keydown', (event) => {
  const [di, dj] = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key] ?? [0, 0];
  if (!di && !dj) return;
  event.preventDefault();
  const kept = (value) => Math.min(Math.max(value, 0), count - 1);
  pick({i: kept(choices.i + di), j: kept(choices.j + dj)});
});
for (const input of all('[name=gram-guess]')) input.addEventListener('change', async () => {
  const place = find('.answer-text');
  place.textContent = 'Measuring …';
  const told = await ask('explain', {guess: input.value});
  if (!input.checked) return;
  if (told.error) place.textContent = told.error;
  else place.innerHTML = told.text;
});
watch('value', () => {
  if (typeof props.value !== 'string' || !props.value) return;
  own = props.value;
  props.value = '';  // so that the same file is news again
  find('.mine img').src = own;
  pick({picture: 'own'});
});

const asked = address.read(), usual = JSON.stringify(choices);
for (const [name, offered] of [['picture', names], ['layer', layers], ['shuffle', shuffles]]) if (offered.includes(asked[name])) choices[name] = asked[name];
for (const name of ['i', 'j']) if (/^\d{1,2}$/.test(asked[name] ?? '') && Number(asked[name]) < count) choices[name] = Number(asked[name]);
if (/^\d{1,4}$/.test(asked.seed ?? '')) choices.seed = Number(asked.seed);
reflect();
if (JSON.stringify(choices) === usual) show();
else see();
address.opened(() => { write(); paint(); });
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
