(function () {
  "use strict";
  var root = document.documentElement;
  var button = document.getElementById("theme");
  var asked = new URLSearchParams(location.search).get("theme");
  function dark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function say() {
    button.textContent = dark() ? "Light" : "Dark";
    button.setAttribute("aria-label", dark() ? "Show in light colours" : "Show in dark colours");
  }
  if (asked === "dark" || asked === "light") {
    root.setAttribute("data-theme", asked);
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    root.setAttribute("data-theme", dark() ? "light" : "dark");
    say();
  });
  say();
})();
