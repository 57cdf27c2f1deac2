// The Collapse lab. The page asks for one frame after another; when nobody asks, nothing runs. Choices stand in the address,
// the run lies on the server under a key that this page made up.
const address = addressOf('collapse');
const plane = find('.plane'), colours = props.colours, LIMIT = 1.5, MOST = 64, PAUSE = 80;
const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const usual = props.first.settings;  // what the controls say, and what is shown, when a visitor comes
let choices = {...usual}, looks = [], scenery = null, frame = null, playing = null, cross = null, recordings = null, seen = false;

const percent = (share) => `${Math.round(100 * share)}%`;

// ---- pictures and numbers
function paint() {
  const drawn = choices.data === 'drawn' ? choices.points : [];
  paintPlane(plane, {scenery, frame, points: drawn, cross}, colours);
  paintHistory(find('.history'), looks, scenery?.centres.length ?? 8, scenery?.steps ?? 1000, colours);
}

function show(next) {
  if (next.scenery) ({scenery} = next);
  if (next.fake) {
    if (next.step < (looks.at(-1)?.step ?? 0)) looks = [];
    frame = next;
    looks.push({step: next.step, covered: next.covered, good: next.good});
    if (looks.length > 1500) looks = looks.filter((_, i) => i % 2 === 0);
    const modes = scenery?.centres.length ?? '–';
    find('.covered').textContent = next.covered;
    find('.modes').textContent = modes;
    find('.good').textContent = percent(next.good);
    const number = (value) => value === null ? '–' : String(value).replace('-', '−');
    find('.losses').textContent = `Step ${next.step.toLocaleString('en')}: loss of D ${number(next.D)}, of G ${number(next.G)}; pull on a sample (median) ${number(next.pull)}.`;
    plane.setAttribute('aria-label', `Step ${next.step}: G’s samples cover ${next.covered} of ${modes} modes, ${percent(next.good)} of them are good.`);
    find('.history').setAttribute('aria-label', `Up to step ${next.step}: ${next.covered} of ${modes} modes covered now, ${percent(next.good)} of the samples good.`);
  }
  paint();
}

// ---- asking
const request = (action) => ask('collapse', {key, action, settings: {...choices}, slow: find('[name=collapse-slow]').checked});
const at = ({step}) => `step ${step.toLocaleString('en')}`;

function trouble(answer) {
  if (answer.error) say(answer.error, true);
  else if (answer.diverged) say(`At ${at(answer)} ${answer.diverged}: training has diverged. The last picture before it stays. Press Reset, and try a cure or a smaller learning rate.`, true);
  return Boolean(answer.error || answer.diverged);
}

const mark = () => { find('[data-do=play]').textContent = playing ? 'Pause' : 'Play'; };

function stop(tell = true) {
  if (!playing) return;
  if (playing === 'live' && tell) request('pause');
  playing = null;
  begin();
  mark();
}

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

async function play() {
  if (playing) { stop(); say(frame ? `Paused at ${at(frame)}.` : ''); return; }
  const current = begin(), started = performance.now();
  playing = 'live';
  seen = true;
  mark();
  if (!frame || frame.recorded) say('Starting …');
  let busy = 0, frames = 0;
  if (frame?.recorded) clear(scenery);
  while (current()) {
    const asked = performance.now(), answer = await request('play');
    if (!current()) return;
    if (answer.busy && ++busy < 5) { say('The server is busy; waiting for a turn …'); await wait(300); continue; }
    if (answer.busy && frames) { stop(); say(`${answer.error} Paused at ${at(frame)}; press Play to go on.`, true); return; }
    if (answer.busy) { await playRecording(answer.error); return; }
    if (trouble(answer)) { stop(false); return; }
    show(answer);
    frames++;
    busy = 0;
    element.dataset.frames = frames;
    element.dataset.seconds = ((performance.now() - started) / 1000).toFixed(3);
    say(`Step ${answer.step.toLocaleString('en')} of ${scenery.steps.toLocaleString('en')}`);
    if (answer.over) { stop(false); say(`The run is over at ${at(answer)}. Press Reset for another.`); return; }
    await wait(Math.max(PAUSE - (performance.now() - asked), 5));
  }
}

