// One task in sight: the case on one side, its questions on the other.

let sight = null; // the task that is drawn: what keys and buttons speak to

function caseView(t, ...heading) {
  const task = pack.tasks[t];
  const root = make('div', { class: 'case', id: 'case', tabindex: '0', role: 'region', 'aria-label': say('task.case') }, make('div', { class: 'titled' }, ...heading));
  root.append(part('prompt', say('task.prompt'), asWritten(task.prompt)));
  if (task.context !== null) root.append(part('context', say('task.context'), asWritten(task.context)));
  return root;
}

function part(name, title, ...content) {
  return make('section', { class: `part ${name}`, 'aria-labelledby': `${name}-title` }, make('h2', { id: `${name}-title` }, title), ...content);
}

function thread(turns) {
  return make('ol', { class: 'thread' }, ...turns.map((turn) => make('li', {},
    make('p', { class: 'who', dir: 'auto' }, visible(turn.role)), asWritten(turn.text))));
}

function oneSide(side) {
  const marker = markable('answer-title', side.text);
  const found = side.turns.length ? [part('turns', say('task.turns'), thread(side.turns))] : [];
  return { marker, parts: [...found, part('answer', say('task.answer'), marker.root)] };
}

function twoSides(sides) {
  const drawn = sides.map((side, i) => {
    const letter = 'AB'[i];
    const id = `side-${i}`;
    const content = side.turns.length
      ? [make('h3', {}, say('task.turns_of', { side: letter })), thread(side.turns), make('h3', {}, say('task.answer_pair', { side: letter }))] : [];
    return make('section', { class: 'side', 'aria-labelledby': id },
      make('h2', { id }, say('task.answer_pair', { side: letter })),
      make('div', { class: 'scrolled', tabindex: '0', role: 'group', 'aria-labelledby': id }, ...content, asWritten(side.text)));
  });
  return make('div', { class: 'sides' }, ...drawn);
}

function taskTitle(t) {
  const name = isCalibration ? 'task.calibration_title' : isTraining ? 'task.practice_title'
    : pack.tasks[t].sides.length === 2 ? 'task.pair_title' : 'task.title';
  return say(name, { n: t + 1, total: pack.tasks.length });
}

function stateMark(t) {
  const { status } = state.tasks[t];
  const tone = { done: 'good', skipped: 'none', draft: 'open', open: 'none' }[status];
  return make('span', { class: `mark mark-${tone}` }, say(`task.states.${status}`));
}

function drawTask() {
  const t = state.index;
  const task = pack.tasks[t];
  const paired = task.sides.length === 2;
  const title = make('h1', { id: 'task-title', tabindex: '-1' }, taskTitle(t));
  const mark = make('div', { class: 'state' }, stateMark(t));
  const left = caseView(t, title, mark);
  const single = paired ? null : oneSide(task.sides[0]);
  left.append(...(paired ? [twoSides(task.sides)] : single.parts));
  const panel = make('section', { class: 'asked', id: 'asked', tabindex: '-1', 'aria-label': say('task.questions') });
  sight = { t, title, mark, marker: single ? single.marker : null, views: [] };
  const tools = {
    marker: sight.marker,
    open: openQuestion,
    showMarks: (q) => { if (sight.views[q] && q === state.question) showMarks(); },
    changed: () => { mark.replaceChildren(stateMark(t)); changed(); },
  };
  sight.views = task.questions.map((_, q) => questionView(t, q, tools));
  if (state.lockedAt !== null) panel.append(make('p', { class: 'sub' }, say('task.locked')));
  if (isCalibration && !isLocked(t)) panel.append(make('p', { class: 'sub', id: 'commits' }, say('task.commits')));
  if (state.tasks[t].status === 'skipped') panel.append(skippedView(t));
  else panel.append(...sight.views.map((view) => view.root));
  show(make('div', { class: paired ? 'task paired' : 'task' }, left, make('div', { class: 'panel' }, panel, actions(t))));
  for (const view of sight.views) { view.drawExtra(); view.refresh(); if (isLocked(t)) view.lock(); }
  state.question = Math.min(state.question, task.questions.length - 1);
  openQuestion(state.question, false);
  if (state.tasks[t].status === 'done' && isTraining) showExplained();
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  aloud(`${say('progress.place', { n: t + 1, total: pack.tasks.length })} ${progressText()}`);
}

function skippedView(t) {
  return make('div', { class: 'quiet' }, make('p', { dir: 'auto' }, say('task.skipped_because', { reason: visible(state.tasks[t].reason) })),
    state.lockedAt ? null : button(say('task.unskip'), () => {
      Object.assign(state.tasks[t], { status: 'draft', reason: '' });
      changed();
      drawTask();
    }));
}

function actions(t) {
  const skipped = state.tasks[t].status === 'skipped';
  const on = button(say('task.go_on'), () => goOn(), { class: 'main-button', id: 'go-on' });
  on.append(key('Enter'));
  return make('div', { class: 'actions' },
    button(say('task.back'), () => goTo(t - 1), { disabled: t === 0 }),
    skipped || isLocked(t) ? null : button(say('task.skip'), openSkip, { class: 'quiet-button' }), on);
}

