// After the last task: lock the ratings, then the guesses, then the file to hand in.

function endPage(title, ...content) {
  sight = null;
  state.place = 'end';
  drawBar();
  const heading = make('h1', { id: 'end-title', tabindex: '-1' }, title);
  show(make('div', { class: 'end' }, heading, ...content.filter((each) => each !== null)));
  drawSelection();
  keep();
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function drawEnd() {
  const { done, skipped, open } = counted();
  if (open > 0) {
    endPage(say('end.open_title'), make('p', {}, say('end.open', { n: open })),
      make('div', { class: 'actions left' }, button(say('end.open_go'), () => goTo(nextOpen(-1)), { class: 'main-button' })));
    return;
  }
  if (state.lockedAt !== null) { drawAfterLock(); return; }
  const lock = button(say(isTraining ? 'end.practice_lock' : 'end.lock'), () => {
    state.lockedAt = now();
    changed();
    drawAfterLock();
  }, { class: 'main-button', id: 'lock' });
  lock.append(key('Enter'));
  endPage(say(isCalibration ? 'end.calibration_title' : isTraining ? 'end.practice_title' : 'end.title'),
    make('p', { class: 'opening' }, say('end.counts', { done, skipped })),
    isTraining ? null : make('p', {}, say('end.lock_lead')),
    state.guesses.length ? make('p', {}, say('end.lock_guesses')) : null,
    make('div', { class: 'actions left' }, lock, button(say('end.look'), openList)));
}

function drawAfterLock() {
  const owed = state.guesses.findIndex((guess) => !guess.answered);
  if (owed < 0) drawExport();
  else { state.guess = owed; drawGuess(); }
}

// ---------------------------------------------------------------- guesses
function drawGuess() {
  state.place = 'guess';
  sight = null;
  const guess = state.guesses[state.guess];
  const t = pack.tasks.findIndex((task) => task.code === guess.code);
  const side = pack.tasks[t].sides[guess.side === 'b' ? 1 : 0];
  const title = make('h1', { id: 'task-title', tabindex: '-1' }, say('guesses.title', { n: state.guess + 1, total: state.guesses.length }));
  const answerTitle = guess.side === null ? say('task.answer') : say('task.answer_pair', { side: guess.side.toUpperCase() });
  const left = caseView(t, title);
  left.append(part('answer', answerTitle, asWritten(side.text, { class: 'as-written response' })));
  const message = make('p', { class: 'message', hidden: true });
  const sureBox = make('div', { class: 'after' });
  const UNKNOWN = pack.systems.length;
  const products = [...pack.systems.map((name, i) => ({ id: i, anchor: name })), { id: UNKNOWN, anchor: say('guesses.unknown'), apart: true }];
  const chosen = !guess.answered && guess.system === null ? null : guess.system === null ? UNKNOWN : pack.systems.indexOf(guess.system);
  const levels = ['guess', 'fairly', 'certain'].map((id) => ({ id, anchor: say(`guesses.levels.${id}`) }));
  let picked = chosen;
  const drawSure = () => sureBox.replaceChildren(...(picked === null || picked === UNKNOWN ? [] : [
    make('fieldset', { class: 'levels' }, make('legend', {}, say('guesses.sure')), ...radios('sure', levels, guess.sure, (level) => { guess.sure = level; message.hidden = true; changed(); }))]));
  const fields = make('fieldset', { class: 'levels' }, make('legend', {}, say('guesses.ask')), ...radios('product', products, picked, (id) => {
    picked = id;
    guess.system = id === UNKNOWN ? null : pack.systems[id];
    if (id === UNKNOWN) guess.sure = null;
    message.hidden = true;
    drawSure();
    changed();
  }));
  drawSure();
  const go = () => {
    if (picked === null) { complain(message, say('guesses.needed')); fields.querySelector('input').focus(); return; }
    if (picked !== UNKNOWN && guess.sure === null) { complain(message, say('guesses.sure_needed')); sureBox.querySelector('input').focus(); return; }
    guess.answered = true;
    changed();
    if (state.guess + 1 < state.guesses.length) { state.guess += 1; drawGuess(); } else drawAfterLock();
  };
  const on = button(say('guesses.next'), go, { class: 'main-button', id: 'go-on' });
  on.append(key('Enter'));
  const panel = make('section', { class: 'asked', id: 'asked', tabindex: '-1', 'aria-label': say('task.questions') },
    make('p', { class: 'sub' }, say('guesses.lead')), fields, sureBox, message);
  const back = button(say('guesses.back'), () => { state.guess -= 1; drawGuess(); }, { disabled: state.guess === 0 });
  show(make('div', { class: 'task' }, left, make('div', { class: 'panel' }, panel, make('div', { class: 'actions' }, back, on))));
  state.onward = go;
  state.pick = (n) => {
    const inputs = [...(sureBox.contains(document.activeElement) ? sureBox : fields).querySelectorAll('input')];
    const input = n < 0 ? fields.querySelector('.apart input') : inputs[n];
    if (!input) return;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event('change'));
  };
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

// ---------------------------------------------------------------- export
function forgetButton() {
  const made = button(say('end.forget'), () => {
    forget();
    made.replaceWith(make('p', { role: 'status' }, say('cover.forgotten')));
    document.getElementById('end-title').focus();
  }, { class: 'quiet-button' });
  return made;
}

function drawExport() {
  const { done, skipped } = counted();
  const result = make('p', { class: 'loaded', role: 'status' });
  const sealed = make('div');
  const drawSealed = () => {
    if (state.finishedAt === null) return;
    const row = (name, text, kind = '') => make('div', {}, make('dt', {}, say(`end.${name}`)), make('dd', { class: kind }, text));
    sealed.replaceChildren(make('dl', { class: 'told', id: 'sealed' }, row('file', fileName('return'), 'digits'), row('pack', pack.pack_id, 'digits'), row('of', pack.digest, 'digits'),
      row('digest', returned().digest, 'digits'), row('finished', clockTime(state.finishedAt))),
    make('p', {}, say('end.thanks')), make('p', { class: 'sub', dir: 'auto' }, say('end.then', { contact: visible(pack.cover.contact) })),
    make('div', { class: 'actions left' }, button(say('end.print'), () => window.print()), forgetButton()), byHand('return'));
  };
  const export_ = button(say('end.export'), () => {
    if (state.finishedAt === null) state.finishedAt = now();
    result.textContent = say('end.exported', { file: save('return') });
    drawSealed();
  }, { class: 'main-button', id: 'export' });
  export_.append(key('Enter'));
  drawSealed();
  endPage(say('end.export_title'), make('p', { class: 'opening' }, say('end.counts', { done, skipped })), make('p', {}, say('end.export_lead')),
    make('div', { class: 'actions left' }, export_), result, sealed);
}
