// While somebody writes a notice, this shows which words of an assertion it changes.
const wordsMax = 1500;
const words = text => text.match(/\s+|[^\s\p{P}]+|\p{P}/gu) ?? [];

// Compares two texts by their longest common subsequence of words, with the usual dynamic-programming table. Longer texts are compared only by the server.
function runs(before, after) {
  const a = words(before), b = words(after), table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const found = [];
  const add = (name, word) => {
    if (found.at(-1)?.name === name) found.at(-1).text += word;
    else found.push({ name, text: word });
  };
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { add("span", a[i++]); j++; }
    else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) add("del", a[i++]);
    else add("ins", b[j++]);
  }
  return found;
}

for (const place of document.querySelectorAll("[data-diff-of]")) {
  const input = document.getElementById(place.dataset.diffOf);
  const show = () => {
    const before = input.dataset.before, after = input.value.trim();
    place.hidden = before === after || words(before).length > wordsMax || words(after).length > wordsMax;
    place.replaceChildren(...(place.hidden ? [] : runs(before, after)).map(run => {
      const element = document.createElement(run.name);
      element.textContent = run.text;
      return element;
    }));
  };
  input.addEventListener("input", show);
  show();
}
