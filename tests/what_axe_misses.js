/* What has to be so on every page, and axe does not look at. Each function gives sentences about what is wrong. */
(() => {
  "use strict";
  const LEAST = 43.5; // 44 px, less what rounding takes
  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const said = (one) => `<${one.tagName.toLowerCase()}${one.id ? "#" + one.id : ""} ${one.className}> ` +
    `“${(one.innerText || one.name || one.value || "").trim().slice(0, 40)}”`;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
  const place = (one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return { left: left + scrollX, top: top + scrollY, right: right + scrollX, bottom: bottom + scrollY };
  };

  function namesAndGroups() {
    const found = all("[aria-describedby], [aria-labelledby]").flatMap((one) =>
      ["aria-describedby", "aria-labelledby"].flatMap((name) => (one.getAttribute(name) || "").split(/\s+/))
        .filter((id) => id && !document.getElementById(id)).map((id) => `nothing has the id ${id}: ${said(one)}`));
    all("fieldset").filter((one) => !one.querySelector(":scope > legend")?.innerText.trim())
      .forEach((one) => found.push(`a group without a legend: ${said(one)}`));
    all("input[type=radio]").filter((one) => !one.closest("fieldset, [role=radiogroup]"))
      .forEach((one) => found.push(`a choice outside of a group: ${said(one)}`));
    if (all("h1").length !== 1) found.push(`${all("h1").length} first headings`);
    return found;
  }

  function tooWide() {
    const beyond = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return beyond > 0 ? [`${beyond} pixels to scroll sideways`] : [];
  }

  /* A link in running text is as high as its line: WCAG leaves it out, and so do we. */
  function inRunningText(one) {
    if (one.tagName !== "A" || getComputedStyle(one).display !== "inline") return false;
    let block = one.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.innerText.replace(one.innerText, "").replace(/[\s.,:;–·]/g, "").length > 0;
  }

  /* The target of a tick is all that ticks: the control and its labels, as far as they lie on each other. */
  function target(one) {
    const parts = [one, ...(/^(checkbox|radio)$/.test(one.type) ? one.labels : [])].map(place);
    return {
      width: Math.max(...parts.map((p) => p.right)) - Math.min(...parts.map((p) => p.left)),
      height: Math.max(...parts.map((p) => p.bottom)) - Math.min(...parts.map((p) => p.top)),
    };
  }

  function smallTargets() {
    return all(STOPS).filter((one) => shown(one) && !one.closest(".skip") && !inRunningText(one))
      .map((one) => [one, target(one)]).filter(([, { width, height }]) => Math.min(width, height) < LEAST)
      .map(([one, { width, height }]) => `a target of ${Math.round(width)} × ${Math.round(height)}: ${said(one)}`);
  }

  /* --- Going through the page with the Tab key ----------------------------------------------------------------- */
  const LOOKS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopWidth", "borderTopColor"];
  const look = (one) => [one, ...(one.labels || [])].flatMap((part) => [null, "::before"].map((pseudo) => {
    const style = getComputedStyle(part, pseudo);
    return style.outlineStyle === "none" ? "" : LOOKS.map((name) => style[name]).join(" ");
  })).join("|");
  const walk = { before: new Map(), stops: [], found: [] };

  function begin() {
    if (document.activeElement) document.activeElement.blur();
    getSelection().removeAllRanges();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    walk.stops = [];
    walk.found = [];
    walk.before = new Map(all(STOPS).map((one) => [one, look(one)]));
  }

  /* After each press of Tab; false once it left the page. */
  function step() {
    const one = document.activeElement;
    if (one === walk.stops.at(-1)) return true; // within the parts of a date
    if (!one || one === document.body || walk.stops.includes(one)) return false;
    const last = walk.stops.at(-1), here = place(one);
    if (last && !(last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING))
      walk.found.push(`comes too late: ${said(one)}`);
    if (last && !last.closest(".skip")) {
      const there = place(last);
      if (here.bottom <= there.top + 1 || (here.top < there.bottom - 4 && there.top < here.bottom - 4 &&
        here.right <= there.left)) walk.found.push(`lies before ${said(last)}: ${said(one)}`);
    }
    if (walk.before.get(one) === look(one)) walk.found.push(`looks the same in focus: ${said(one)}`);
    const seen = one.getBoundingClientRect();
    if (seen.bottom <= 0 || seen.top >= innerHeight || seen.width < 2) walk.found.push(`out of sight: ${said(one)}`);
    walk.stops.push(one);
    return true;
  }

  function end() {
    all(STOPS).filter((one) => shown(one) && !one.disabled && !walk.stops.includes(one)).forEach((one) => {
      if (one.type === "radio" && walk.stops.some((stop) => stop.type === "radio" && stop.name === one.name)) return;
      walk.found.push(`Tab does not reach ${said(one)}`);
    });
    return { found: walk.found, stops: walk.stops.length };
  }

  window.looking = { namesAndGroups, tooWide, smallTargets, begin, step, end };
})();
