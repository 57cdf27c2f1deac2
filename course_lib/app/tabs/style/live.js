// Style, moved pixels: one run at a time, which the server ends after its time, or when Stop is pressed.
const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const choices = {...props.start, photo: 0, key};
const curve = find('.curve'), WORDS = {content: 'content', style: 'style', tv: 'total variation'};
let running = false, own = null, losses = [], asked = 0;

function reflect() {
  find('.mine').hidden = own === null;
  find('.mine img').src = own ?? '';
  for (const name of ['painting', 'start', 'size']) for (const input of all(`[name=style-${name}]`)) input.checked = input.value === choices[name];
  for (const name of ['share', 'seconds', 'seed']) find(`[name=style-${name}]`).value = choices[name] ?? '';
  find('[name=style-share]').setAttribute('aria-valuetext', `${10 * choices.share} % style`);
}

function mark(is) {
  running = is;
  find('[data-do=go]').textContent = is ? 'Stop' : 'Start';
}

function paint() {
  const context = curve.getContext('2d'), {width, height} = curve, style = getComputedStyle(curve), edge = 34;
  curve.hidden = losses.length < 2;
  context.clearRect(0, 0, width, height);
  curve.setAttribute('aria-label', losses.length ? `The loss after ${losses.length} steps: ${losses.at(-1)}` : 'The loss over the steps');
  if (losses.length < 2) return;
  const top = Math.log(Math.max(...losses)), bottom = Math.log(Math.max(Math.min(...losses), 1e-9)), span = Math.max(top - bottom, .05);
  const x = (at) => edge + (width - 2 * edge) * at / (losses.length - 1), y = (loss) => edge + (height - 2 * edge) * (top - Math.log(loss)) / span;
  context.font = '22px sans-serif';
  context.fillStyle = style.color;
  context.fillText(losses[0].toPrecision(3), edge, Math.max(y(losses[0]) - 8, 22));
  context.textAlign = 'right';
  context.fillText(losses.at(-1).toPrecision(3), width - edge, Math.min(y(losses.at(-1)) + 28, height - 4));
  context.textAlign = 'left';
  context.strokeStyle = style.getPropertyValue('--generator');
  context.lineWidth = 3;
  context.beginPath();
  losses.forEach((loss, at) => context.lineTo(x(at), y(loss)));
  context.stroke();
}

function go() {
  if (running) { halt(); return; }
  losses = [];
  paint();
  find('.terms').textContent = '';
  find('.save').hidden = true;
  mark(true);
  say('Waiting for a turn …');
  props.value = JSON.stringify({...choices, run: ++asked});
  trigger('select');
}

async function halt() {
  say('Stopping …');
  const told = await ask('stop', {key});
  if (told.error) say(told.error, true);
  else if (!told.stopped) { mark(false); say('The run had not begun, or is over.'); }
}

window.addEventListener('style-photo', ({detail}) => { choices.photo = detail; });
window.addEventListener('style-found', ({detail}) => {
  if (detail.own?.what === 'painting') { own = detail.own.src; choices.painting = 'own'; reflect(); return; }
  if (detail.lost === 'painting') {  // a file that was none took its place
    own = null;
    if (choices.painting === 'own') choices.painting = props.start.painting;
    reflect();
    return;
  }
  if (detail.key !== key) return;
  if (detail.error) { mark(false); say(detail.error, true); return; }
  losses.push(...detail.losses);
  find('.moved .frame').innerHTML = `<img src="${detail.picture}" alt="The picture after ${detail.step} steps">`;
  find('.terms').textContent = 'Loss: ' + Object.entries(detail.terms).filter(([name]) => name in WORDS).map(([name, value]) => `${WORDS[name]} ${value.toPrecision(3)}`).join(', ') +
    '; with their weights and added: the curve. It jumps where the picture is enlarged.';
  paint();
  element.dataset.step = detail.step;
  if (!detail.done) { say(`Step ${detail.step}, ${detail.at} pixels, ${detail.seconds.toFixed(0)} s`); return; }
  mark(false);
  say(`Ended at step ${detail.step} after ${detail.seconds.toFixed(0)} s, ${detail.size.join(' × ')} pixels.`);
  Object.assign(find('.save'), {href: detail.picture, hidden: false});
});

for (const name of ['painting', 'start', 'size']) for (const input of all(`[name=style-${name}]`)) input.addEventListener('change', () => { choices[name] = input.value; });
find('[name=style-share]').addEventListener('input', (event) => { choices.share = Number(event.target.value); reflect(); });
for (const name of ['seconds', 'seed']) find(`[name=style-${name}]`).addEventListener('change', (event) => { choices[name] = numberIn(event.target); });
find('[data-do=go]').addEventListener('click', go);
window.addEventListener('pagehide', () => { if (running) ask('stop', {key}); });
reflect();
paint();
