// Adds sliders to the form that asks for another moment. The form also works without this module.
const region = document.getElementById('moment');
const target = () => document.getElementById('at-moment');

if (region && target()) start().catch(error => console.warn('The sliders are not available:', error.message));

async function start() {
  const path = '/assertions/' + region.dataset.assertion;
  const response = await fetch('/v1' + path + '/history', { headers: { Accept: 'application/json' } });
  if (!response.ok) return;
  const { entries } = await response.json();
  const sliders = document.createElement('div');
  sliders.className = 'sliders';
  const known = slider('Public by', 'knownAt', knownStops(entries));
  const recorded = slider('Recorded by', 'asOf', recordedStops(entries));
  sliders.append(known.label, recorded.label);
  region.querySelector('.fields').before(sliders);
  const all = [known, recorded];
  read();
  for (const one of all) {
    one.input.addEventListener('input', () => name(one));
    one.input.addEventListener('change', () => go(addressOf(), true));
  }
  region.querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    const asked = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value));
    go(path + (asked.size ? '?' + asked : ''), true);
  });
  addEventListener('popstate', () => go(location.pathname + location.search, false));

  function addressOf() {
    const asked = new URLSearchParams();
    for (const one of all) {
      const stop = one.stops[one.input.value];
      if (stop.value) asked.set(one.parameter, stop.value);
    }
    return path + (asked.size ? '?' + asked : '');
  }

  // Loads the page of an address and shows it in place of the current one. An error page such as 404 is shown too, because it says since when the assertion
  // is known.
  async function go(address, isNew) {
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const shown = page.getElementById('at-moment');
    if (!shown) { location.assign(address); return; }
    target().replaceWith(document.adoptNode(shown));
    document.title = page.title;
    if (isNew) history.pushState(null, '', address);
    read();
    document.dispatchEvent(new Event('ledger:shown'));
  }

  // Sets the sliders and fields to the moments in the address.
  function read() {
    const asked = new URLSearchParams(location.search);
    for (const one of all) {
      const value = asked.get(one.parameter) ?? '';
      const at = one.stops.findIndex(stop => stop.value === value);
      one.input.value = at >= 0 ? at : one.stops.length - 1;
      region.querySelector(`[name=${one.parameter}]`).value = value;
      name(one);
    }
  }

  function name(one) {
    const { text } = one.stops[one.input.value];
    one.output.textContent = text;
    one.input.setAttribute('aria-valuetext', text);
  }
}

function slider(title, parameter, stops) {
  const label = document.createElement('label');
  const heading = document.createElement('span');
  const output = document.createElement('b');
  const input = Object.assign(document.createElement('input'), { type: 'range', min: 0, max: stops.length - 1, step: 1 });
  input.dataset.parameter = parameter;
  heading.append(title + ': ', output);
  label.append(heading, input);
  return { label, input, output, parameter, stops };
}

function recordedStops(entries) {
  return [...entries.map(e => ({ value: String(e.position), text: `event ${e.version}, ${e.type.replaceAll('_', ' ')}, ${e.recordedAt.slice(0, 16).replace('T', ' ')} UTC` })),
    { value: '', text: 'now' }];
}

// The moments at which something became public, and the day before the first one, when nothing was public.
function knownStops(entries) {
  const moments = new Map();
  for (const entry of entries) {
    const stated = entry.data.publishedAt;
    const value = stated ? stated.value : entry.recordedAt;
    moments.set(value, Date.parse(stated ? stated.to : entry.recordedAt));
  }
  const inOrder = [...moments].sort((a, b) => a[1] - b[1]);
  const first = entries.map(e => Date.parse(e.data.publishedAt?.from ?? e.recordedAt)).sort((a, b) => a - b)[0];
  const before = new Date(first - 86400000).toISOString().slice(0, 10);
  return [{ value: before, text: before }, ...inOrder.map(([value]) => ({ value, text: value.slice(0, 19).replace('T', ' ') })), { value: '', text: 'now' }];
}
