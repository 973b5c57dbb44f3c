// What has been answered so far. A return and a progress file are both written from here and read back into it.

const CANNOT_JUDGE = 'cannot_judge';
const IDLE = 120000; // milliseconds without a key, a pointer or a scroll after which the clock pauses
const questions = new Map(pack.questions.map((question) => [question.scale_id, question]));
const modes = new Map(pack.modes.map((mode) => [mode.id, mode]));
const isCalibration = pack.purpose === 'calibration';
const isTraining = isCalibration || pack.purpose === 'practice'; // agreed levels follow each answer, which then stands

function blankAnswer() {
  return {
    level: null, comment: '', modes: [], severities: new Map(), spans: [], seconds: 0, finished: null, history: [],
  };
}

function blankState() {
  const sides = (code) => pack.tasks.find((task) => task.code === code).sides;
  return {
    place: 'cover',
    index: 0,
    question: 0,
    guess: 0,
    tasks: pack.tasks.map((task) => ({ status: 'open', reason: '', answers: task.questions.map(blankAnswer) })),
    guesses: pack.guesses.flatMap((code) => (sides(code).length === 1 ? [null] : ['a', 'b'])
      .map((side) => ({ code, side, answered: false, system: null, sure: null }))),
    lockedAt: null,
    finishedAt: null,
    savedAt: null,
    unsaved: false,
    singleKeys: true,
  };
}

let state = blankState();

const now = () => new Date().toISOString();
const questionOf = (task, q) => questions.get(pack.tasks[task].questions[q]);
const answerOf = (task, q) => state.tasks[task].answers[q];
const cannotJudge = (question) => question.cannot_judge || { id: CANNOT_JUDGE, anchor: say('task.cannot_judge') };
const asksModes = (task, q) => pack.modes.length > 0
  && questionOf(task, q).asks_modes.includes(answerOf(task, q).level);
const modesOf = (question) => (question.modes.length ? question.modes.map((id) => modes.get(id)) : pack.modes);
const isLocked = (task) => state.lockedAt !== null || (isTraining && state.tasks[task].status === 'done');

function anchorOf(question, level) {
  const choice = [...question.choices, cannotJudge(question)].find((each) => each.id === level);
  return choice ? choice.anchor : level;
}

// The first ticked mode of a question whose severity is owed, or null.
function severityOwed(task, q) {
  if (!asksModes(task, q) || pack.severities.length === 0) return null;
  const answer = answerOf(task, q);
  return answer.modes.find((mode) => !answer.severities.has(mode)) || null;
}

// The first question of a task that is not complete, or -1.
function firstGap(task) {
  return state.tasks[task].answers.findIndex((answer, q) => answer.level === null || severityOwed(task, q) !== null);
}

// Close a task: from here on a change of a level leaves the former one, with its time, in the record.
function finish(task) {
  const at = now();
  for (const answer of state.tasks[task].answers) {
    const before = answer.finished;
    if (before && before.level !== answer.level) answer.history.push([before.level, before.at]);
    if (!before || before.level !== answer.level) answer.finished = { level: answer.level, at };
  }
  state.tasks[task].status = 'done';
}

// What was done before and is opened again is done as long as it is complete.
function settle(task) {
  const { status, answers } = state.tasks[task];
  if (status === 'done' && !isLocked(task)) {
    if (firstGap(task) < 0) finish(task);
    else state.tasks[task].status = 'draft';
  } else if (status === 'open' && answers.some((answer) => answer.level !== null || answer.comment)) {
    state.tasks[task].status = 'draft';
  }
}

function counted() {
  const of = (status) => state.tasks.filter((task) => task.status === status).length;
  const done = of('done');
  const skipped = of('skipped');
  return { done, skipped, total: pack.tasks.length, open: pack.tasks.length - done - skipped };
}

function nextOpen(after) {
  const n = pack.tasks.length;
  for (let step = 1; step <= n; step += 1) {
    const place = (after + step + n) % n;
    if (state.tasks[place].status === 'open' || state.tasks[place].status === 'draft') return place;
  }
  return -1;
}

// Hours that are left: at the pace so far once five tasks are done, at the pace of the cover before.
function hoursLeft() {
  const { open, total } = counted();
  const times = state.tasks.filter((task) => task.status === 'done')
    .map((task) => task.answers.reduce((sum, answer) => sum + answer.seconds, 0));
  const pace = times.length >= 5 && times.some((time) => time > 0)
    ? times.reduce((sum, time) => sum + time, 0) / times.length / 3600 : pack.cover.hours / total;
  return open * pace;
}

