// Painting of the Collapse lab: what the server sends are small whole numbers; here they become pictures.
const REACH = 1.8;

// Little-endian integers in base64 → numbers in [−1, 1]
function unpacked(text, bytes = 2) {
  const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), view = new DataView(raw.buffer);
  return Float32Array.from({length: raw.length / bytes}, (_, i) => bytes === 2 ? view.getInt16(2 * i, true) / 32767 : view.getInt8(i) / 127);
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// D's scores: a small picture, enlarged smoothly. Blue where D says real, vermilion where it says fake, clear between.
function ground(context, scores, colours) {
  const side = Math.round(Math.sqrt(scores.length)), small = document.createElement('canvas');
  small.width = small.height = side;
  const pen = small.getContext('2d'), picture = pen.createImageData(side, side), [real, fake] = [rgb(colours.real), rgb(colours.fake)];
  for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) {
    const value = scores[row * side + column], at = 4 * ((side - 1 - row) * side + column);  // upwards is up
    picture.data.set([...(value > 0 ? real : fake), Math.round(115 * Math.abs(value))], at);
  }
  pen.putImageData(picture, 0, 0);
  const size = context.canvas.width, half = size / (side - 1) / 2;  // the grid's points are the middles of its cells
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, -half, -half, size + 2 * half, size + 2 * half);
}

function paintPlane(canvas, {scenery, frame, points, cross}, colours) {
  const context = canvas.getContext('2d'), size = canvas.width, at = (v) => (v / REACH + 1) / 2 * size;
  const style = getComputedStyle(canvas), ink = style.getPropertyValue('--body-text-color');
  context.clearRect(0, 0, size, size);
  if (frame?.scores) ground(context, unpacked(frame.scores, 1), colours);
  const dots = (numbers, draw) => { for (let i = 0; i < numbers.length; i += 2) draw(at(4 * numbers[i]), size - at(4 * numbers[i + 1])); };
  if (scenery) {
    context.strokeStyle = ink;
    context.globalAlpha = .3;
    context.lineWidth = 1.5;
    for (const [x, y] of scenery.centres) {
      context.beginPath();
      context.arc(at(x), size - at(y), scenery.radius / (2 * REACH) * size, 0, 7);
      context.stroke();
    }
    context.globalAlpha = .9;
    context.strokeStyle = colours.real;
    context.lineWidth = 2;
    dots(unpacked(scenery.real), (x, y) => { context.beginPath(); context.arc(x, y, 4, 0, 7); context.stroke(); });
  }
  context.globalAlpha = 1;
  if (frame?.arrows) {
    const numbers = unpacked(frame.arrows), long = .055 * size;
    context.strokeStyle = colours.generator;
    context.lineWidth = 2.5;
    for (let i = 0; i < numbers.length; i += 4) {
      const [x, y, dx, dy] = [at(4 * numbers[i]), size - at(4 * numbers[i + 1]), long * numbers[i + 2], -long * numbers[i + 3]];
      const [tipX, tipY] = [x + dx, y + dy], turn = Math.atan2(dy, dx), head = Math.min(8, Math.hypot(dx, dy) / 2);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(tipX, tipY);
      for (const side of [-1, 1]) {
        context.moveTo(tipX, tipY);
        context.lineTo(tipX - head * Math.cos(turn + .5 * side), tipY - head * Math.sin(turn + .5 * side));
      }
      context.stroke();
    }
  }
  if (frame?.fake) {
    context.fillStyle = colours.fake;
    context.strokeStyle = style.getPropertyValue('--body-background-fill');
    context.lineWidth = 1;
    dots(unpacked(frame.fake), (x, y) => { context.beginPath(); context.arc(x, y, 4.5, 0, 7); context.fill(); context.stroke(); });
  }
  for (const [x, y] of points || []) {
    context.strokeStyle = ink;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(at(x), size - at(y), 9, 0, 7);
    context.stroke();
  }
  if (cross) {
    const [x, y] = [at(cross[0]), size - at(cross[1])];
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 14, y); context.lineTo(x + 14, y); context.moveTo(x, y - 14); context.lineTo(x, y + 14);
    context.stroke();
  }
}

// looks: [{step, covered, good}], to the scale of a whole run
function paintHistory(canvas, looks, modes, steps, colours) {
  const context = canvas.getContext('2d'), {width, height} = canvas, left = 54, right = width - 66, top = 22, bottom = height - 46;
  const style = getComputedStyle(canvas), ink = style.getPropertyValue('--body-text-color');
  const x = (step) => left + (right - left) * step / steps, y = (share) => bottom - (bottom - top) * share;
  context.clearRect(0, 0, width, height);
  context.font = '24px system-ui, sans-serif';
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = 1;
  for (const share of [0, .5, 1]) {
    context.globalAlpha = .25;
    context.beginPath(); context.moveTo(left, y(share)); context.lineTo(right, y(share)); context.stroke();
    context.globalAlpha = .85;
    context.textAlign = 'right';
    context.fillText(String(modes * share), left - 8, y(share) + 8);
    context.textAlign = 'left';
    context.fillText(`${100 * share}%`, right + 8, y(share) + 8);
  }
  context.textAlign = 'left'; context.fillText('step 0', left, height - 10);
  context.textAlign = 'right'; context.fillText(steps.toLocaleString('en'), right, height - 10);
  context.globalAlpha = 1;
  for (const [name, colour, dash] of [['covered', colours.generator, []], ['good', ink, [10, 8]]]) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.lineWidth = 4;
    context.beginPath();
    looks.forEach((look, i) => context[i ? 'lineTo' : 'moveTo'](x(look.step), y(name === 'covered' ? look.covered / modes : look.good)));
    context.stroke();
  }
  context.setLineDash([]);
}
