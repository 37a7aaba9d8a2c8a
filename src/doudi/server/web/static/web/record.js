// Facts stated where they stand: an opened question takes the focus, and gives it back when it is closed.
(function () {
  "use strict";
  let opener = null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches && event.detail.elt.matches("a[hx-get]")) opener = event.detail.elt;
  });

  // Only when it is settled: what is typed before then would not be seen.
  document.addEventListener("htmx:afterSettle", (event) => {
    const form = event.detail.target.querySelector && event.detail.target.querySelector("form.editor, form.inline");
    if (!form || !event.detail.target.classList.contains("slot")) return;
    const first = form.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  });

  function close(form) {
    const slot = form.closest(".slot");
    if (!slot) return;
    slot.textContent = "";
    if (opener && opener.isConnected) opener.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-close], [data-use], [data-unuse]");
    if (!button) return;
    if ("close" in button.dataset) close(button.form);
    // On the form of a new household: a row stands for somebody on record.
    const row = button.closest("fieldset.member");
    if (row && "use" in button.dataset) use(row, button.dataset.person, button.dataset.name);
    if (row && "unuse" in button.dataset) use(row, "", "");
  });

  function use(row, person, name) {
    const kept = row.querySelector("input[name$='-person']");
    const used = row.querySelector(".used");
    kept.value = person;
    used.hidden = !person;
    const link = used.querySelector("a");
    link.href = "/person/" + person;
    link.textContent = name || person;
    row.querySelector(".known-already").textContent = "";
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest(".slot form.editor");
    if (event.key === "Escape" && form) close(form);
  });
})();
