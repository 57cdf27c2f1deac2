// Flat → 3-D: the server translates; the page shows. Whatever is drawn is asked for at once, and the last drawing wins.
const address = addressOf('flat'), wait = (ms) => new Promise((done) => setTimeout(done, ms));
const answers = document.querySelector('#flat-answers'), sides = ['left', 'right'];
const choices = {...props.choices};

function put(name, source) {
  const figure = find(`[data-shows="${name}"]`);
  if (!figure) return Promise.resolve();
  figure.hidden = !source;
  figure.classList.remove('stale');
  const image = figure.querySelector('img');
  if (!source) { image.removeAttribute('src'); return Promise.resolve(); }
  image.src = source;
  if (name === props.models[0]) find('.peek').src = source;
  figure.querySelector('.save').href = source;
  return image.decode().catch(() => {});  // until it can be seen
}

// ---- what is chosen
function reflect() {
  for (const button of all('[data-example]')) button.setAttribute('aria-pressed', Number(button.dataset.example) === state.example);
  for (const input of all('[name=flat-view]')) input.checked = input.value === choices.view;
  answers.dataset.view = choices.view;
  for (const side of sides) {
    const select = find(`[name=flat-${side}]`);
    for (const option of select.options) option.disabled = option.hidden = find(`[data-shows="${option.value}"]`).hidden;
    select.value = choices[side];
    if (select.selectedOptions[0]?.disabled ?? true) select.value = side === 'left' ? 'drawing' : props.models[0];
  }
}
function slide() {
  reflect();
  if (choices.view !== 'slider') return;
  trigger('select');  // the slider takes the two pictures from the page
  window.dispatchEvent(new Event('resize'));  // and measures itself
}
// A drawing is on no other computer, so an address cannot bring it back.
const write = () => address.write({...(state.example === null ? {} : {picture: state.example}), ...choices});

// ---- the answers
const flying = new Set();  // a quick hand is not to fill the server's places with questions that nobody waits for
async function patient(name, asked, current) {
  let before = null;  // what was said before the server was busy
  for (let tries = 0; ; tries++) {
    while (flying.size >= 2) await Promise.race(flying);
    if (!current()) return {};
    const question = ask(name, asked).finally(() => flying.delete(question));
    flying.add(question);
    const found = await question;
    if (!found.busy || !current() || tries === 8) {
      if (before !== null && current()) say(before);
      return found;
    }
    before ??= find('.status').textContent;
    say('The server is busy; waiting for a turn …');
    await wait(300);
  }
}

function showCompared({measured, verdict, errors, truth, map}) {
  put('truth', truth);
  put('map', map);
  for (const caption of all('figcaption .measured')) {
    const error = errors[caption.closest('figure').dataset.shows];
    caption.textContent = error === undefined ? '' : `L1 to the truth ${error.toFixed(3)}`;
  }
  for (const row of all('[data-measure]')) {
    const {value, text, range, texts, outside} = measured[row.dataset.measure], whole = Math.max(value, range ? range[1] : 0) * 1.3 || 1, at = (one) => `${100 * one / whole}%`;
    row.classList.toggle('outside', outside);
    row.querySelector('.value').textContent = text;
    row.querySelector('.known').textContent = range ? `${texts[0]} … ${texts[1]}` : '';
    row.querySelector('.bar i').style.left = at(value);
    if (range) Object.assign(row.querySelector('.bar span').style, {left: at(range[0]), width: at(range[1] - range[0])});
  }
  find('.verdict').innerHTML = verdict;
  find('.like').classList.remove('stale');
}

async function translate() {
  const current = begin(), since = performance.now(), asked = drawn();
  answers.classList.toggle('empty', isEmpty());
  find('.peek').classList.toggle('none', isEmpty());
  if (isEmpty()) { say(props.empty); return; }
  for (const part of all('[data-shows], .like')) part.classList.add('stale');
  for (const caption of all('figcaption .measured')) caption.textContent = '';
  put('drawing', asked.drawing ?? picture());
  if (state.example === null) put('truth', '');
  reflect();
  for (const model of props.models) {
    const found = await patient('translate', {...asked, model}, current);
    if (!current()) return;
    if (found.error) { sayFailed(found.error); return; }
    await put(model, found.picture);
    if (model !== props.models[0] || !current()) continue;
    slide();
    const ms = Math.round(performance.now() - since);
    element.dataset.answered = ms;
    say(`${props.title} answered in ${ms} ms.`);
  }
  const found = await patient('compare', asked, current);
  if (!current()) return;
  if (found.error) { sayFailed(found.error); return; }
  showCompared(found);
  slide();
  element.dataset.whole = Number(element.dataset.whole ?? 0) + 1;  // how often all answers were there
}

// draw.js calls this for whatever changes the drawing.
function changed() { reflect(); write(); translate(); }

// ---- the row as one picture
find('[data-do=row]').addEventListener('click', (event) => {
  const figures = all('[data-shows]').filter((figure) => !figure.hidden && figure.querySelector('img').src), side = 256, gap = 16, line = 40;
  const sheet = Object.assign(document.createElement('canvas'), {width: figures.length * (side + gap) + gap, height: side + gap + line});
  const on = sheet.getContext('2d');
  on.fillStyle = 'white';
  on.fillRect(0, 0, sheet.width, sheet.height);
  Object.assign(on, {fillStyle: '#1d1c1a', font: '600 18px system-ui, sans-serif', imageSmoothingQuality: 'high'});
  figures.forEach((figure, at) => {
    const x = gap + at * (side + gap);
    on.drawImage(figure.querySelector('img'), x, gap, side, side);
    on.fillText(figure.querySelector('b').textContent, x, gap + side + 26, side);
  });
  event.currentTarget.href = sheet.toDataURL('image/png');
});

const listen = (query, act) => all(query).forEach((input) => input.addEventListener('change', () => act(input)));
listen('[name=flat-view]', (input) => { choices.view = input.value; slide(); write(); });
for (const side of sides) listen(`[name=flat-${side}]`, (input) => { choices[side] = input.value; slide(); write(); });
listen('[name=flat-guess]', async (input) => {
  const place = find('.answer-text');
  place.textContent = 'Measuring …';
  const told = await patient('explain', {guess: input.value}, () => input.checked);
  if (!input.checked) return;
  if (told.error) place.textContent = told.error;
  else place.innerHTML = told.text;
});

// ---- at first: an example, and its answers, which are there already
async function start() {
  const asked = address.read();
  for (const [name, allowed] of [['view', all('[name=flat-view]').map((input) => input.value)], ...sides.map((side) => [side, props.shown])])
    if (allowed.includes(asked[name])) choices[name] = asked[name];
  const number = /^\d{1,2}$/.test(asked.picture ?? '') && Number(asked.picture) < props.count ? Number(asked.picture) : 0;
  const image = find(`[data-example="${number}"] img`);
  await image.decode();
  context.drawImage(image, 0, 0);
  state = {pixels: context.getImageData(0, 0, size, size), example: number};
  if (number) { translate(); return; }
  put('drawing', picture());
  for (const model of props.models) put(model, props.first.pictures[model]);
  showCompared(props.first.compared);
  slide();
  element.dataset.whole = 1;
}
start();
address.opened(write);