const STATES = { open: 'draft', draft: 'draft', done: 'done', skipped: 'cancelled' };

function answerRecord(t, q) {
  const { status, reason } = state.tasks[t];
  const answer = answerOf(t, q);
  const asked = asksModes(t, q);
  const moved = answer.finished !== null && answer.finished.level !== answer.level;
  return {
    code: pack.tasks[t].code,
    scale_id: questionOf(t, q).scale_id,
    level: answer.level,
    state: STATES[status],
    comment: answer.comment,
    reason: status === 'skipped' ? reason : '',
    modes: asked ? [...answer.modes] : [],
    severities: asked ? Object.fromEntries(answer.modes.filter((mode) => answer.severities.has(mode))
      .map((mode) => [mode, answer.severities.get(mode)])) : {},
    spans: asked ? answer.spans.map((span) => [...span]) : [],
    seconds: Math.round(answer.seconds * 10) / 10,
    rated_at: answer.finished && !moved ? answer.finished.at : null,
    before: moved ? [...answer.history, [answer.finished.level, answer.finished.at]] : [...answer.history],
  };
}

function returned() {
  const answers = [];
  state.tasks.forEach((task, t) => task.answers.forEach((answer, q) => {
    const touched = answer.level !== null || answer.comment !== '' || answer.seconds >= 1 || answer.history.length > 0;
    if (task.status === 'skipped' || touched) answers.push(answerRecord(t, q));
  }));
  const content = {
    schema: 'dualtrack.return/1',
    pack_id: pack.pack_id,
    of: pack.digest,
    rater_id: pack.rater_id,
    medium: 'form',
    answers,
    guesses: state.guesses.filter((guess) => guess.answered)
      .map(({ code, side, system, sure }) => ({ code, side, system, sure })),
    locked_at: state.lockedAt,
    finished_at: state.finishedAt,
  };
  return { ...content, digest: sealedDigest(content) };
}

// Read a return back. Throws an Error whose message is the name of the sentence that says what is wrong.
function restored(text) {
  let content = null;
  try { content = JSON.parse(text); } catch { throw new Error('not_json'); }
  if (content === null || content.schema !== 'dualtrack.return/1' || !Array.isArray(content.answers)) {
    throw new Error('not_ours');
  }
  if (content.pack_id !== pack.pack_id) throw Object.assign(new Error('other_pack'), { other: String(content.pack_id) });
  if (content.of !== pack.digest) throw new Error('other_version');
  if (sealedDigest(content) !== content.digest) throw new Error('changed');
  const made = blankState();
  for (const each of content.answers) restoreAnswer(made, each);
  for (const each of content.guesses) {
    const guess = made.guesses.find(({ code, side }) => code === each.code && side === each.side);
    if (guess) Object.assign(guess, { answered: true, system: each.system, sure: each.sure });
  }
  made.lockedAt = content.locked_at;
  made.finishedAt = content.finished_at;
  return made;
}

function restoreAnswer(made, each) {
  const t = pack.tasks.findIndex((task) => task.code === each.code);
  const q = t < 0 ? -1 : pack.tasks[t].questions.indexOf(each.scale_id);
  if (q < 0) throw new Error('changed');
  const task = made.tasks[t];
  task.status = { done: 'done', cancelled: 'skipped', draft: 'draft' }[each.state];
  if (each.reason) task.reason = each.reason;
  Object.assign(task.answers[q], {
    level: each.level,
    comment: each.comment,
    modes: [...each.modes],
    severities: new Map(Object.entries(each.severities)),
    spans: each.spans.map((span) => [...span]),
    seconds: each.seconds || 0,
    finished: each.rated_at === null ? null : { level: each.level, at: each.rated_at },
    history: each.before.map((entry) => [...entry]),
  });
}

// The clock: it runs while a task is in sight, no dialog is open, and something happened in the last two minutes.
// Playback of a sleeping machine is capped, so that a closed lid counts no night.
const clock = { last: performance.now(), alive: performance.now() };

function tick() {
  const at = performance.now();
  const idle = at - clock.alive > IDLE;
  const runs = state.place === 'task' && !document.hidden && !idle && !document.querySelector('dialog[open]')
    && !isLocked(state.index) && state.tasks[state.index].status !== 'skipped';
  if (runs) answerOf(state.index, state.question).seconds += Math.min(at - clock.last, 5000) / 1000;
  clock.last = at;
  return state.place === 'task' && idle;
}

function alive() {
  tick();
  clock.alive = performance.now();
}
