// What the canvases that a visitor draws on have in common: a pointer, keys, and steps that can be taken back.

// One finger draws. With a second one it is a pinch: what the first began is given up, and only when all are gone does
// another draw. The browser zooms (touch-action in the tab's style sheet), often before the second finger is told here.
// Places are in pixels of the canvas, with fractions, and may lie outside of it. Gives: whether a stroke is under way.
function followPointer(canvas, {begin, move, end, giveUp}) {
  let last = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return {x: (event.clientX - box.left) / box.width * canvas.width, y: (event.clientY - box.top) / box.height * canvas.height};
  };
  const drop = () => { if (last) { last = null; giveUp(); } };
  window.addEventListener('pointerdown', (event) => { if (!event.isPrimary) drop(); }, {capture: true});
  canvas.addEventListener('pointercancel', drop);
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button || !event.isPrimary || last) return;
    canvas.setPointerCapture(event.pointerId);
    begin(last = place(event));
  });
  canvas.addEventListener('pointermove', (event) => { if (last && event.isPrimary) move(last = place(event)); });
  canvas.addEventListener('pointerup', (event) => {
    if (!last || !event.isPrimary) return;
    const at = last;
    last = null;
    end(at);
  });
  return () => last !== null;
}

// Arrow keys move a cross, with Shift four times as far; Enter or Space sets one end of what is drawn, then the other;
// Escape gives it up. look shows the cross and what is begun, leave hides them; single: one press draws already.
function followKeys(canvas, {step, single = () => false, done, look, leave}) {
  let cross = {x: canvas.width / 2, y: canvas.height / 2}, corner = null;
  const inside = (value, length) => Math.min(Math.max(value, 0), length - 1);
  canvas.addEventListener('pointerdown', () => { corner = null; });
  canvas.addEventListener('blur', () => { corner = null; leave(); });
  canvas.addEventListener('keydown', (event) => {
    const far = event.shiftKey ? 4 * step : step;
    const [dx, dy] = {ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far]}[event.key] ?? [0, 0];
    if (dx || dy) cross = {x: inside(cross.x + dx, canvas.width), y: inside(cross.y + dy, canvas.height)};
    else if (event.key === 'Enter' || event.key === ' ') {
      if (!corner && !single()) corner = {...cross};
      else { done(corner ?? cross, cross); corner = null; }
    } else if (event.key === 'Escape') corner = null;
    else return;
    event.preventDefault();
    look(corner, cross);
  });
}

// keep(what was there) before a change; undo and redo are given what is there and give what was, or null.
function takenBack(most = 30) {
  let past = [], future = [];
  const step = (from, to, now) => {
    if (!from.length) return null;
    to.push(now);
    return from.pop();
  };
  return {
    keep: (state) => { past.push(state); if (past.length > most) past.shift(); future = []; },
    undo: (now) => step(past, future, now),
    redo: (now) => step(future, past, now),
  };
}
