/* Single keys at the desk, for whoever turned them on. A key presses, opens or focuses what bears it on the page
   (data-key), and nothing else: what somebody may do stays what the page lets them do. */
(function () {
  "use strict";
  var PAUSE = 1500; // within which a second key belongs to the one before it
  var COMES = 8000; // within which the next page is here, or does not come
  var TYPED_INTO = "select, textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";
  var help = document.getElementById("keys");
  var own = JSON.parse(help.dataset.own || "{}"), meant = {}; // keys that somebody changed, and what each stands for
  Object.keys(own).forEach(function (sign) { meant[own[sign]] = sign; });
  var leftAt = 0, before = "", beforeAt = 0;

  function bearers(key) {
    return Array.from(document.querySelectorAll("[data-key]")).filter(function (one) {
      return one.dataset.key === key && (one.checkVisibility() || one.closest("[data-keys-unfold]"));
    });
  }

  function controlIn(box) {
    return Array.from(box.querySelectorAll("textarea, select, input:not([type=hidden])")).find(function (one) {
      return one.checkVisibility() && !one.closest("[data-keys-pass-over]");
    });
  }

  function press(one) {
    if (one.matches("[data-key-focuses], h2")) return one.focus();
    var folded = one.closest("[data-keys-unfold]:not([open])");
    if (folded) folded.open = true;
    if (one.matches("a, button, input")) {
      one.click();
      return one.focus();
    }
    if (one.matches("form")) return one.querySelector("[type=submit]").click();
    if (one.matches("details")) one.open = true;
    (controlIn(one) || one.querySelector("summary, [type=submit]")).focus();
  }

  // A list of requests: its rows are walked by their links.
  function links() {
    return Array.from(document.querySelectorAll("#result_list tbody th a"));
  }

  function row() {
    return document.activeElement.closest("#result_list tbody tr");
  }

  function walk(by) {
    var all = links(), here = row();
    var at = here ? all.indexOf(here.querySelector("th a")) + by : by > 0 ? 0 : all.length - 1;
    if (all[at]) all[at].focus();
  }

  function tick() {
    var box = row() && row().querySelector(".action-select");
    if (box) box.click();
  }

  function passOn() {
    var choice = document.querySelector("select[name=action]");
    if (row() && !document.querySelector(".action-select:checked")) tick();
    if (!document.querySelector(".action-select:checked")) return choice.focus();
    choice.value = "pass_on";
    choice.form.querySelector("[name=index]").click();
  }

  function zoom(by) {
    var sizes = Array.from(document.querySelectorAll("[name=zoom]"));
    var wanted = sizes[sizes.findIndex(function (one) { return one.checked; }) + by];
    if (wanted) wanted.click();
  }

  var canPassOn = document.querySelector("select[name=action] [value=pass_on]");
  var OF_LISTS = {};
  if (links().length) OF_LISTS = { j: function () { walk(1); }, k: function () { walk(-1); } };
  if (document.querySelector(".action-select")) OF_LISTS.x = tick;
  if (canPassOn) OF_LISTS.a = passOn;
  if (document.getElementById("searchbar")) OF_LISTS["/"] = function () { document.getElementById("searchbar").focus(); };
  if (document.querySelector("[name=zoom]")) {
    OF_LISTS["+"] = function () { zoom(1); };
    OF_LISTS["-"] = function () { zoom(-1); };
  }

  // What this page knows, and nothing else.
  function show() {
    help.querySelectorAll("[data-says]").forEach(function (line) {
      var key = line.dataset.says, ofList = key.indexOf("list ") === 0 && OF_LISTS[key.slice(5)];
      line.hidden = !(ofList || bearers(key).length);
    });
    help.querySelectorAll("section").forEach(function (part) {
      part.hidden = !part.querySelector("[data-says]:not([hidden])");
    });
    help.showModal();
  }

  function isAtRest(one) {
    return !one || one === document.body || one.tabIndex < 0;
  }

  document.addEventListener("keydown", function (event) {
    var given = event.key, here = document.activeElement;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (Date.now() - leftAt < COMES) return;
    if (given.length > 1 && given !== "Enter") return;
    if (document.querySelector("dialog[open]") || (here && here.closest(TYPED_INTO))) return;
    if (given === "Enter" && !isAtRest(here)) return;
    if (event.repeat && given !== "j" && given !== "k") return;
    given = meant[given] || (given in own ? "" : given);
    if (!given) return;
    var key = before && Date.now() - beforeAt < PAUSE ? before + " " + given : given;
    before = "";
    var whole = bearers(key)[0];
    if (key === "?") show();
    else if (OF_LISTS[key]) OF_LISTS[key]();
    else if (whole) press(whole);
    else {
      var begins = Array.from(document.querySelectorAll("[data-key]")).some(function (one) {
        return one.dataset.key.indexOf(key + " ") === 0;
      });
      if (begins) {
        before = key;
        beforeAt = Date.now();
      }
      return;
    }
    event.preventDefault();
  });

  // A second press while the next page comes would be meant for that page.
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "dialog" && !event.defaultPrevented) leftAt = Date.now();
  });
  window.addEventListener("pageshow", function () { leftAt = 0; });

  document.querySelector("[data-key='?']").addEventListener("click", function (event) {
    event.preventDefault();
    show();
  });

  // Digits stand beside the choices that they take.
  document.querySelectorAll("input[data-key]").forEach(function (one) {
    var sign = document.createElement("kbd");
    sign.textContent = one.dataset.key;
    sign.setAttribute("aria-hidden", "true");
    if (one.labels && one.labels[0] && one.type === "radio") one.labels[0].append(" ", sign);
  });
})();