function showMarks() {
  const { marker, views } = sight;
  if (!marker) return;
  const q = state.question;
  const answer = answerOf(sight.t, q);
  marker.show(views[q].hasModes() ? answer.spans : [], (spans) => {
    answer.spans = spans;
    views[q].drawMarks();
    changed();
  });
  drawSelection();
}

function openQuestion(q, withFocus) {
  tick();
  state.question = q;
  sight.views.forEach((view, i) => view.setOpen(i === q));
  showMarks();
  if (withFocus) sight.views[q].focus();
}

// Enter: to the failure modes, to what is still owed, to the next question, to the next task.
function goOn() {
  const { t, views } = sight;
  const q = state.question;
  if (state.tasks[t].status === 'skipped' || isLocked(t)) { goTo(nextOpen(t)); return; }
  if (views[q].modesUntouched() && !sight.offered) { sight.offered = true; views[q].focusModes(); return; }
  const owed = views[q].owed();
  if (owed) { owed(); return; }
  sight.offered = false;
  if (q + 1 < views.length) { openQuestion(q + 1, true); return; }
  const gap = firstGap(t);
  if (gap >= 0) { openQuestion(gap, true); views[gap].owed()(); return; }
  finish(t);
  changed();
  if (isTraining) { drawTask(); return; }
  goTo(nextOpen(t));
}

// Another task, or the end where the place is -1.
function goTo(t) {
  tick();
  settle(state.index);
  if (t < 0) { drawEnd(); return; }
  Object.assign(state, { place: 'task', index: t, question: 0 });
  keep();
  drawBar();
  drawTask();
}

// ---------------------------------------------------------------- practice and calibration: the levels that were agreed, and why
function showExplained() {
  const { t } = sight;
  const task = pack.tasks[t];
  const rows = task.questions.flatMap((scale, q) => {
    const found = Object.entries(task.explained).find(([name]) => name === scale);
    return found ? [explainedView(t, q, found[1])] : [];
  });
  const title = make('h2', { id: 'explained-title', tabindex: '-1' }, say('practice.title'));
  const on = button(nextOpen(t) < 0 ? say(isCalibration ? 'calibration.last' : 'practice.last') : say('practice.next'), () => goOn(), { class: 'main-button' });
  on.append(key('Enter'));
  document.getElementById('asked').replaceChildren(title, ...rows);
  document.getElementById('go-on').replaceWith(on);
  window.setTimeout(() => title.focus(), 0);
}

function explainedView(t, q, [level, why]) {
  const question = questionOf(t, q);
  const found = Object.entries(pack.tasks[t].accepted).find(([name]) => name === question.scale_id);
  const also = found ? found[1] : [];
  const mine = answerOf(t, q).level;
  const fits = mine === level ? 'practice.same' : also.includes(mine) ? 'practice.fits' : 'practice.differs';
  const told = (name, shown) => make('div', {}, make('dt', {}, say(name)), make('dd', { dir: 'auto' }, visible(anchorOf(question, shown))));
  return make('section', { class: 'explained' },
    make('h3', { dir: 'auto' }, visible(question.title), ' ',
      make('span', { class: `mark mark-${fits === 'practice.differs' ? 'open' : 'good'}` }, say(fits))),
    make('dl', { class: 'told' }, told('practice.yours', mine), told('practice.agreed', level), ...also.map((each) => told('practice.also', each))),
    asWritten(why, { class: 'why' }));
}

// ---------------------------------------------------------------- skipping, with a reason
function openSkip() {
  const reasons = ['known', 'field', 'unreadable', 'distress', 'other'];
  let chosen = null;
  const message = make('p', { class: 'message', hidden: true });
  const field = make('textarea', { id: 'skip-words', rows: '2', dir: 'auto' });
  const choices = reasons.map((name) => ({ id: name, anchor: say(`skipping.reasons.${name}`) }));
  const box = dialog(say('skipping.title'), [
    make('p', {}, say('skipping.lead')),
    make('fieldset', { class: 'levels' }, make('legend', { class: 'aloud' }, say('skipping.title')), ...radios('skip', choices, null, (name) => { chosen = name; })),
    make('label', { for: 'skip-words', class: 'sub' }, say('skipping.words')), field, message,
    make('div', { class: 'actions' }, button(say('skipping.cancel'), () => box.close()), button(say('skipping.confirm'), () => {
      const typed = wellFormed(field.value).trim();
      if (chosen === null || (chosen === 'other' && !typed)) { complain(message, say('skipping.needed')); return; }
      const reason = chosen === 'other' ? typed : [say(`skipping.reasons.${chosen}`), typed].filter(Boolean).join(': ');
      Object.assign(state.tasks[state.index], { status: 'skipped', reason });
      box.close();
      changed();
      goTo(nextOpen(state.index));
    }, { class: 'main-button' })),
  ]);
  box.querySelector('input').focus();
}
