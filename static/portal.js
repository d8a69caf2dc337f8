/* Small comforts. Every page works the same without them. */
(function () {
  "use strict";

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

  // A message that is not sent yet is kept while nobody does anything.
  var writing = document.querySelector("form[data-keeps]");
  function keep() {
    var box = writing && writing.querySelector("textarea");
    if (!box || box.value === box.defaultValue) return;
    var token = writing.querySelector("[name=csrfmiddlewaretoken]");
    var body = new URLSearchParams({ csrfmiddlewaretoken: token.value, message: box.value });
    fetch(writing.dataset.keeps, { method: "POST", body: body, keepalive: true }).catch(function () {});
  }
  if (writing) {
    writing.addEventListener("submit", function () {
      writing = null;
    });
    document.addEventListener("visibilitychange", function () {
      if (document.hidden) keep();
    });
  }

  // Five minutes before a page closes it asks whether somebody is still there. Other tabs count, too.
  var asking = document.querySelector("dialog[data-seconds]");
  if (asking) {
    var END = "primevox-end", FIVE = 300000, end, asked = 0, saved = 0;
    var lasts = function (seconds) {
      end = Date.now() + seconds * 1000;
      try {
        localStorage.setItem(END, end);
      } catch (_) {}
    };
    var latest = function () {
      try {
        return Math.max(end, localStorage.getItem(END));
      } catch (_) {
        return end;
      }
    };
    var leave = function () {
      location.replace(asking.dataset.then);
    };
    var look = function () {
      var left = latest() - Date.now();
      if (left <= 0) return leave();
      if (left > FIVE) return asking.open && asking.close();
      if (left < 20000 && saved !== end) {
        saved = end;
        keep();
      }
      if (latest() - asked < 60000) return;
      asked = latest();
      keep();
      asking.showModal();
    };
    lasts(asking.dataset.seconds);
    setInterval(look, 2000);
    asking.querySelector("form").addEventListener("submit", function (event) {
      event.preventDefault();
      var form = event.target;
      fetch(form.action, { method: "POST", body: new FormData(form) })
        .then(function (answer) {
          if (!answer.ok) throw answer;
          return answer.json();
        })
        .then(function (given) {
          lasts(given.seconds);
          document.querySelector("[data-end]").textContent = given.until;
          asking.close();
        })
        .catch(leave);
    });
  }

  // What is typed while asking comes along into the other language; it waits in this tab for the next page alone.
  var TYPED = "primevox-typed";
  var questions = location.pathname.indexOf("/ask/") >= 0 && document.querySelector("main form[method=post]");
  function fields() {
    return Array.from(questions.elements).filter(function (one) {
      return one.name && !/^(hidden|file|submit|button)$/.test(one.type);
    });
  }
  function isTick(one) {
    return one.type === "checkbox" || one.type === "radio";
  }
  function carry(event) {
    var link = questions && event.target.closest(".languages a");
    if (!link) return;
    var typed = fields().map(function (one) { return [one.name, isTick(one) ? one.checked : one.value]; });
    try {
      sessionStorage.setItem(TYPED, JSON.stringify([link.pathname, typed]));
    } catch (_) {}
  }
  function unpack() {
    var brought = JSON.parse(sessionStorage.getItem(TYPED));
    sessionStorage.removeItem(TYPED);
    if (!questions || !brought || brought[0] !== location.pathname) return;
    fields().forEach(function (one, at) {
      var typed = brought[1][at];
      if (!typed || typed[0] !== one.name) return;
      if (isTick(one)) one.checked = typed[1];
      else one.value = typed[1];
    });
  }
  document.addEventListener("click", carry);
  try {
    unpack();
  } catch (_) {}

  // Whoever comes back to a page may send it again at once.
  window.addEventListener("pageshow", function () {
    sent = new WeakMap();
  });
})();
