// Where the work lives: in files that the rater saves. The browser's own storage is a convenience; all works without.

const STORED = `dualtrack.${pack.pack_id}.${pack.digest.slice(0, 16)}`;
let keepSoon = 0;

function stored() {
  try {
    const text = window.localStorage.getItem(STORED);
    return text === null ? null : JSON.parse(text);
  } catch { return null; }
}

function keep() {
  window.clearTimeout(keepSoon);
  keepSoon = 0;
  if (state.place === 'cover') return;
  try {
    window.localStorage.setItem(STORED, JSON.stringify({ at: now(), unsaved: state.unsaved, text: JSON.stringify(returned()) }));
  } catch { /* no storage, or it is full: the file is what counts */ }
}

function forget() {
  try { window.localStorage.removeItem(STORED); } catch { /* nothing was kept */ }
}

// Call after every change.
function changed() {
  state.unsaved = true;
  if (!keepSoon) keepSoon = window.setTimeout(keep, 400);
  drawBar();
}

function fileName(kind) {
  return kind === 'return' ? `return-${pack.pack_id}.json`
    : `progress-${pack.pack_id}-${String(counted().done).padStart(String(pack.tasks.length).length, '0')}-of-${pack.tasks.length}.json`;
}

function fileText(content) {
  return `${JSON.stringify(content, null, 1)}\n`;
}

// Hand a file to the browser to save. Gives its name.
function save(kind) {
  settle(state.index);
  const name = fileName(kind);
  const address = URL.createObjectURL(new Blob([fileText(returned())], { type: 'application/json' }));
  const link = make('a', { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 60000);
  state.unsaved = false;
  state.savedAt = now();
  keep();
  drawBar();
  return name;
}
