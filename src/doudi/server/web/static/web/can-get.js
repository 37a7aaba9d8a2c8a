// What a family answered stays in the page and in the part of the address after "#", which no browser sends to a server.
(function () {
  "use strict";
  const page = document.querySelector(".asking");
  if (!page) return;
  const english = document.documentElement.lang === "en";
  const started = document.querySelector("form[data-start]");

  function send(answers, act) {
    const form = started || document.querySelector(".asking form");
    if (!form) return;
    const own = document.createElement("form");
    own.method = "post";
    own.action = "/can-get";
    const fields = { csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, answers: answers, act: act };
    Object.keys(fields).forEach((name) => {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = fields[name];
      own.append(input);
    });
    document.body.append(own);
    own.submit();
  }

  // A link that somebody shared, or a page that the browser went back to: "#a=" the answer, "#q=" the next question.
  const told = location.hash.slice(1);
  if (started && told) {
    const what = told.slice(0, 2);
    send(told.slice(2), what === "q=" ? "next" : "result");
    return;
  }

  // The address of this page holds what was said so far, so that going back or reading the page again loses nothing.
  if (page.dataset.answers !== undefined) {
    const kind = page.dataset.link === undefined ? "q=" : "a=";
    history.replaceState(null, "", "/can-get#" + kind + page.dataset.answers);
  }

  const share = document.querySelector("[data-share]");
  if (share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      const link = location.origin + "/can-get#a=" + page.dataset.link;
      const out = document.querySelector("[data-shared]");
      const shown = () => {
        out.textContent = "";
        const box = document.createElement("input");
        box.readOnly = true;
        box.value = link;
        box.setAttribute("aria-label", english ? "Link" : "链接");
        out.append(box);
        box.select();
      };
      if (navigator.clipboard) {
        navigator.clipboard.writeText(link).then(() => { out.textContent = english ? "Copied." : "已复制。"; }, shown);
      } else {
        shown();
      }
    });
  }

  // "None" and the others exclude each other; an amount that is written ticks its kind.
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.form;
    if (!form || box.type !== "checkbox") return;
    if (box.name === "none" && box.checked) form.querySelectorAll("input[name=who], input[name=k], input[name=unsure]").forEach((b) => { b.checked = false; });
    if ((box.name === "who" || box.name === "k") && box.checked && form.elements.none) form.elements.none.checked = false;
  });
  document.addEventListener("input", (event) => {
    const kind = event.target.closest && event.target.closest(".kind");
    if (!kind || event.target.type === "checkbox" || !event.target.value) return;
    kind.querySelector("input[type=checkbox]").checked = true;
    if (event.target.form.elements.none) event.target.form.elements.none.checked = false;
  });
})();
