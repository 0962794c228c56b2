// What scrolls has to be reachable by keyboard. The theme sees to code and tables; formulas are ours.
function reachFormulas() {
  for (const formula of document.querySelectorAll("div.formula")) {
    formula.tabIndex = formula.scrollWidth > formula.clientWidth ? 0 : -1;
  }
}

window.addEventListener("load", reachFormulas);
window.addEventListener("resize", reachFormulas);