async function once(action) {
  stop();
  const current = begin();
  if (frame?.recorded) clear(scenery);
  let answer = await request(action);
  for (let tries = 0; current() && answer.busy && tries < 12; tries++) {
    say('The server is busy; waiting for a turn …');
    await wait(400);
    answer = await request(action);
  }
  if (!current()) return;
  if (trouble(answer)) { if (answer.scenery) show(answer); return; }
  show(answer);
  say(action === 'reset' ? 'Ready: press Play.' : `Step ${answer.step.toLocaleString('en')}` + ({D: ': D alone was updated.', G: ': G alone was updated.'}[action] ?? '.'));
}

// Nothing is shown: no count, no picture, until there is a frame of what was chosen.
function clear(around = null) {
  looks = []; frame = null; scenery = around;
  for (const number of ['covered', 'modes', 'good']) find(`.${number}`).textContent = '–';
  find('.losses').textContent = '';
  plane.setAttribute('aria-label', 'The plane');
  find('.history').setAttribute('aria-label', 'Modes covered and good share over the steps');
  paint();
}

function reset() {
  stop();
  begin();  // whatever is still on its way is no longer asked for
  clear();
  if (choices.data === 'drawn' && choices.points.length < 2) {
    say('Set at least two points: click into the picture.');
    return;
  }
  return once('reset');
}

// ---- a run that was recorded
const named = ({settings: made}) => `ring, non-saturating loss, no cure, ${made.schedule} schedule, seed ${made.seed}`;
const isChosen = ({settings: made}) => ['data', 'loss', 'cure', 'schedule', 'seed'].every((name) => made[name] === choices[name]);

async function recording() {
  recordings ??= (await ask('recorded')).runs ?? null;
  return recordings?.length ? recordings : null;
}

// While the server has no time for it: the run that was chosen, if it is one that was recorded.
async function playRecording(why) {
  const current = begin(), run = (await recording())?.find(isChosen);
  if (!current()) return;
  if (!run) { stop(false); say(why, true); return; }
  playing = 'recorded';
  mark();
  looks = [];
  for (const one of run.frames) {
    if (!current()) return;
    show({...one, scenery: run.scenery, recorded: true});
    say(`${why} Until then a recorded run, ${at(one)}: ${named(run)}.`);
    await wait(220);
  }
  stop();
}

// On arrival: a finished run, with the controls as they were for it. It is not the one that the question is about.
function showFinished() {
  const {frame: last, looks: before, scenery: around} = props.first;
  if (!last) return false;
  looks = [...before];
  show({...last, scenery: around, recorded: true});
  say(`A recorded run: ${named(props.first)}. Press Play to train your own.`);
  return true;
}

// ---- choices
function reflect() {
  find(`[name=collapse-data][value=${choices.data}]`).checked = true;
  for (const name of ['loss', 'cure', 'schedule', 'seed']) find(`[name=collapse-${name}]`).value = choices[name] ?? '';
  find('.own').hidden = choices.data !== 'drawn';
  plane.classList.toggle('drawable', choices.data === 'drawn');
  plane.setAttribute('role', choices.data === 'drawn' ? 'application' : 'img');
}

function remember() {
  const {points, ...words} = choices;
  if (choices.data === 'drawn') words.points = points.map((point) => point.join(',')).join(';');
  address.write(words);
}

function choose(changed) {
  choices = {...choices, ...changed};
  reflect();
  remember();
  return reset();
}

for (const input of all('[name=collapse-data]')) input.addEventListener('change', () => choose({data: input.value}));
for (const name of ['loss', 'cure', 'schedule']) find(`[name=collapse-${name}]`).addEventListener('change', (event) => choose({[name]: event.target.value}));
find('[name=collapse-seed]').addEventListener('change', (event) => choose({seed: numberIn(event.target)}));
find('[data-do=play]').addEventListener('click', play);
for (const action of ['step', 'D', 'G']) find(`[data-do=${action}]`).addEventListener('click', () => once(action));
find('[data-do=reset]').addEventListener('click', reset);
find('[data-do=undo]').addEventListener('click', () => choose({points: choices.points.slice(0, -1)}));
find('[data-do=clear]').addEventListener('click', () => choose({points: []}));

