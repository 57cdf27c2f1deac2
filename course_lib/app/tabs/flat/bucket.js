// Fills the patch of one colour around a place. The edge of a patch is antialiased: a pixel there is part patch, part what
// lies beyond, and of it only the part that is patch takes the new colour. data is changed; [r, g, b] in bytes.
function pour(data, size, x, y, colour) {
  const tolerance = 12, patch = new Uint8Array(size * size), old = data.slice(4 * (y * size + x), 4 * (y * size + x) + 3);
  const apart = (i) => Math.max(...[0, 1, 2].map((c) => Math.abs(data[4 * i + c] - old[c])));
  const around = (i, act) => {
    const px = i % size, py = (i - px) / size;
    for (let ny = Math.max(py - 1, 0); ny <= Math.min(py + 1, size - 1); ny++)
      for (let nx = Math.max(px - 1, 0); nx <= Math.min(px + 1, size - 1); nx++) act(ny * size + nx);
  };
  if (colour.every((value, c) => value === old[c])) return;

  const open = [y * size + x], edge = new Set();
  patch[open[0]] = 1;
  while (open.length) {
    const i = open.pop(), px = i % size;
    for (const [next, there] of [[i - 1, px > 0], [i + 1, px < size - 1], [i - size, i >= size], [i + size, i < size * (size - 1)]])
      if (there && !patch[next] && apart(next) <= tolerance) { patch[next] = 1; open.push(next); }
  }
  for (let i = 0; i < patch.length; i++) if (patch[i]) around(i, (next) => { if (!patch[next]) edge.add(next); });
  const parts = [...edge].map((i) => {
    let beyond = apart(i);  // what lies there: of the neighbours the one that is least like the patch
    around(i, (next) => { beyond = Math.max(beyond, apart(next)); });
    return [i, 1 - apart(i) / beyond];
  });
  for (let i = 0; i < patch.length; i++) if (patch[i]) parts.push([i, 1]);
  for (const [i, part] of parts) for (let c = 0; c < 3; c++) data[4 * i + c] = Math.round(data[4 * i + c] + part * (colour[c] - old[c]));
}
