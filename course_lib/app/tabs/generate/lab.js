// Generate: the server draws; the page shows, and walks through what it got.
const address = addressOf('generate'), words = all('[name=generate-what]').map((input) => input.value);
const choices = {what: words[0], seed: 0, other: 1};
let walk = [], of = choices;  // what is shown, and which choices it answers

const picture = (source, text) => `<img src="${source}" alt="${text}">`;

function stop() {
  const slider = find('[name=generate-stop]'), at = Number(slider.value), last = walk.length - 1;
  if (last < 0) return;
  const where = at === 0 ? `Seed ${of.seed}` : at === last ? `Seed ${of.other}` : `${Math.round(100 * at / last)}% of the way from seed ${of.seed} to seed ${of.other}`;
  find('.walk').innerHTML = picture(walk[at], `${of.what}, ${where}`);
  find('.at').textContent = where;
  slider.setAttribute('aria-valuetext', where);
}

async function draw() {
  const current = begin(), asked = {...choices};
  say('Drawing …');
  stale(walk.length > 0);
  const answer = await ask('draw', asked);
  if (!current()) return;
  if (answer.error) { sayFailed(answer.error); return; }
  stale(false);
  of = asked;
  find('.sheet').innerHTML = answer.drawings.map((source, i) => `<span role="listitem">${picture(source, `${asked.what}, drawing ${i + 1} of seed ${asked.seed}`)}</span>`).join('');
  find('.beside').innerHTML = answer.neighbours.length ? answer.neighbours.map((row, i) =>
    `<div class="pair">${picture(answer.drawings[i], `made: drawing ${i + 1}`)}${row.map((one) =>
      `<figure>${picture(one.picture, 'a training drawing near to it')}<figcaption>${one.distance.toFixed(3)}</figcaption></figure>`).join('')}</div>`).join('')
    : '<p class="small">No training drawings are shipped with this model.</p>';
  walk = answer.walk;
  stop();
  say(`${answer.drawings.length} drawings of seed ${asked.seed} in ${answer.seconds.toFixed(3)} s, ${answer.size} × ${answer.size} pixels each.`);
}

function choose(changed) {
  Object.assign(choices, changed);
  reflect();
  address.write(choices);
  draw();
}

function reflect() {
  find(`[name=generate-what][value="${choices.what}"]`).checked = true;
  for (const name of ['seed', 'other']) find(`[name=generate-${name}]`).value = choices[name] ?? '';
}

for (const input of all('[name=generate-what]')) input.addEventListener('change', () => choose({what: input.value}));
for (const name of ['seed', 'other']) find(`[name=generate-${name}]`).addEventListener('change', (event) => choose({[name]: numberIn(event.target)}));
find('[data-do=dice]').addEventListener('click', () => choose({seed: Math.floor(Math.random() * (Number(find('[name=generate-seed]').max) + 1))}));
find('[name=generate-stop]').addEventListener('input', stop);
for (const input of all('[name=generate-guess]')) input.addEventListener('change', () => {
  const {text, right} = props.told;
  find('.answer-text').innerHTML = (right ? `<b>${input.value === right ? 'Yes' : 'No'}.</b> ` : '') + text;
});

const asked = address.read();
if (words.includes(asked.what)) choices.what = asked.what;
for (const name of ['seed', 'other']) if (asked[name] && Number.isFinite(Number(asked[name]))) choices[name] = Number(asked[name]);
reflect();
new IntersectionObserver(([entry], watcher) => {
  if (!entry.isIntersecting) return;
  watcher.disconnect();
  draw();
}).observe(find('.second'));
address.opened(() => address.write(choices));
