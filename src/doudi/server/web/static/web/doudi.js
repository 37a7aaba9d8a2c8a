// What every page does beyond HTML. All of it works without this file, a little less comfortably.
(function () {
  "use strict";
  const english = document.documentElement.lang === "en";
  const say = (zh, en) => (english ? en : zh);

  function tell(text, link) {
    const told = document.getElementById("told");
    if (!told) return;
    told.textContent = "";
    const box = document.createElement("div");
    box.className = "notice bad";
    box.textContent = text + " ";
    if (link) {
      const a = document.createElement("a");
      a.href = link.href;
      a.target = "_blank";
      a.rel = "noopener";
      a.textContent = link.text;
      box.append(a);
    }
    told.append(box);
    box.scrollIntoView({ block: "nearest" });
  }

  const noNetwork = () =>
    tell(say("现在没有网络。您填写的内容还在，网络恢复后再提交一次。", "There is no network now. What you typed is still here; send it again when the network is back."));

  // A form is sent once however often its button is pressed; back in the page it can be sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine === false) {
      event.preventDefault();
      noNetwork();
      return;
    }
    if (form.method === "post" && !event.defaultPrevented) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
      setTimeout(() => form.querySelectorAll("button").forEach((b) => b.setAttribute("aria-disabled", "true")), 0);
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((b) => b.removeAttribute("aria-disabled"));
    });
  });

  // On a narrow screen the bar of main pages moves sideways: begin where the reader is.
  const here = document.querySelector(".doors [aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").clientWidth / 2;

  // Answers to parts of a page that did not come, or said no.
  document.addEventListener("htmx:sendError", noNetwork);
  document.addEventListener("htmx:timeout", noNetwork);
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const form = event.detail.elt.closest("form");
    if (form) delete form.dataset.sent;
    if (answer.status === 401) {
      tell(say("登录已过期，您填写的内容还在这一页。", "Your session has ended; what you typed is still on this page."),
        { href: "/sign-in", text: say("在新窗口登录，再回到这里继续", "Sign in in a new window, then go on here") });
    } else {
      tell(answer.getResponseHeader("Doudi-Told") ? decodeURIComponent(answer.getResponseHeader("Doudi-Told"))
        : say("没有办成，请再试一次。", "Not done; please try again."));
    }
  });

  // One box that ticks all others of its form: data-all="name of the others".
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.all;
    if (name) event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`).forEach((b) => { b.checked = event.target.checked; });
    if (event.target.dataset && "go" in event.target.dataset) event.target.form.requestSubmit();
  });

  // Paper: data-print on a button.
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("[data-print]")) window.print();
  });
  window.addEventListener("beforeprint", () => document.querySelectorAll("details:not(.help)").forEach((d) => { if (!d.open) { d.dataset.closed = "1"; d.open = true; } }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details[data-closed]").forEach((d) => { d.open = false; delete d.dataset.closed; }));
})();
