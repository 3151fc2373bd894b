/* Before the first paint: the reader's choice of light or dark, if one was made. */
(function () {
  try {
    var theme = localStorage.getItem("almanac-theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch (refused) { /* no storage: the system's preference stands */ }
})();
