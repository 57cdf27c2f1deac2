// The visitor's choices in the address, so that a link brings them back. Every lab's script begins with these lines.
// An address belongs to the tab that is open: ?tab=loss&loss=lsgan&…
const address = {
  read: (tab) => {
    const words = new URLSearchParams(window.location.search);
    return words.get('tab') === tab ? Object.fromEntries(words) : {};
  },
  write: (tab, choices) => {
    const now = new URLSearchParams(window.location.search), words = new URLSearchParams({tab, ...choices});
    if (now.has('__theme')) words.set('__theme', now.get('__theme'));  // Gradio's own word for dark and light
    window.history.replaceState(window.history.state, '', `?${words}`);
  },
};
