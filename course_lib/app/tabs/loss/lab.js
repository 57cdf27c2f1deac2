// The Loss lab, all of it in the visitor's browser. D's score is s; σ is the sigmoid.
const address = addressOf('loss');
const sigmoid = (s) => s >= 0 ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / (1 + Math.exp(s));
const softplus = (s) => Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s)));

// The loss of one score, and its slope, each with its formula: the course's conventions (course_lib.losses).
const term = (value, slope, formula, slopeFormula) => ({value, slope, formula, slopeFormula});
// A formula is given the score as it stands inside brackets (p) and as it stands alone (b: bracketed if negative).
const calledReal = term((s) => softplus(-s), (s) => -sigmoid(-s), (p) => `−log σ(${p})`, (p) => `σ(${p}) − 1`);
const calledFake = term(softplus, sigmoid, (p) => `−log(1 − σ(${p}))`, (p) => `σ(${p})`);
const squareReal = term((s) => (s - 1) ** 2, (s) => 2 * (s - 1), (p) => `(${p} − 1)²`, (p) => `2 (${p} − 1)`);
const squareFake = term((s) => s * s, (s) => 2 * s, (p) => `(${p})²`, (p, b) => `2 · ${b}`);
const up = term((s) => -s, () => -1, (p, b) => `−${b}`, () => '−1');
const down = term((s) => s, () => 1, (p) => p, () => '1');
const marginReal = term((s) => Math.max(1 - s, 0), (s) => s < 1 ? -1 : 0, (p, b) => `max(0, 1 − ${b})`, (p) => `−1 if ${p} &lt; 1, else 0`);
const marginFake = term((s) => Math.max(1 + s, 0), (s) => s > -1 ? 1 : 0, (p, b) => `max(0, 1 + ${b})`, (p) => `1 if ${p} &gt; −1, else 0`);
const saturated = term((s) => -softplus(s), (s) => -sigmoid(s), (p) => `log(1 − σ(${p}))`, (p) => `−σ(${p})`);
const LOSSES = {
  saturating: {name: 'Saturating', logarithm: true, generator: saturated, real: calledReal, fake: calledFake},
  bce: {name: 'Non-saturating', logarithm: true, generator: calledReal, real: calledReal, fake: calledFake},
  lsgan: {name: 'Least squares', generator: squareReal, real: squareReal, fake: squareFake},
  hinge: {name: 'Hinge', generator: up, real: marginReal, fake: marginFake},
  wasserstein: {name: 'Wasserstein', generator: up, real: up, fake: down},
};
const REACH = 8, STEPS = 320;

// L(s), or L(σ(s)) behind a sigmoid: then the chain rule multiplies the sigmoid's own slope in.
function measured(loss, side, squashed, s) {
  const {value, slope} = LOSSES[loss][side];
  if (!squashed) return {value: value(s), slope: slope(s)};
  return {value: value(sigmoid(s)), slope: slope(sigmoid(s)) * sigmoid(s) * sigmoid(-s)};
}

// So many significant digits; what is a whole number stays one.
function written(number, digits = 5) {
  if (Number.isInteger(number)) return String(number || 0).replace('-', '−');
  const size = Math.abs(number), sign = number < 0 ? '−' : '';
  if (size >= 1e-4) return sign + size.toPrecision(digits);
  const power = Math.floor(Math.log10(size));
  return `${sign}${(size / 10 ** power).toFixed(digits - 1)} × 10<sup>−${-power}</sup>`;
}

const state = {loss: 'saturating', side: 'generator', sigmoid: false, logit: 0};
const slider = find('input[type=range]'), handle = find('.handle');

// ---- the two curves: one picture, one axis of scores
const box = {left: 46, right: 632, value: [14, 224], slope: [262, 382]}, phone = window.matchMedia('(max-width: 560px)');
const x = (s) => box.left + (s + REACH) / (2 * REACH) * (box.right - box.left);

