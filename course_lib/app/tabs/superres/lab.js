// Super-resolution: the server enlarges a crop; the page chooses the crop, and shows.
// The markup stands in three parts, because an upload and a slider have their places between them.
parts.unshift(...['#superres-choose', '#superres-see'].map((part) => document.querySelector(part)));
const address = addressOf('superres');
const ASKED = ['picture', 'own', 'reduce', 'x', 'y', 'share', 'guess'];
const VIEWS = all('[name=superres-view]').map((input) => input.value);
// choices.own: how many pictures of one's own came so far, which tells the last of them from those before.
const choices = {...props.start, guess: null}, answers = document.querySelector('#superres-answers');
let view = 'side', own = null, answer = props.first;  // own: {src, size}

const isShown = (name) => name !== 'truth' || choices.reduce;
const same = (asked) => ASKED.every((name) => (asked[name] ?? null) === choices[name]);

// Where the crop lies, in pixels of the small picture, as crops.py has it.
const size = () => choices.picture === 'own' ? own.size : props.sizes[choices.picture];
const small = () => size().map((side) => choices.reduce ? Math.max(1, Math.floor(side / props.factor)) : side);
const span = (place, length) => {
  const side = Math.min(props.side, length);
  return [Math.min(Math.max(Math.round(place * length / 1000 - side / 2), 0), length - side), side];
};

function drawFrame() {
  const [width, height] = small(), [left, across] = span(choices.x, width), [top, down] = span(choices.y, height);
  const frame = find('.overview .frame'), share = (value, whole) => `${100 * value / whole}%`;
  Object.assign(frame.style, {left: share(left, width), top: share(top, height), width: share(across, width), height: share(down, height)});
  const reduced = choices.reduce ? `, reduced to ${width} × ${height}` : '';
  find('.where').textContent = `The picture has ${size().join(' × ')} pixels${reduced}. The frame holds ${across} × ${down}, which become ${across * props.factor} × ${down * props.factor}.`;
}

function reflect() {
  find('.mine').hidden = own === null;
  find('.mine img').src = own?.src ?? '';
  for (const input of all('[name=superres-picture]')) input.checked = input.value === String(choices.picture);
  find('[name=superres-reduce]').checked = choices.reduce;
  const chosen = find('[name=superres-picture]:checked').closest('label').querySelector('img');
  find('.overview img').src = chosen.src;
  drawFrame();
  const slider = find('[name=superres-share]'), percent = `${100 * choices.share / props.steps} % SRGAN`;
  slider.value = choices.share;
  slider.setAttribute('aria-valuetext', percent);
  find('.at').textContent = `${100 - 100 * choices.share / props.steps} % SRResNet’s, ${100 * choices.share / props.steps} % SRGAN’s.`;
  if (!isShown(view)) view = 'side';
  for (const input of all('[name=superres-view]')) {
    input.checked = input.value === view;
    input.closest('label').hidden = !isShown(input.value);
  }
  answers.dataset.view = view;
  find('.guesses').hidden = find('.question').hidden = !choices.reduce;
  find('.unknown').hidden = choices.reduce;
  for (const input of all('[name=superres-guess]')) input.checked = input.value === choices.guess;
  window.dispatchEvent(new Event('resize'));  // the slider measures itself
  markWhole();
}

// The whole picture that is shown was enlarged for other choices than those that are made now.
const whole = () => JSON.stringify([choices.picture, choices.own, choices.reduce, choices.share]);
let wholeAsked = null, wholeShown = null, wholeSrc = null;
function markWhole() {
  const earlier = wholeShown !== null && wholeShown !== whole();
  document.querySelector('#superres-everything')?.classList.toggle('earlier', earlier);
  document.querySelector('#superres-told')?.classList.toggle('earlier', earlier && wholeAsked === wholeShown);
}
answers.addEventListener('click', ({target}) => {  // the button itself is not there yet
  if (!target.closest('#superres-go')) return;
  wholeAsked = whole();
  markWhole();
});
new MutationObserver(() => {
  const src = document.querySelector('#superres-everything img')?.src ?? null;
  if (src === wholeSrc) return;
  [wholeSrc, wholeShown] = [src, wholeAsked];
  markWhole();
}).observe(answers, {subtree: true, childList: true, attributes: true, attributeFilter: ['src']});

function show() {
  const {pictures, measured = {}, asked} = answer;
  for (const figure of all('[data-shows]')) {
    const name = figure.dataset.shows, title = figure.querySelector('b').textContent;
    figure.hidden = !pictures[name];
    if (figure.hidden) continue;
    figure.querySelector('.frame').innerHTML = `<img src="${pictures[name]}" alt="The crop: ${title}">`;
    figure.querySelector('.measured').textContent = measured[name] ?? '';
    Object.assign(figure.querySelector('.save'), {href: pictures[name], ariaLabel: `Save as PNG: ${title}`});
  }
  find('[data-shows=between] .from').textContent = `${100 * asked.share / props.steps} % of the way to SRGAN`;
  find('.answer-text').innerHTML = answer.reply ?? '';
  find('.legend').hidden = !answer.reply;
}

