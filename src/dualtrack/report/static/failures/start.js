// Begin. Without scripts, or without what it takes to unpack the data, the plain table of the page stays.

async function show() {
  const lost = readHash();
  await runSearch(query, false);
  by('lost').hidden = !lost;
  by('detail').hidden = true;
  if (open >= 0) {
    drawList();
    if (await drawDetail(open)) by('detail-title').focus();
  }
}

async function start() {
  if (typeof DecompressionStream !== 'function') { by('old').hidden = false; return; }
  index = await unpacked('index');
  index.n = index.rows.system.length;
  makeFacets();
  drawFacets();
  by('choices').open = window.matchMedia('(min-width: 76.0625rem)').matches; // on a narrow screen the list comes first
  by('browser').hidden = false;
  by('plain').hidden = true;
  let waiting = 0;
  by('search').addEventListener('input', () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => runSearch(by('search').value, true), 350);
  });
  by('before').addEventListener('click', () => turn(-1));
  by('next').addEventListener('click', () => turn(1));
  by('csv').addEventListener('click', saveCsv);
  by('clear').addEventListener('click', () => {
    for (const facet of facets) facet.chosen.clear();
    by('search').value = '';
    page = 0;
    runSearch('', true);
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && open >= 0) closeCase(); });
  window.addEventListener('hashchange', () => { if (window.location.hash.slice(1) !== ownHash) show(); });
  window.addEventListener('popstate', () => { if (window.location.hash.slice(1) !== ownHash) { ownHash = window.location.hash.slice(1); show(); } });
  await show();
  document.documentElement.dataset.ready = 'yes';
}

start();
