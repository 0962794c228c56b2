// What scrolls has to be reachable by keyboard. The theme sees to code and tables; formulas are ours.
function reachFormulas() {
  for (const formula of document.querySelectorAll("div.formula")) {
    formula.tabIndex = formula.scrollWidth > formula.clientWidth ? 0 : -1;
  }
}

window.addEventListener("load", reachFormulas);
window.addEventListener("resize", reachFormulas);

// Paper is light: in the dark theme the print would be pale letters without their dark ground.
let themeOnScreen = "";

window.addEventListener("beforeprint", () => {
  themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});

window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = themeOnScreen;
});
