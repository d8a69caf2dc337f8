/* One case: what is typed is kept every few seconds, and who else is here is shown. The page works the same without. */
(function () {
  "use strict";
  var KEEP_EVERY = 5000, HERE_EVERY = 15000;
  var typedAt = 0, sending = false;

  function post(address, body, byItself) {
    var headers = { Accept: "application/json" };
    if (byItself) headers["X-By-Itself"] = "1";
    return fetch(address, { method: "POST", body: body, headers: headers, redirect: "error", credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error("refused");
        return answer.json();
      });
  }

  // Texts that are not sent yet.
  document.querySelectorAll("form[data-keeps]").forEach(function (form) {
    var changed = false, said = form.querySelector("[data-kept]");
    form.addEventListener("input", function () {
      changed = true;
      typedAt = Date.now();
    });
    setInterval(function () {
      if (!changed || sending) return;
      changed = false;
      var body = new FormData(form);
      Array.from(body.entries()).forEach(function (pair) {
        if (pair[1] instanceof File) body.delete(pair[0]);
      });
      post(form.dataset.keeps, body, false).then(
        function (answer) { said.textContent = answer.said; },
        function () { changed = true; }
      );
    }, KEEP_EVERY);
  });
  document.addEventListener("submit", function () { sending = true; });
  window.addEventListener("pageshow", function () { sending = false; });

  // Who else is here.
  var here = document.querySelector("form[data-here]");
  if (!here) return;
  var line = here.querySelector("[role=status]"), turn = 0;
  function tell() {
    if (document.hidden) return;
    var body = new FormData(here);
    if (Date.now() - typedAt < 2 * HERE_EVERY) body.append("writing", "1");
    post(here.action, body, true).then(
      function (answer) { if (line.textContent !== answer.said) line.textContent = answer.said; },
      function () { clearInterval(turn); }
    );
  }
  turn = setInterval(tell, HERE_EVERY);
  tell();
})();
