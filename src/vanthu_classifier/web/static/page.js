// Conveniences only: every page works without this file.
"use strict";

(() => {
  const english = () => document.documentElement.lang === "en";

  // Enter answers; Shift+Enter begins a line.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "trich_yeu") return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // The answer comes into the page that is open, so that what was typed stays where it is.
  let asked = 0;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.hasAttribute("data-ask") || (button && button.name === "lang")) return;
    event.preventDefault();
    const mine = ++asked;
    const busy = button || form.querySelector("button");
    busy.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, button));
      const response = await fetch(form.getAttribute("action"), { method: "POST", body, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const answer = page.getElementById("tra-loi");
      if (mine !== asked) return;
      if (!answer) {
        form.removeAttribute("data-ask");
        form.requestSubmit(button);
        return;
      }
      show(page, form.id === "hoi");
    } catch {
      tell(english() ? "The server does not answer. Please try again." : "Máy chủ không trả lời. Xin thử lại.");
    } finally {
      busy.removeAttribute("aria-busy");
    }
  });

  function show(page, fromQuestion) {
    const answer = page.getElementById("tra-loi");
    const status = answer.querySelector("#loan-bao");
    const words = status.textContent;
    const here = document.getElementById("tra-loi");
    status.replaceWith(document.getElementById("loan-bao")); // the live region stays; only what it says changes
    here.replaceChildren(...answer.childNodes);
    if (fromQuestion) faults(page.getElementById("hoi"));
    document.title = page.title;
    language(page);
    document.getElementById("loan-bao").textContent = words;
    const sheet = here.querySelector(".sheet");
    if (sheet) sheet.classList.add("fresh");
    const fault = document.querySelector("[aria-invalid]");
    if (fault) fault.focus();
    else if (sheet && here.getBoundingClientRect().top > window.innerHeight * 0.6) here.scrollIntoView({ block: "start" });
  }

  // Messages beside the fields, without touching what was typed.
  function faults(fresh) {
    const form = document.getElementById("hoi");
    form.querySelectorAll(".error").forEach((error) => error.remove());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    fresh.querySelectorAll(".error").forEach((error) => {
      const field = document.getElementById(error.id.replace("loi-", ""));
      if (!field) return;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", fresh.querySelector("#" + field.id).getAttribute("aria-describedby"));
      field.closest(".field").append(error);
      const more = field.closest("details");
      if (more) more.open = true;
    });
  }

  // After an answer the switch of language asks again instead of leaving.
  function language(page) {
    const here = document.querySelector(".tools .plain");
    const fresh = page.querySelector(".tools .plain");
    if (here && fresh) here.replaceWith(fresh);
  }

  function tell(words) {
    const place = document.getElementById("loan-bao");
    place.textContent = words;
    place.classList.remove("unseen");
    place.classList.add("warning");
  }

  // Progress of an upload.
  async function refresh() {
    const job = document.getElementById("ho-so");
    if (!job || !job.dataset.refresh) return;
    try {
      const response = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("ho-so");
      if (!fresh) return location.reload();
      const status = job.querySelector("[role=status]");
      const words = fresh.querySelector("[role=status]");
      if (!fresh.dataset.refresh || !status || !words) {
        job.replaceWith(fresh);
      } else {
        if (status.textContent !== words.textContent) status.textContent = words.textContent;
        const [bar, now] = [job.querySelector("progress"), fresh.querySelector("progress")];
        if (bar && now) [bar.max, bar.value] = [now.max, now.value];
        else if (now) status.after(now);
      }
    } catch {
      // the server may be back next time
    }
    setTimeout(refresh, Number(job.dataset.refresh));
  }
  setTimeout(refresh, 800);
})();