function scale(numbers, [top, bottom]) {
  let low = Math.min(0, ...numbers), high = Math.max(0, ...numbers);
  const margin = (high - low) * .08 || 1;
  [low, high] = [low - margin, high + margin];
  return {at: (v) => bottom - (v - low) / (high - low) * (bottom - top), low, high, top, bottom};
}

const path = (points) => 'M' + points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join('L');

function ticks({low, high}) {
  const raw = (high - low) / 4, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((m) => m >= raw), found = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) found.push(Math.abs(v) < step / 1e6 ? 0 : v);
  return found;
}

function tangent(s, {value, slope}, scaleOfValue) {
  const ends = [s - 2.5, s + 2.5].map((t) => Math.min(Math.max(t, -REACH), REACH));
  return path(ends.map((t) => [x(t), scaleOfValue.at(value + slope * (t - s))]));
}

function drawAxes(panel, scaled) {
  const lines = ticks(scaled).map((v) => {
    const label = String(Number(v.toPrecision(3))).replace('-', '−');
    return `<line x1="${box.left}" x2="${box.right}" y1="${scaled.at(v)}" y2="${scaled.at(v)}"${v === 0 ? ' class="zero"' : ''}/>` +
      `<text x="${box.left - 6}" y="${scaled.at(v) + 4}" text-anchor="end">${label}</text>`;
  });
  find(`.${panel} .axes`).innerHTML = lines.join('');
}

function layOut() {
  box.right = phone.matches ? 352 : 632;
  find('svg').setAttribute('viewBox', `0 0 ${box.right + 8} 408`);
  find('.scores').innerHTML = Array.from({length: 9}, (_, i) => -REACH + 2 * i)
    .map((s) => `<text x="${x(s)}" y="402" text-anchor="middle">${String(s).replace('-', '−')}</text>`).join('');
}

function draw() {
  const {loss, side, sigmoid: squashed, logit} = state;
  const scores = Array.from({length: STEPS + 1}, (_, i) => -REACH + 2 * REACH * i / STEPS);
  const along = scores.map((s) => measured(loss, side, squashed, s)), here = measured(loss, side, squashed, logit);
  const values = scale(along.map((one) => one.value), box.value), slopes = scale(along.map((one) => one.slope), box.slope);
  drawAxes('of-value', values);
  drawAxes('of-slope', slopes);
  find('.of-value .curve').setAttribute('d', path(along.map((one, i) => [x(scores[i]), values.at(one.value)])));
  find('.of-slope .curve').setAttribute('d', path(along.map((one, i) => [x(scores[i]), slopes.at(one.slope)])));
  find('.tangent').setAttribute('d', tangent(logit, here, values));
  find('.here').setAttribute('d', `M${x(logit)} ${box.value[0]}V${box.slope[1]}`);
  for (const [dot, y] of [[handle, values.at(here.value)], [find('.of-slope circle'), slopes.at(here.slope)]]) {
    dot.setAttribute('cx', x(logit));
    dot.setAttribute('cy', y);
  }
  return here;
}

// ---- words and numbers
const SIDES = {generator: 'G', real: 'D, on a real sample', fake: 'D, on a fake one'};
const REMARKS = {
  'saturating generator': 'Flat on the left: where D is sure of a fake, G gets almost no gradient, just where its samples are worst.',
  'bce generator': 'Steepest on the left: where D is sure of a fake, G gets the largest gradient. Where D is fooled, almost none.',
  'lsgan generator': 'Flat at the target 1 alone. The further off, the larger the gradient, on both sides: a sample whose score is above 1 is pulled back.',
  'hinge generator': 'A straight line: the same gradient wherever the score is.',
  'wasserstein generator': 'A straight line: the same gradient wherever the score is. A constraint on D is needed, or its scores grow without end.',
  'bce real': 'No gradient for D from a real sample that it is sure of.', 'bce fake': 'No gradient for D from a fake that it is sure of.',
  'saturating real': 'The same D as under the non-saturating loss: the two differ for G alone.',
  'saturating fake': 'The same D as under the non-saturating loss: the two differ for G alone. G’s loss is minus this curve.',
  'lsgan real': 'D is pinned to the target 1: it pulls back what is above it as well.',
  'lsgan fake': 'D is pinned to the target 0: it pulls up what is below it as well. Where D’s scores are constant, G gets no gradient.',
  'hinge real': 'Beyond the margin 1 a real sample has no loss and no gradient.',
  'hinge fake': 'Beyond the margin −1 a fake has no loss and no gradient.',
  'wasserstein real': 'Without end: the higher the score, the lower the loss. A constraint on D is needed.',
  'wasserstein fake': 'Without end: the lower the score, the lower the loss. A constraint on D is needed.',
};

