/* Small comforts. Every page works the same without them. */
(function () {
  "use strict";

  // What went wrong is read out first.
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  // An impatient second press within five seconds sends nothing twice.
  var sent = new WeakMap();
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented || event.target.method !== "post") return;
    var now = Date.now();
    if (now - (sent.get(event.target) || 0) < 5000) event.preventDefault();
    else sent.set(event.target, now);
  });

  // A button for what the browser's own menu does too.
  document.querySelectorAll("[data-prints]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });

  // Whoever comes back to a page may send it again at once.
  window.addEventListener("pageshow", function () {
    sent = new WeakMap();
  });
})();
