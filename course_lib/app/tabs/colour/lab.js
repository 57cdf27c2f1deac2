// Colour: the server colours; the page shows. The choices stand in a part of their own, left of this one.
parts.unshift(document.querySelector('#colour-choose'));
const address = addressOf('colour'), examples = all('[name=colour-picture]').length - 1;
const choices = {picture: 0};
let answer = props.first, own = null;

function show() {
  for (const figure of all('[data-shows]')) {
    const name = figure.dataset.shows, title = figure.querySelector('b').textContent, found = answer.measured[name];
    figure.hidden = !answer.pictures[name];
    if (figure.hidden) continue;
    figure.querySelector('.frame').innerHTML = `<img src="${answer.pictures[name]}" alt="${title}">`;
    figure.querySelector('.measured').textContent = found ? `chroma ${found.chroma.toFixed(2)}, L1 ${found.l1.toFixed(3)}` : '';
  }
  find('.grey').hidden = Boolean(answer.pictures.truth);
}

const sayDone = () => say(`Coloured in ${answer.seconds.toFixed(2)} s, ${answer.size} × ${answer.size} pixels.`);

function reflect() {
  find('.mine').hidden = own === null;
  for (const input of all('[name=colour-picture]')) input.checked = input.value === String(choices.picture);
}

async function colour() {
  const current = begin(), asked = choices.picture === 'own' ? {picture: 'own', own} : {...choices};
  say('Colouring …');
  stale(true);
  const found = await ask('colour', asked);
  if (!current()) return;
  if (found.error) { sayFailed(found.error); return; }
  stale(false);
  answer = found;
  show();
  sayDone();
}

function pick(picture) {
  choices.picture = picture;
  reflect();
  write();
  colour();
}

// A picture of one's own is on no other computer, so an address cannot bring it back.
const write = () => address.write(choices.picture === 'own' ? {} : choices);

for (const input of all('[name=colour-picture]')) input.addEventListener('change', () => pick(input.value === 'own' ? 'own' : Number(input.value)));
for (const input of all('[name=colour-guess]')) input.addEventListener('change', async () => {
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
  pick('own');
});

const asked = address.read().picture;
if (/^\d{1,3}$/.test(asked ?? '') && Number(asked) < examples) choices.picture = Number(asked);
reflect();
if (choices.picture === 0 && answer.pictures) { show(); sayDone(); }
else colour();
address.opened(write);
