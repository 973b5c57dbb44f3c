// What is seen now, as the part of the address behind #: a link that opens this view again.

let page = 0;
let query = '';
let open = -1; // row in the detail view
let ownHash = '';

function hash() {
  const parts = new URLSearchParams();
  for (const facet of facets) {
    if (facet.chosen.size) for (const place of facet.inOrder) if (facet.chosen.has(place)) parts.append(facet.id, facet.values[place].id);
  }
  if (query) parts.set('q', query);
  if (page) parts.set('page', String(page + 1));
  if (open >= 0) parts.set('case', nameOf(open));
  return parts.toString();
}

function remember(isNew) {
  ownHash = hash();
  const address = `#${ownHash}`;
  if (isNew) window.history.pushState(null, '', address); else window.history.replaceState(null, '', address);
  by('this-view').setAttribute('href', address);
}

// Take over what the address says. Unknown words of it are left out.
function readHash() {
  const parts = new URLSearchParams(window.location.hash.slice(1));
  for (const facet of facets) {
    facet.chosen = new Set(parts.getAll(facet.id).map((id) => facet.values.findIndex((value) => value.id === id)).filter((place) => place >= 0));
  }
  query = parts.get('q') || '';
  page = Math.max(0, (Number.parseInt(parts.get('page'), 10) || 1) - 1);
  open = parts.has('case') ? rowNamed(parts.get('case')) : -1;
  by('search').value = query;
  return parts.has('case') && open < 0;
}
