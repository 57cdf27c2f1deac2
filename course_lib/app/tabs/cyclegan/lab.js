// CycleGAN: the server translates; the page shows, and turns from one middle to another.
// The choices stand in a part of their own, left of this one, because an upload has its place between them.
parts.unshift(document.querySelector('#cyclegan-choose'));
const address = addressOf('cyclegan');
const models = Object.keys(props.kinds), middles = ['left', 'blur', 'levels'];
const choices = {...props.asked, middle: 'left'};
let answer = props.first, of = {...props.asked}, own = null;  // what is shown, and which choices it answers

const three = (value) => value.toFixed(3);
const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`;
const names = () => {
  const kinds = props.kinds[of.model], there = of.way === 'AtoB';
  return there ? [kinds.A, kinds.B, kinds.oneA] : [kinds.B, kinds.A, kinds.oneB];
};

function put(name, source, title, text, alt) {
  for (const figure of element.querySelectorAll(`[data-shows="${name}"]`)) {
    figure.querySelector('.frame').innerHTML = `<img src="${source}" alt="${alt}">`;
    figure.querySelector('figcaption').innerHTML = `<b>${title}</b><span>${text}</span>`;
  }
}

function show() {
  const [from, to, single] = names(), one = answer.middles[choices.middle];
  const done = {left: ', untouched', blur: `, blurred by ${answer.perturbed.blur} px`, levels: `, ${answer.perturbed.levels} levels a channel`}[choices.middle];
  put('x', answer.x, from, '<i>x</i>', `The picture that goes in: ${from}`);
  put('middle', one.middle, to, `<i>G</i>(<i>x</i>)${done}`, `Translated to ${to}${done}`);
  put('back', one.back, `${from} again`, '<i>F</i>(<i>G</i>(<i>x</i>))', `Translated back to ${from}`);
  put('map', one.map, `misses by ${three(one.error)}`, '|<i>x</i> − <i>F</i>(<i>G</i>(<i>x</i>))|', `Map of the error of the way back, ${three(one.error)} on average`);
  put('same', answer.same, `${from}, to ${from}`, '<i>F</i>(<i>x</i>)', `The same picture after the network that makes ${from}`);
  put('sameError', answer.sameError, `changed by ${three(answer.kept.l1)}`, '|<i>x</i> − <i>F</i>(<i>x</i>)|', `Map of what that network changed, ${three(answer.kept.l1)} on average`);

  const longest = Math.max(...middles.map((name) => answer.middles[name].error), 1e-6);
  for (const name of middles) {
    const row = element.querySelector(`tr[data-middle="${name}"]`), {changed, error} = answer.middles[name];
    row.classList.toggle('chosen', name === choices.middle);
    row.querySelector('.changed').textContent = three(changed);
    row.querySelector('.error').textContent = three(error);
    row.querySelector('.bar i').style.width = `${100 * error / longest}%`;
  }
  for (const [who, text] of [['moved', `${from} → ${to}: should change it`], ['kept', `${to} → ${from}: should not`]]) {
    const row = element.querySelector(`tr[data-who="${who}"]`);
    row.querySelector('th').textContent = text;
    row.querySelector('.l1').textContent = three(answer[who].l1);
    row.querySelector('.shift').textContent = answer[who].shift.map(signed).join(', ');
  }
  find('.nothing').textContent = `Give ${single} to ${to} → ${from}. It is ${single} already, so the best answer is the same picture.`;
  const truth = find('.truth');
  truth.hidden = !answer.truth;
  if (answer.truth) truth.innerHTML = `<img src="${answer.truth.picture}" alt="The same emoji in the style of ${to}">
    <span>The same emoji as ${to} draws it, which the network never saw. <i>G</i>(<i>x</i>) lies ${three(answer.truth.made.l1)} from it (L1; SSIM
    ${three(answer.truth.made.ssim)}), the untouched <i>x</i> ${three(answer.truth.nothing.l1)} (SSIM ${three(answer.truth.nothing.ssim)}).</span>`;
}

function sayDone() {
  const [from, to] = names(), [once, whole] = answer.seconds;
  say(`${from} → ${to} in ${once.toFixed(2)} s, all five translations in ${whole.toFixed(2)} s, ${answer.size} × ${answer.size} pixels each.`);
}

function reflect() {
  find(`[name=cyclegan-model][value="${choices.model}"]`).checked = true;
  for (const part of all('.way')) part.hidden = part.dataset.model !== choices.model;
  find(`[name="cyclegan-way-${choices.model}"][value="${choices.way}"]`).checked = true;
  for (const part of all('.offered')) part.hidden = part.dataset.model !== choices.model || part.dataset.way !== choices.way;
  for (const input of all('.offered input')) input.checked = Number(input.value) === choices.picture;
  find('.mine').hidden = own === null;
  find('[name=cyclegan-own]').checked = choices.picture === 'own';
  find(`[name=cyclegan-middle][value="${choices.middle}"]`).checked = true;
  const slider = find('[name=cyclegan-strength]'), {blur, levels} = answer?.perturbed ?? {};
  slider.value = choices.strength;
  if (blur) slider.setAttribute('aria-valuetext', `${choices.strength}: blur by ${blur} pixels, or ${levels} levels`);
}

async function translate() {
  const current = begin(), asked = {...choices};
  if (asked.picture === 'own') asked.own = own;
  say('Translating …');
  stale(Boolean(find('.frame img')));
  const found = await ask('cyclegan', asked);
  if (!current()) return;
  if (found.error) { sayFailed(found.error); return; }
  stale(false);
  answer = found;
  of = asked;
  reflect();
  show();
  sayDone();
}

function pick(changed) {
  Object.assign(choices, changed);
  reflect();
  // A picture of one's own is on no other computer, so an address cannot bring it back.
  const {picture, ...kept} = choices;
  address.write(picture === 'own' ? kept : choices);
  if (Object.keys(changed).some((name) => name !== 'middle')) translate();
  else if (find('.frame img')) show();
  if ('model' in changed || 'way' in changed) find('.answer-text').innerHTML = '', all('[name=cyclegan-guess]').forEach((input) => { input.checked = false; });
}

const listen = (query, act, event = 'change') => all(query).forEach((input) => input.addEventListener(event, () => act(input.value, input)));
// Emoji come in pairs: the same number is the same emoji after a turn. A heap of apples has no counterpart.
listen('[name=cyclegan-model]', (model) => pick({model, way: 'AtoB', picture: 0}));
listen('.way input', (way) => pick({way, ...(choices.picture === 'own' ? {} : {picture: choices.picture})}));
listen('.offered input', (picture) => pick({picture: Number(picture)}));
listen('[name=cyclegan-own]', () => pick({picture: 'own'}));
listen('[name=cyclegan-middle]', (middle) => pick({middle}));
listen('[name=cyclegan-strength]', (strength) => pick({strength: Number(strength)}));
listen('[name=cyclegan-guess]', async (guess) => {
  const {model, way} = choices, place = find('.answer-text');
  place.textContent = 'Measuring …';
  const told = await ask('explain', {model, way, guess});
  if (model !== choices.model || way !== choices.way || find('[name=cyclegan-guess]:checked')?.value !== guess) return;
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

const asked = address.read(), whole = (text) => /^\d+$/.test(text ?? '') ? Number(text) : null;
if (models.includes(asked.model)) choices.model = asked.model;
if (['AtoB', 'BtoA'].includes(asked.way)) choices.way = asked.way;
if (middles.includes(asked.middle)) choices.middle = asked.middle;
const offered = all(`.offered[data-model="${choices.model}"][data-way="${choices.way}"] input`).length;
if (whole(asked.picture) !== null && whole(asked.picture) < offered) choices.picture = whole(asked.picture);
if (whole(asked.strength) >= 1 && whole(asked.strength) <= 5) choices.strength = whole(asked.strength);
reflect();
if (answer.middles && ['model', 'way', 'picture', 'strength'].every((name) => choices[name] === props.asked[name])) { show(); sayDone(); }
else translate();
address.opened(() => pick({middle: choices.middle}));
