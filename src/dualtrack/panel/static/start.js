// The beginning: is this the form as it was made? Then the cover, the clock, and the warning before leaving.

for (const kind of ['pointerdown', 'pointermove', 'wheel', 'scroll', 'touchstart', 'input']) {
  document.addEventListener(kind, alive, { passive: true, capture: true });
}
document.addEventListener('visibilitychange', () => { tick(); if (document.hidden) keep(); });
document.addEventListener('selectionchange', drawSelection);
document.addEventListener('focusin', drawSelection);
window.addEventListener('pagehide', keep);
window.addEventListener('beforeunload', (event) => { if (state.unsaved) { event.preventDefault(); event.returnValue = ''; } });
window.setInterval(() => {
  const paused = tick();
  if (barParts !== null) barParts.paused.hidden = !paused;
}, 1000);

const preview = document.getElementById('preview');
if (sealedDigest(pack) === pack.digest) {
  preview.remove();
  drawCover();
} else {
  preview.replaceChildren(make('p', { role: 'alert' }, say('preview.changed', { contact: visible(pack.cover.contact) })));
}
