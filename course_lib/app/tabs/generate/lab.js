// Generate: element, props, server are Gradio's. The server draws; the page shows, and walks through what it got.
const find = (query) => element.querySelector(query), all = (query) => [...element.querySelectorAll(query)];
const words = all('[name=generate-what]').map((input) => input.value);
const choices = {what: words[0], seed: 0, other: 1};
let walk = [], turn = 0;

const picture = (png, text) => `<img src="data:image/png;base64,${png}" alt="${text}">`;
const say = (sentence, trouble = false) => {
  find('.status').textContent = sentence;
  find('.status').classList.toggle('trouble', trouble);
};

function stop() {
  const slider = find('[name=generate-stop]'), at = Number(slider.value), last = walk.length - 1;
  if (last < 0) return;
  const where = at === 0 ? `Seed ${choices.seed}` : at === last ? `Seed ${choices.other}` : `${Math.round(100 * at / last)}% of the way from seed ${choices.seed} to seed ${choices.other}`;
  find('.walk').innerHTML = picture(walk[at], `${choices.what}, ${where}`);
  find('.at').textContent = where;
  slider.setAttribute('aria-valuetext', where);
}

async function draw() {
  const mine = ++turn, asked = {...choices};
  say('Drawing …');
  const answer = await server.draw(asked).catch(() => null);
  if (mine !== turn) return;
  if (!answer || answer.detail) { say('The server does not answer. Wait a moment and try again.', true); return; }
  if (answer.error) { say(answer.error, true); return; }
  find('.sheet').innerHTML = answer.drawings.map((png, i) => `<span role="listitem">${picture(png, `${asked.what}, drawing ${i + 1} of seed ${asked.seed}`)}</span>`).join('');
  find('.beside').innerHTML = answer.neighbours.length ? answer.neighbours.map((row, i) =>
    `<div class="pair">${picture(answer.drawings[i], `made: drawing ${i + 1}`)}${row.map(({png, distance}) =>
      `<figure>${picture(png, 'a training drawing near to it')}<figcaption>${distance.toFixed(3)}</figcaption></figure>`).join('')}</div>`).join('')
    : '<p class="small">No training drawings are shipped with this model.</p>';
  walk = answer.walk;
  stop();
  say(`${answer.drawings.length} drawings of seed ${asked.seed} in ${answer.seconds.toFixed(3)} s, ${answer.size} × ${answer.size} pixels each.`);
}

function choose(changed) {
  Object.assign(choices, changed);
  reflect();
  address.write('generate', choices);
  draw();
}

function reflect() {
  find(`[name=generate-what][value="${choices.what}"]`).checked = true;
  find('[name=generate-seed]').value = choices.seed;
  find('[name=generate-other]').value = choices.other;
}

const whole = (text) => text === '' ? 0 : Number(text);
for (const input of all('[name=generate-what]')) input.addEventListener('change', () => choose({what: input.value}));
for (const name of ['seed', 'other']) find(`[name=generate-${name}]`).addEventListener('change', (event) => choose({[name]: whole(event.target.value)}));
find('[data-do=dice]').addEventListener('click', () => choose({seed: Math.floor(Math.random() * 10000)}));
find('[name=generate-stop]').addEventListener('input', stop);
for (const input of all('[name=generate-guess]')) input.addEventListener('change', () => {
  const {text, kind} = props.told, verdict = kind ? `<b>${input.value === kind ? 'Yes' : 'No'}.</b> ` : '';
  find('.answer-text').innerHTML = verdict + text;
});

const asked = address.read('generate');
if (words.includes(asked.what)) choices.what = asked.what;
for (const name of ['seed', 'other']) if (asked[name] !== undefined && Number.isFinite(Number(asked[name]))) choices[name] = Number(asked[name]);
reflect();
new IntersectionObserver(([entry], watcher) => {
  if (!entry.isIntersecting) return;
  watcher.disconnect();
  draw();
}).observe(find('.second'));
window.addEventListener('tab-chosen', (event) => { if (event.detail === 'generate') address.write('generate', choices); });
