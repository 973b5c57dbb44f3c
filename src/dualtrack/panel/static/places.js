// The bar with the progress, the cover, and the dialogs: all responses, stop for tonight, keys.

const bar = document.getElementById('bar');
const place = document.getElementById('place');
let barParts = null;

function show(...content) {
  document.getElementById('cover').hidden = true;
  place.hidden = false;
  document.body.classList.toggle('rating', state.place !== 'end');
  place.replaceChildren(...content.filter((each) => each !== null));
  document.getElementById('skip-case').setAttribute('href', state.place === 'end' ? '#main' : '#case');
  document.getElementById('skip-questions').hidden = state.place === 'end';
}

function progressText() {
  const { done, total, open } = counted();
  const left = open === 0 ? say('progress.all_done') : say('progress.left', { duration: duration(hoursLeft()) });
  return `${say('progress.done', { done, total })}, ${left}`;
}

function drawBar() {
  if (state.place === 'cover') return;
  if (barParts === null) {
    const progress = make('progress', { max: pack.tasks.length, 'aria-label': say('progress.bar') });
    const text = make('span', { class: 'how-far' });
    const saved = make('span', { class: 'sub saved' });
    const paused = make('span', { class: 'sub paused', hidden: true }, say('progress.paused'));
    const tools = [[say('places.list'), openList, 'L'], [say('places.stop'), openStop, 'S'], [say('places.help'), openHelp, '?']]
      .map(([title, act, letter]) => { const made = button(title, act, { class: 'quiet-button' }); made.append(key(letter)); return made; });
    bar.append(make('div', { class: 'far' }, make('div', { class: 'line-of-text' }, text, saved, paused), progress), make('div', { class: 'tools' }, ...tools));
    bar.hidden = false;
    barParts = { progress, text, saved, paused };
  }
  const { done, skipped } = counted();
  barParts.progress.value = done + skipped;
  barParts.text.textContent = progressText();
  barParts.saved.textContent = state.unsaved ? say('progress.unsaved')
    : state.savedAt ? say('progress.saved', { when: clockTime(state.savedAt) }) : '';
}

// ---------------------------------------------------------------- cover
function drawCover() {
  const begin = document.getElementById('begin');
  const { done, skipped, total, open } = counted();
  const started = done + skipped > 0 || state.tasks.some((task) => task.status !== 'open');
  const first = nextOpen(-1);
  const title = !started ? say('cover.begin') : open === 0 ? say('cover.to_end') : say('cover.go_on', { n: first + 1, total });
  const message = make('p', { class: 'message', hidden: true });
  const loaded = make('p', { class: 'loaded', hidden: !started }, say('cover.loaded', { done, total }));
  const input = make('input', { type: 'file', id: 'load', accept: '.json,application/json', 'aria-describedby': 'load-hint' });
  input.addEventListener('change', async () => {
    if (!input.files.length) return;
    let made = null;
    try { made = restored(await input.files[0].text()); } catch (error) {
      const known = words.has(`load.${error.message}`) ? error.message : 'changed';
      complain(message, say(`load.${known}`, { other: visible(error.other || ''), pack: pack.pack_id }));
      input.value = '';
      return;
    }
    state = { ...made, singleKeys: state.singleKeys };
    drawCover();
    aloud(say('cover.loaded', { done: counted().done, total }));
    document.getElementById('start').focus();
  });
  begin.replaceChildren(
    keptView(started),
    make('div', { class: 'actions left' }, button(title, start, { class: 'main-button', id: 'start' }), loaded),
    make('div', { class: 'load' }, make('label', { for: 'load' }, say('cover.load')), input,
      make('span', { class: 'sub', id: 'load-hint' }, say('cover.load_hint', { pack: pack.pack_id }))),
    message,
  );
}

// What this browser kept, unless work is already loaded.
function keptView(started) {
  const found = started ? null : stored();
  const box = make('div');
  if (found === null) return box;
  let made = null;
  try { made = restored(found.text); } catch { return box; }
  const done = made.tasks.filter((task) => task.status === 'done').length;
  box.className = 'quiet';
  box.append(
    make('p', {}, say('cover.kept', { when: clockTime(found.at), done, total: pack.tasks.length })),
    make('div', { class: 'actions left' },
      button(say('cover.kept_use'), () => { state = { ...made, unsaved: found.unsaved === true, singleKeys: state.singleKeys }; start(); }, { class: 'main-button' }),
      button(say('cover.kept_forget'), () => { forget(); box.replaceChildren(make('p', { role: 'status' }, say('cover.forgotten'))); document.getElementById('start').focus(); })),
    make('p', { class: 'sub' }, say('cover.kept_note')),
  );
  return box;
}

