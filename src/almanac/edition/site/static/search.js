/* Search over ALMANAC_INDEX: words match where a word begins, Chinese by pairs of characters. */
(function () {
  "use strict";
  var CHINESE = /[\u3400-\u9fff]+/g, LIMIT = 60, SVG = "http://www.w3.org/2000/svg";
  var query = document.getElementById("query"), list = document.getElementById("found");
  var count = document.getElementById("count");

  function plain(text) { return text.normalize("NFKC").toLowerCase(); }

  var entries = window.ALMANAC_INDEX.map(function (entry) {
    return {
      kind: entry[0], address: entry[1], title: entry[2], verdict: entry[4],
      head: plain(entry[2]), text: plain(entry[2] + " " + entry[3])
    };
  });

  function pairs(run) {
    if (run.length === 1) return [run];
    var found = [];
    for (var i = 0; i + 1 < run.length; i++) found.push(run.slice(i, i + 2));
    return found;
  }

  function terms(text) {
    var chinese = (text.match(CHINESE) || []).flatMap(pairs);
    var words = text.replace(CHINESE, " ").split(/[^\p{L}\p{N}%$.\-]+/u).filter(function (word) { return /[\p{L}\p{N}]/u.test(word); });
    return { words: words, pairs: chinese };
  }

  function begins(text, word) {
    for (var at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      if (at === 0 || !/[a-z0-9]/.test(text[at - 1]) || !/[a-z0-9]/.test(word[0])) return true;
    return false;
  }

  /* 0: not found. Every word must be there, and most pairs; a title counts more than what stands behind it. */
  function score(entry, wanted) {
    var points = 0, hits = 0;
    for (var i = 0; i < wanted.words.length; i++) {
      if (!begins(entry.text, wanted.words[i])) return 0;
      points += begins(entry.head, wanted.words[i]) ? 3 : 1;
    }
    wanted.pairs.forEach(function (pair) {
      if (!entry.text.includes(pair)) return;
      hits += 1;
      points += entry.head.includes(pair) ? 3 : 1;
    });
    if (wanted.pairs.length && hits < 0.6 * wanted.pairs.length) return 0;
    return points;
  }

  function glyph(verdict) {
    var mark = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
    mark.setAttribute("class", "glyph");
    mark.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#m-" + verdict);
    mark.append(use);
    return mark;
  }

  function item(entry) {
    var line = document.createElement("li"), link = document.createElement("a"), note = document.createElement("span");
    link.href = entry.address;
    link.textContent = entry.title;
    if (entry.verdict) {
      note.className = "verdict v-" + entry.verdict;
      note.append(glyph(entry.verdict), list.dataset[entry.verdict]);
    } else {
      note.className = "fine";
      note.textContent = list.dataset[entry.kind];
    }
    line.append(link, note);
    return line;
  }

  function search() {
    var wanted = terms(plain(query.value));
    var any = wanted.words.length + wanted.pairs.length > 0;
    var found = any ? entries.map(function (entry) { return { entry: entry, points: score(entry, wanted) }; })
      .filter(function (one) { return one.points > 0; })
      .sort(function (a, b) { return b.points - a.points; }) : [];
    list.replaceChildren.apply(list, found.slice(0, LIMIT).map(function (one) { return item(one.entry); }));
    count.textContent = !any ? "" : found.length ? count.dataset.found.replace("{n}", found.length) : count.dataset.none;
    history.replaceState(null, "", query.value ? "#" + encodeURIComponent(query.value) : "#");
  }

  function take() {
    query.value = decodeURIComponent(location.hash.slice(1));
    search();
  }

  query.addEventListener("input", search);
  addEventListener("hashchange", take);
  take();
  query.focus();
})();
