// Every lab's script begins with these lines. element, props and server are Gradio's.
const parts = [element];  // where a lab's markup stands
const find = (query) => parts.map((part) => part.querySelector(query)).find(Boolean) ?? null;
const all = (query) => parts.flatMap((part) => [...part.querySelectorAll(query)]);

const say = (sentence, trouble = false) => {
  find('.status').textContent = sentence;
  find('.status').classList.toggle('trouble', trouble);
};

// What is shown answers an earlier choice: dimmed until the answer to this one is there, and if none comes, for good.
const stale = (is) => all('.lab').forEach((lab) => lab.classList.toggle('stale', is));
const sayFailed = (sentence) => say(find('.stale') ? `${sentence} What is dimmed is the answer to an earlier choice.` : sentence, true);

// One question to the server, by the protocol of protocol.py: its answer, or {error: a sentence, busy}. It never rejects.
async function ask(name, asked = {}) {
  const answer = await server[name](asked).catch(() => null);
  const arrived = answer && typeof answer === 'object' && !answer.detail;
  return arrived ? answer : {error: 'The server does not answer. Wait a moment and try again.', busy: false};
}

// const current = begin(); … if (!current()) return;  Something else was begun since, and this is no longer waited for.
let begun = 0;
const begin = () => { const mine = ++begun; return () => mine === begun; };

// What stands in a field for a whole number, as the server names it if it is wrong: null where nothing does.
const numberIn = (field) => field.value === '' ? null : Number(field.value);

// The visitor's choices in the address, so that a link brings them back: ?tab=loss&loss=lsgan&…  It belongs to the tab that is open.
const addressOf = (tab) => ({
  read: () => {
    const words = new URLSearchParams(window.location.search);
    return words.get('tab') === tab ? Object.fromEntries(words) : {};
  },
  write: (choices) => {
    const now = new URLSearchParams(window.location.search), words = new URLSearchParams({tab, ...choices});
    for (const name in choices) if (choices[name] === null) words.set(name, '');
    if (now.has('__theme')) words.set('__theme', now.get('__theme'));  // Gradio's own word for dark and light
    window.history.replaceState(window.history.state, '', `?${words}`);
  },
  opened: (act) => window.addEventListener('tab-chosen', (event) => { if (event.detail === tab) act(); }),
});
