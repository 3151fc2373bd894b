/* What pages do beyond being read: the theme, the way to the other language, filters, the search key, print. */
(function () {
  "use strict";
  var root = document.documentElement;

  function dark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  document.querySelectorAll("[data-theme-toggle]").forEach(function (button) {
    function show() { button.setAttribute("aria-pressed", String(dark())); }
    button.hidden = false;
    show();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    button.addEventListener("click", function () {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("almanac-theme", root.dataset.theme); } catch (refused) { /* for this page only */ }
      show();
    });
  });

  /* The language switch keeps the place: the fragment (on the search page the query), else the part being read. */
  function place() {
    if (location.hash || scrollY < 200) return location.hash;
    var above = Array.from(document.querySelectorAll("main [id]")).filter(function (part) {
      return part.getBoundingClientRect().top < innerHeight / 3;
    }).pop();
    return above ? "#" + above.id : "";
  }

  document.querySelectorAll("a[data-language]").forEach(function (link) {
    var address = link.getAttribute("href");
    link.addEventListener("click", function () { link.setAttribute("href", address + place()); });
  });

  document.addEventListener("keydown", function (event) {
    var typing = /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var query = document.getElementById("query"), link = document.querySelector("a[data-search]");
    if (query) { event.preventDefault(); query.focus(); }
    else if (link) { event.preventDefault(); location.href = link.href; }
  });

  var filter = document.querySelector("[data-filter]");
  if (filter) {
    var controls = filter.querySelectorAll("[data-by]"), count = filter.querySelector("[data-count]");
    var lines = Array.from(document.querySelectorAll("[data-claims] > li"));
    var words = lines.map(function (line) { return line.textContent.toLowerCase(); });
    var apply = function () {
      var wanted = {}, shown = 0;
      controls.forEach(function (control) { wanted[control.dataset.by] = control.value.trim().toLowerCase(); });
      lines.forEach(function (line, i) {
        var fits = (!wanted.chapter || line.dataset.chapter === wanted.chapter) &&
          (!wanted.verdict || line.dataset.verdict === wanted.verdict) &&
          wanted.words.split(/\s+/).every(function (word) { return words[i].includes(word); });
        line.hidden = !fits;
        shown += fits;
      });
      document.querySelectorAll("section.claim-group").forEach(function (group) {
        group.hidden = !group.querySelector("[data-claims] > li:not([hidden])");
      });
      count.textContent = count.dataset.count.replace("{n}", shown);
    };
    filter.hidden = false;
    filter.addEventListener("input", apply);
    apply();
  }

  /* A fragment may point into something folded. */
  function unfold() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();

  /* On paper nothing is folded but the long tables behind charts. */
  var folded = [];
  addEventListener("beforeprint", function () {
    folded = Array.from(document.querySelectorAll("main details:not([open]):not(.exhibit details)"));
    folded.forEach(function (part) { part.open = true; });
  });
  addEventListener("afterprint", function () { folded.forEach(function (part) { part.open = false; }); });
})();
