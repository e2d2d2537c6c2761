// Checks an event's receipt in this browser: its leaf, its place in the tree, and the signature of the tree's head. Only the key of the log is trusted.
// docs/transparency-format.md describes every step.
const utf8 = new TextEncoder();
const bytesOf = base64 => Uint8Array.from(atob(base64), c => c.charCodeAt(0));
const base64Of = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const join = (...parts) => { const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; for (const p of parts) { all.set(p, at); at += p.length; } return all; };
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));

// The part of RFC 8785 that is needed here: numbers and strings as JavaScript writes them, and members sorted by UTF-16 code units. A number with more
// digits than a double can hold keeps its digits, if the browser gives the source text of numbers.
class Exact { constructor(source) { this.source = source; } }
const parse = text => JSON.parse(text, (_, value, context) =>
  typeof value === 'number' && context?.source && /^-?\d{16,}$/.test(context.source) ? new Exact(context.source) : value);
const canonical = value => value instanceof Exact ? value.source
  : Array.isArray(value) ? '[' + value.map(canonical).join(',') + ']'
  : value && typeof value === 'object'
    ? '{' + Object.keys(value).sort().map(name => JSON.stringify(name) + ':' + canonical(value[name])).join(',') + '}'
    : JSON.stringify(value);

async function commit(salt, path, value) {
  const key = await crypto.subtle.importKey('raw', bytesOf(salt), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return base64Of(await crypto.subtle.sign('HMAC', key, utf8.encode(`claims-ledger/commitment/v1\n${path}\n${canonical(value)}`)));
}

async function commitAll(values, path, salts, erased) {
  const all = { ...erased };
  for (const [name, value] of Object.entries(values)) all[name] = await commit(salts[name], path + name, value);
  return all;
}

async function leafOf({ event, salts }) {
  const { data, stream, headers, ...envelope } = event;
  const commitments = { stream: await commit(salts.stream, '/stream', stream), fields: await commitAll(data, '/data/', salts.fields, salts.erased) };
  if (headers) commitments.headers = await commitAll(headers, '/headers/', salts.headers, salts.erasedHeaders);
  return canonical({ ...envelope, schema: headers ? 2 : 1, commitments });
}

// RFC 9162, section 2.1.3.2: computes the root from a leaf and its path. Null if the path does not fit.
async function rootOf(leaf, index, size, path) {
  let hash = await sha256(Uint8Array.of(0), utf8.encode(leaf)), node = BigInt(index), last = BigInt(size) - 1n;
  if (node > last) return null;
  for (const sibling of path) {
    if (last === 0n) return null;
    if (node % 2n === 1n || node === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash);
      while (node % 2n === 0n && node !== 0n) { node /= 2n; last /= 2n; }
    } else hash = await sha256(Uint8Array.of(1), hash, sibling);
    node /= 2n; last /= 2n;
  }
  return last === 0n ? base64Of(hash) : null;
}

async function isSigned(text, signatures, verifierKey) {
  const [, name, , material] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(verifierKey);
  const key = bytesOf(material);
  const id = (await sha256(utf8.encode(name + '\n'), key)).subarray(0, 4);
  const ed25519 = await crypto.subtle.importKey('raw', key.subarray(1), { name: 'Ed25519' }, false, ['verify']);
  for (const line of signatures.split('\n')) {
    const [mark, signer, base64] = line.split(' ');
    if (mark !== '—' || signer !== name) continue;
    const bytes = bytesOf(base64);
    if (id.every((b, i) => b === bytes[i]) && await crypto.subtle.verify('Ed25519', ed25519, bytes.subarray(4), utf8.encode(text))) return true;
  }
  return false;
}

/** Checks a receipt. Returns each step as { text, good } and stops at the first step that is not good. */
export async function check(receipt, keys, position) {
  const steps = [];
  const step = (text, good) => { steps.push({ text, good }); return good; };
  const [head, ...rest] = receipt.split('\n\n');
  const [header, extra, index, ...path] = head.split('\n');
  if (!step('The receipt is a C2SP tlog-proof', header === 'c2sp.org/tlog-proof@v1')) return steps;
  const content = parse(new TextDecoder().decode(bytesOf(extra.slice('extra '.length))));
  if (!step(`It is of the event at position ${position}: ${content.event.type.replaceAll('_', ' ')}`,
    content.event.position === position && index === `index ${position - 1}`)) return steps;
  const leaf = await leafOf(content);
  step(`The leaf is computed from the event and its salts: ${base64Of(await sha256(Uint8Array.of(0), utf8.encode(leaf)))}`, true);
  const note = rest.join('\n\n');
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end), signatures = note.slice(end + 1);
  const [origin, size, root] = text.split('\n');
  const found = await rootOf(leaf, position - 1, size, path.map(bytesOf));
  if (!step(found === root ? `The leaf and ${path.length} hashes lead to the root of the tree of ${size} events: ${root}`
    : 'The leaf is not in the signed tree: the event is not the one that was recorded', found === root)) return steps;
  const signed = (await Promise.all(keys.map(key => isSigned(text, signatures, key)))).some(Boolean);
  step(signed ? `The head of the tree is signed by ${origin}` : 'The head of the tree is not signed by this log', signed);
  return steps;
}

function place() {
  for (const span of document.querySelectorAll('.verify:empty')) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Verify in this browser' });
    button.addEventListener('click', () => run(span));
    span.append(button);
  }
}

async function run(span) {
  span.querySelector('.steps')?.remove();
  const list = document.createElement('ol');
  list.className = 'steps';
  list.setAttribute('role', 'status');
  span.append(list);
  const show = ({ text, good }) => list.append(Object.assign(document.createElement('li'), { textContent: text, className: good ? 'good' : 'bad' }));
  try {
    const position = Number(span.dataset.position);
    const [receipt, keys] = await Promise.all([`/v1/proofs/${position}`, '/log/key'].map(async path => {
      const response = await fetch(path, { headers: { Accept: 'text/plain' } });
      if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
      return response.text();
    }));
    const steps = await check(receipt, keys.trim().split('\n'), position);
    steps.forEach(show);
    const good = steps.every(s => s.good);
    show({ text: good ? 'Verified: this event is as it was signed' : 'NOT verified', good });
    list.dataset.verdict = good ? 'good' : 'bad';
  } catch (error) {
    show({ text: `Could not be checked: ${error.message}`, good: false });
    list.dataset.verdict = 'bad';
  }
}

place();
document.addEventListener('ledger:shown', place);