function remark() {
  const {loss, side, sigmoid: squashed, logit} = state;
  if (!squashed) return REMARKS[`${loss} ${side}`];
  const bare = measured(loss, side, false, logit).slope, slope = sigmoid(logit) * sigmoid(-logit);
  const begin = LOSSES[loss].logarithm
    ? 'This loss has a sigmoid inside already. A second one on top is a common mistake, “sigmoid applied twice”: '
    : 'The sigmoid’s own slope is multiplied in: ';
  return `${begin}σ(s)(1 − σ(s)) = ${written(slope, 4)} here. Without it the slope would be ${written(bare, 4)}.`;
}

function tell(here) {
  const {loss, side, sigmoid: squashed, logit} = state, {formula, slopeFormula} = LOSSES[loss][side];
  const number = logit.toFixed(1).replace('-', '−'), bracketed = logit < 0 ? `(${number})` : number;
  const inside = squashed ? ['σ(<i>s</i>)', `σ(${number})`].map((word) => [word, word]) : [['<i>s</i>', '<i>s</i>'], [number, bracketed]];
  const [general, filled] = inside.map(([p, b]) => formula(p, b));
  const chain = squashed ? (word) => ` · σ(${word})(1 − σ(${word}))` : () => '';
  const around = (text) => squashed && / if |\) − 1$/.test(text) ? `(${text})` : text;
  const slopes = inside.map(([p, b]) => around(slopeFormula(p, b)));
  find('.number-logit').textContent = number;
  find('.number-probability').innerHTML = written(sigmoid(logit), 3);
  find('.formula-value').innerHTML = general;
  find('.filled-value').innerHTML = filled;
  find('.number-value').innerHTML = written(here.value);
  find('.formula-slope').innerHTML = slopes[0] + chain('<i>s</i>');
  find('.filled-slope').innerHTML = slopes[1] + chain(number);
  find('.number-slope').innerHTML = written(here.slope);
  find('.remark').innerHTML = remark();
  find('.whose').textContent = SIDES[side];
  for (const row of all('.compare tr[data-loss]')) {
    const {slope} = measured(row.dataset.loss, side, squashed, logit);
    row.classList.toggle('chosen', row.dataset.loss === loss);
    row.querySelector('.slope').innerHTML = written(slope, 4);
    // Five powers of ten, from 0.0001 to 10 and a little more
    const share = slope ? Math.min(Math.max((Math.log10(Math.abs(slope)) + 4) / 5.3, .01), 1) : 0;
    row.querySelector('i').style.width = `${(100 * share).toFixed(1)}%`;
  }
}

function show(remember = true) {
  const here = draw(), spoken = written(here.slope, 3).replace(/<sup>/, ' to the power ').replace(/<\/sup>/, '');
  element.querySelector('.lab').dataset.side = state.side;
  slider.value = state.logit;
  slider.setAttribute('aria-valuetext', `${state.logit.toFixed(1)}; the slope is ${spoken}`);
  handle.setAttribute('aria-valuenow', state.logit.toFixed(1));
  handle.setAttribute('aria-valuetext', `${state.logit.toFixed(1)}; the slope is ${spoken}`);
  for (const name of ['loss', 'side']) find(`input[name=loss-${name}][value=${state[name]}]`).checked = true;
  find('input[name=loss-sigmoid]').checked = state.sigmoid;
  tell(here);
  if (remember) address.write({loss: state.loss, side: state.side, sigmoid: state.sigmoid ? 1 : 0, logit: state.logit.toFixed(1)});
}