function sayDone() {
  const [width, height] = answer.size;
  say(`Four answers of ${width} × ${height} pixels in ${answer.seconds.toFixed(2)} s.`);
}

function ask() {
  props.value = JSON.stringify(choices);
  if (answer && same(answer.asked)) { stale(false); sayDone(); return; }
  say(choices.guess ? 'Measuring …' : 'Enlarging …');
  stale(answer !== null && ['picture', 'own', 'reduce', 'x', 'y'].some((name) => answer.asked[name] !== choices[name]));
  trigger('select');
}

window.addEventListener('superres-found', ({detail}) => {
  if (detail.own) { own = detail.own; pick({picture: 'own', own: choices.own + 1, x: 500, y: 500}); return; }
  if (detail.lost) {  // a file that was none took the place of the picture before
    own = null;
    if (choices.picture === 'own') pick({picture: 0, x: props.places[0][0], y: props.places[0][1]});
    else reflect();
    return;
  }
  if (!same(detail.asked)) return;  // something else was asked since
  if (detail.error) { sayFailed(detail.error); return; }
  stale(false);
  answer = detail;
  show();
  sayDone();
});

function pick(changed) {
  Object.assign(choices, changed);
  // Another crop is another question, and its numbers come after its answer.
  if (['picture', 'reduce', 'x', 'y'].some((name) => name in changed)) choices.guess = null;
  reflect();
  write();
  ask();
}

function write() {
  // A picture of one's own is on no other computer, so an address cannot bring it back; nor is an answer to the question in it.
  const {picture, reduce, x, y, share} = choices, kept = {reduce: Number(reduce), x, y, share, view};
  address.write(picture === 'own' ? {reduce: kept.reduce, share, view} : {picture, ...kept});
}

const listen = (query, act, event = 'change') => all(query).forEach((input) => input.addEventListener(event, () => act(input.value, input)));
listen('[name=superres-picture]', (value) => {
  const [x, y] = value === 'own' ? [500, 500] : props.places[Number(value)];
  pick({picture: value === 'own' ? value : Number(value), x, y});
});
listen('[name=superres-reduce]', (_, input) => pick({reduce: input.checked}));
listen('[name=superres-share]', (share) => pick({share: Number(share)}));
listen('[name=superres-view]', (value) => { view = value; reflect(); write(); });
listen('[name=superres-guess]', (guess) => pick({guess}));

// The frame: it follows the pointer, and the crop is enlarged where it is let go; keys wait until they rest.
const overview = find('.overview'), frame = find('.overview .frame');
const inside = (value) => Math.round(Math.min(Math.max(value, 0), 1000));
let dragged = false, resting = null;
function follow(event) {
  const box = find('.overview img').getBoundingClientRect();
  Object.assign(choices, {x: inside(1000 * (event.clientX - box.left) / box.width), y: inside(1000 * (event.clientY - box.top) / box.height)});
  drawFrame();
}
overview.addEventListener('pointerdown', (event) => {
  if (event.button || !event.isPrimary) return;
  overview.setPointerCapture(event.pointerId);
  dragged = true;
  follow(event);
});
overview.addEventListener('pointermove', (event) => { if (dragged && event.isPrimary) follow(event); });
overview.addEventListener('pointercancel', () => { dragged = false; });
overview.addEventListener('pointerup', (event) => {
  if (!dragged || !event.isPrimary) return;
  dragged = false;
  pick({x: choices.x, y: choices.y});
});
frame.addEventListener('keydown', (event) => {
  const [dx, dy] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key] ?? [0, 0];
  if (!dx && !dy) return;
  event.preventDefault();
  const [width, height] = small(), far = event.shiftKey ? props.side / 2 : props.side / 8;
  // From the middle of the frame as it stands, not from a place beyond the edge that it could not reach.
  const moved = (place, length, step) => { const [start, side] = span(place, length); return inside(1000 * (start + side / 2 + step) / length); };
  Object.assign(choices, {x: moved(choices.x, width, dx * far), y: moved(choices.y, height, dy * far)});
  drawFrame();
  clearTimeout(resting);
  resting = setTimeout(() => pick({x: choices.x, y: choices.y}), 250);
});

const asked = address.read(), number = (text, most) => /^\d{1,4}$/.test(text ?? '') && Number(text) <= most ? Number(text) : null;
const numbered = number(asked.picture, props.sizes.length - 1);
if (numbered !== null) [choices.picture, choices.x, choices.y] = [numbered, ...props.places[numbered]];
for (const [name, most] of [['x', 1000], ['y', 1000], ['share', props.steps]]) if (number(asked[name], most) !== null) choices[name] = Number(asked[name]);
if (['0', '1'].includes(asked.reduce)) choices.reduce = asked.reduce === '1';
if (VIEWS.includes(asked.view)) view = asked.view;
show();
reflect();
ask();
address.opened(() => { write(); reflect(); });
