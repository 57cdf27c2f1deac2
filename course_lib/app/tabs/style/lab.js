// Style, one pass: the server paints; the page chooses the photo, and shows.
parts.unshift(...['#style-choose', '#style-see'].map((part) => document.querySelector(part)));
const address = addressOf('style');
// choices.own: how many photos of one's own came so far, which tells the last of them from those before.
const choices = {...props.start};
let answer = props.first, own = null;

const isCurrent = (asked) => asked.photo === choices.photo && asked.own === choices.own;

function show() {
  for (const figure of all('[data-shows]')) {
    const name = figure.dataset.shows, title = figure.querySelector('b').textContent, picture = answer.pictures[name];
    figure.classList.toggle('waiting', !picture);
    if (!picture) continue;
    figure.querySelector('.frame').innerHTML = `<a href="${picture}" download="${name}.jpg"><img src="${picture}" alt="The photo in the style of ${title}"></a>`;
    figure.querySelector('.measured').textContent = `${answer.seconds[name].toFixed(2)} s`;
    Object.assign(figure.querySelector('.save'), {href: picture, ariaLabel: `Save: ${title}`});
  }
}

function sayDone() {
  const done = Object.keys(answer.pictures).length, seconds = Object.values(answer.seconds).reduce((a, b) => a + b, 0);
  if (done < answer.of) say(`${done} of ${answer.of} …`);
  else say(`${answer.of} ${answer.of === 1 ? 'style' : 'styles'} of ${answer.size.join(' × ')} pixels, one pass each: ${seconds.toFixed(2)} s together.`);
}

function reflect() {
  find('.mine').hidden = own === null;
  find('.mine img').src = own ?? '';
  for (const input of all('[name=style-photo]')) input.checked = input.value === String(choices.photo);
  window.dispatchEvent(new CustomEvent('style-photo', {detail: choices.photo}));
}

function ask_() {
  props.value = JSON.stringify(choices);
  say('Painting …');
  stale(true);
  trigger('select');
}

function pick(photo) {
  choices.photo = photo;
  reflect();
  write();
  ask_();
}

// A photo of one's own is on no other computer, so an address cannot bring it back.
const write = () => address.write(choices.photo === 'own' ? {} : {photo: choices.photo});

window.addEventListener('style-found', ({detail}) => {
  if (detail.own?.what === 'photo') { own = detail.own.src; choices.own++; pick('own'); return; }
  if (detail.lost === 'photo') {  // a file that was none took its place
    own = null;
    if (choices.photo === 'own') pick(0);
    else reflect();
    return;
  }
  if (!detail.asked || !isCurrent(detail.asked)) return;  // something else was asked since
  if (detail.error) { sayFailed(detail.error); return; }
  stale(false);
  answer = detail;
  show();
  sayDone();
});

for (const input of all('[name=style-photo]')) input.addEventListener('change', () => pick(input.value === 'own' ? 'own' : Number(input.value)));
for (const input of all('[name=style-guess]')) input.addEventListener('change', async () => {
  const told = await ask('explain', {guess: input.value});
  if (!input.checked) return;
  if (told.error) find('.answer-text').textContent = told.error;
  else find('.answer-text').innerHTML = told.text;
});

const asked = address.read().photo;
if (/^\d{1,2}$/.test(asked ?? '') && Number(asked) < props.count) choices.photo = Number(asked);
reflect();
if (isCurrent(answer.asked)) { show(); sayDone(); }
else ask_();
address.opened(write);
