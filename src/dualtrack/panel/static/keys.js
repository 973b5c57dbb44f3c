// The keyboard: everything can be done with it, and no single key acts while somebody types.

function typing(target) {
  return target.matches('textarea, select, input:not([type=radio]):not([type=checkbox])');
}

function enter(event) {
  const { target } = event;
  if (target.matches('button, a, summary, input[type=file]')) return;
  if (target.matches('textarea') && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  if (target.matches('input[type=search]')) {
    const first = [...target.closest('.modes').querySelectorAll('.mode:not([hidden]) input')][0];
    if (first) first.focus();
    return;
  }
  if (state.place === 'task') goOn();
  else if (state.place === 'guess') state.onward();
  else if (state.place === 'end') (document.querySelector('#lock, #export') || place.querySelector('.main-button')).click();
}

// A page up or down moves the text, wherever one is among the questions.
function turnPage(event) {
  const text = document.activeElement.closest('.scrolled') || document.getElementById('case');
  if (!text || text.scrollHeight <= text.clientHeight + 1) return;
  event.preventDefault();
  text.scrollBy({ top: (event.key === 'PageDown' ? 0.85 : -0.85) * text.clientHeight });
}

// Up and down among the boxes of a list, as among the answers of a question.
function arrow(event) {
  if (!event.target.matches('.modes input[type=checkbox], .modes input[type=search], .row')) return;
  const within = event.target.closest('.modes, .rows');
  const all = [...within.querySelectorAll('input[type=search], .mode:not([hidden]) input[type=checkbox], .row')];
  const next = all[all.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)];
  event.preventDefault();
  if (next) next.focus();
}

function mark() {
  const view = sight.views[state.question];
  if (!sight.marker || !view.hasModes() || isLocked(sight.t)) return;
  if (!sight.marker.markSelected()) sight.marker.start();
  drawSelection();
}

const LETTERS = {
  c: () => sight && !isLocked(sight.t) && sight.views[state.question].comment(),
  m: () => sight && mark(),
  t: () => { const target = place.querySelector('.scrolled') || document.getElementById('case'); if (target) { target.focus(); target.scrollIntoView({ block: 'start' }); } },
  q: () => sight && state.tasks[sight.t].status !== 'skipped' && sight.views[state.question].focus(),
  b: () => sight && sight.t > 0 && goTo(sight.t - 1),
  x: () => sight && !isLocked(sight.t) && state.tasks[sight.t].status !== 'skipped' && openSkip(),
  l: () => openList(),
  s: () => openStop(),
  '?': () => openHelp(),
};

// Among the failure modes digits say how serious, and never change the answer above.
function pickSeverity(fields, n) {
  const input = fields === null ? null : fields.querySelectorAll('input')[n - 1];
  if (!input || input.disabled) return;
  input.checked = true;
  input.focus();
  input.dispatchEvent(new Event('change'));
}

function single(event) {
  if (!state.singleKeys && event.key !== '?') return;
  const letter = event.key.toLowerCase();
  if (/^[0-9]$/.test(letter)) {
    if (event.target.closest('.modes')) pickSeverity(event.target.closest('.severity'), Number(letter));
    else if (state.place === 'guess') state.pick(Number(letter) - 1);
    else if (sight && !isLocked(sight.t) && state.tasks[sight.t].status !== 'skipped') sight.views[state.question].choosePlace(Number(letter) - 1);
    event.preventDefault();
  } else if (LETTERS[letter]) {
    event.preventDefault();
    LETTERS[letter]();
  }
}

document.addEventListener('keydown', (event) => {
  alive();
  const arrows = event.key === 'ArrowDown' || event.key === 'ArrowUp';
  if (event.defaultPrevented || state.place === 'cover') return;
  if (arrows) { arrow(event); return; }
  if (document.querySelector('dialog[open]')) return;
  if ((event.key === 'PageDown' || event.key === 'PageUp') && !typing(event.target)) { turnPage(event); return; }
  if (event.key === 'Enter') { enter(event); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  single(event);
});