// ---- pointer and keys
const move = (s) => { state.logit = Math.round(Math.min(Math.max(s, -REACH), REACH) * 10) / 10; show(); };
slider.addEventListener('input', () => move(Number(slider.value)));
for (const input of all('input[name=loss-loss], input[name=loss-side]'))
  input.addEventListener('change', () => { state[input.name.slice('loss-'.length)] = input.value; show(); });
find('input[name=loss-sigmoid]').addEventListener('change', (event) => { state.sigmoid = event.target.checked; show(); });

const drawing = find('svg');
let before = null;  // the score before this drag; null: nobody drags
const follow = (event) => {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  move((point.x - box.left) / (box.right - box.left) * 2 * REACH - REACH);
};
// A second finger zooms, or the page scrolls: neither is a drag, so the score is what it was.
const giveUp = () => { if (before !== null) move(before); before = null; };
window.addEventListener('pointerdown', (event) => { if (!event.isPrimary) giveUp(); }, {capture: true});
drawing.addEventListener('pointerdown', (event) => {
  if (event.button || !event.isPrimary) return;
  drawing.setPointerCapture(event.pointerId);
  before = state.logit;
  follow(event);
  handle.focus({preventScroll: true});
  event.preventDefault();
});
drawing.addEventListener('pointermove', (event) => { if (before !== null && event.isPrimary) follow(event); });
drawing.addEventListener('pointerup', () => { before = null; });
drawing.addEventListener('pointercancel', giveUp);
handle.addEventListener('keydown', (event) => {
  const far = event.shiftKey ? 1 : .1;
  const moves = {ArrowLeft: -far, ArrowDown: -far, ArrowRight: far, ArrowUp: far, PageDown: -1, PageUp: 1, Home: -20, End: 20};
  if (!(event.key in moves)) return;
  event.preventDefault();
  move(state.logit + moves[event.key]);
});

// ---- the question, then the answer
const weakest = () => Object.keys(LOSSES).reduce((a, b) => Math.abs(measured(a, 'generator', false, -REACH).slope) <= Math.abs(measured(b, 'generator', false, -REACH).slope) ? a : b);
for (const input of all('input[name=loss-guess]')) input.addEventListener('change', () => {
  const silent = weakest(), at = (loss) => written(measured(loss, 'generator', false, -REACH).slope, 4), guess = input.value;
  Object.assign(state, {loss: guess, side: 'generator', sigmoid: false, logit: -REACH});
  show();
  find('.answer-text').innerHTML = guess === silent
    ? `<b>Yes.</b> Its slope at −8 is ${at(silent)}; that of the non-saturating loss, whose formula looks almost the same, is ${at('bce')}. ` +
      `That of least squares is ${at('lsgan')}. Now switch least squares <em>behind a sigmoid</em>: its slope is ` +
      `${written(measured('lsgan', 'generator', true, -REACH).slope, 4)}, and the gradient vanishes again.`
    : `<b>No:</b> the slope of ${LOSSES[guess].name.toLowerCase()} at −8 is ${at(guess)}, which is not small. See it in the picture, then guess again.`;
});

// ---- begin where the address says
function restore() {
  const asked = address.read(), score = Number(asked.logit);
  if (Object.hasOwn(LOSSES, asked.loss ?? '')) state.loss = asked.loss;
  if (Object.hasOwn(SIDES, asked.side ?? '')) state.side = asked.side;
  state.sigmoid = asked.sigmoid === '1';
  if (asked.logit && Number.isFinite(score)) state.logit = Math.round(Math.min(Math.max(score, -REACH), REACH) * 10) / 10;
}
restore();
layOut();
show(false);
phone.addEventListener('change', () => { layOut(); show(false); });
address.opened(() => show());