// ---- points of one's own
function add(x, y) {
  if (choices.data !== 'drawn') return;
  if (choices.points.length >= MOST) { say(`${MOST} points are the most. Take some away first.`, true); return; }
  const near = (v) => Math.round(Math.min(Math.max(v, -LIMIT), LIMIT) * 100) / 100;
  choose({points: [...choices.points, [near(x), near(y)]]});
}
plane.addEventListener('click', (event) => {
  const box = plane.getBoundingClientRect(), along = (share) => (2 * share - 1) * REACH;
  cross = null;
  add(along((event.clientX - box.left) / box.width), along(1 - (event.clientY - box.top) / box.height));
});
plane.addEventListener('keydown', (event) => {
  if (choices.data !== 'drawn') return;
  const far = event.shiftKey ? .3 : .1, moves = {ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far]};
  if (event.key in moves) {
    cross = (cross ?? [0, 0]).map((v, i) => Math.round(Math.min(Math.max(v + moves[event.key][i], -LIMIT), LIMIT) * 100) / 100);
    say(`At ${cross.join(', ').replaceAll('-', '−')}; Enter sets a point.`);
    paint();
  } else if (event.key === 'Enter' || event.key === ' ') add(...(cross ?? [0, 0]));
  else return;
  event.preventDefault();
});
plane.addEventListener('blur', () => { if (cross) { cross = null; paint(); } });

// ---- the question, then the answer
for (const input of all('[name=collapse-guess]')) input.addEventListener('change', async () => {
  const last = (await recording())?.[0].frames.at(-1);
  if (!last) { find('.answer-text').textContent = 'There is no recorded run here: press Play and see.'; return; }
  const modes = recordings[0].scenery.centres.length, right = last.covered < modes ? 'some' : last.good < .85 ? 'smear' : 'all';
  const worst = (frames) => frames.filter((one) => one.step >= 100).reduce((a, b) => b.covered < a.covered ? b : a);
  const told = (one) => `${one.covered} of ${modes} modes with ${percent(one.good)} good`, early = worst(recordings[0].frames), hasty = recordings[1];
  find('.answer-text').innerHTML = `<b>${input.value === right ? 'Yes' : 'No'}:</b> that run ends with ${told(last)}. On the way it looked otherwise: ` +
    `at ${at(early)} it was ${told(early)}. ` +
    (hasty ? `Half the learning rate and half the time, seed ${hasty.settings.seed}: ${told(worst(hasty.frames))} at ${at(worst(hasty.frames))}, ${told(hasty.frames.at(-1))} at the end. ` : '') +
    'One seed shows one case: change it and see how much depends on it. Lesson 03 counts over ten.';
});

// ---- coming, leaving, light and dark
function restore() {
  // A visitor may have chosen before this script came.
  choices.data = all('[name=collapse-data]').find((input) => input.checked)?.value ?? choices.data;
  const early = choices.data !== usual.data, asked = address.read(), offered = (name) => [...find(`[name=collapse-${name}]`).options].map((option) => option.value);
  if (asked.rate) asked.schedule ??= asked.rate;  // its name in links of the last release
  for (const name of ['loss', 'cure', 'schedule']) if (offered(name).includes(asked[name])) choices[name] = asked[name];
  if (all('[name=collapse-data]').some((input) => input.value === asked.data) && !early) choices.data = asked.data;
  if (asked.seed && Number.isFinite(Number(asked.seed))) choices.seed = Number(asked.seed);
  if (asked.points) choices.points = asked.points.split(';').slice(0, MOST + 1).map((pair) => pair.split(',').map(Number)).map((pair) => pair.map((v) => Number.isFinite(v) ? v : 99));
  reflect();
  return early || Object.keys(usual).some((name) => name in asked);  // other words there are not the lab's: __theme
}
const isFinished = !restore() && showFinished();
new IntersectionObserver(([entry]) => {
  if (!entry.isIntersecting) { if (playing === 'live') { stop(); say('Paused, since nobody was looking.'); } return; }
  paint();
  if (seen) return;
  seen = true;
  if (!isFinished) reset();
}).observe(find('.second'));
document.addEventListener('visibilitychange', () => { if (document.hidden && playing) { stop(); say('Paused, since nobody was looking.'); } });
window.addEventListener('pagehide', () => stop());
address.opened(() => { remember(); paint(); });
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
mark();
if (!isFinished) clear();