function start() {
  state.place = 'task';
  alive();
  drawBar();
  const first = nextOpen(-1);
  if (state.lockedAt !== null) drawAfterLock();
  else goTo(first);
}

// ---------------------------------------------------------------- dialogs
function openList() {
  const rows = pack.tasks.map((task, t) => {
    const words_ = Array.from(visible(task.prompt).replace(/\s+/g, ' '));
    const short = words_.length > 90 ? `${words_.slice(0, 90).join('')}\u2026` : words_.join('');
    const made = button('', () => { box.close(); goTo(t); }, { class: 'row', 'aria-current': t === state.index && state.place === 'task' ? 'true' : null });
    made.append(make('span', { class: 'row-number' }, `${t + 1}`), make('span', { class: 'row-text', dir: 'auto' }, short), stateMark(t));
    return make('li', {}, made);
  });
  const box = dialog(say('list.title'), [make('ol', { class: 'rows' }, ...rows), make('div', { class: 'actions' }, button(say('list.close'), () => box.close()))]);
  (box.querySelector('[aria-current]') || box.querySelector('.row')).focus();
}

function byHand(kind) {
  const area = make('textarea', { rows: '4', readonly: true, id: 'by-hand' });
  const details = make('details', {}, make('summary', {}, say('stop.text')), make('p', { class: 'sub' }, say('stop.text_lead', { file: fileName(kind) })),
    make('label', { for: 'by-hand', class: 'sub' }, say('stop.text_label')), area);
  details.addEventListener('toggle', () => { settle(state.index); area.value = fileText(returned()); });
  return details;
}

function openStop() {
  const { done, total } = counted();
  const result = make('p', { class: 'loaded', role: 'status' });
  const box = dialog(say('stop.title'), [
    make('p', {}, say('stop.counts', { done, total })),
    make('p', {}, say('stop.lead')),
    make('div', { class: 'actions left' }, button(say('stop.save'), () => { result.textContent = say('stop.saved', { file: save('progress') }); }, { class: 'main-button', id: 'save' }),
      button(say('stop.back'), () => box.close())),
    result, byHand('progress'),
  ]);
  box.querySelector('#save').focus();
}

function openHelp() {
  const rows = [...words.keys()].filter((name) => name.startsWith('help.keys.'))
    .map((name) => make('div', {}, make('dt', {}, make('kbd', {}, name.slice('help.keys.'.length))), make('dd', {}, say(name))));
  const input = make('input', { type: 'checkbox', id: 'single-keys' });
  input.checked = state.singleKeys;
  input.addEventListener('change', () => { state.singleKeys = input.checked; });
  const box = dialog(say('help.title'), [
    make('dl', { class: 'keys' }, ...rows),
    make('label', { class: 'choice', for: 'single-keys' }, input, make('span', {}, say('help.switch'), make('span', { class: 'sub line' }, say('help.switch_note')))),
    make('p', { class: 'sub', dir: 'auto' }, say('help.contact', { contact: visible(pack.cover.contact) })),
    make('div', { class: 'actions' }, button(say('help.close'), () => box.close(), { class: 'main-button' })),
  ]);
  box.querySelector('h2').focus();
}

// The offer to mark what a pointer has selected stands at the foot of the window while there is a selection.
const offer = make('div', { class: 'offer', hidden: true });
document.getElementById('main').append(offer);

function drawSelection() {
  const open = state.place === 'task' && sight !== null && sight.marker !== null && !isLocked(sight.t)
    && sight.views[state.question] !== undefined && sight.views[state.question].hasModes();
  const marking = open && sight.marker.marking();
  const selected = open && !marking && sight.marker.selected() !== null;
  if (selected && !offer.querySelector('button')) {
    const made = button(say('marks.mark'), () => { sight.marker.markSelected(); drawSelection(); document.getElementById('begin-marking').focus(); }, { class: 'main-button' });
    made.append(key('M'));
    made.addEventListener('pointerdown', (event) => event.preventDefault()); // keeps the selection
    offer.replaceChildren(made);
  } else if (marking) offer.replaceChildren(make('p', {}, say('marks.mode')));
  else if (!selected) offer.replaceChildren();
  offer.hidden = !selected && !marking;
}
