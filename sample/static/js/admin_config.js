// Trap: the token is read from the cookie, so the cookie must keep its name and stay readable by scripts.
const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const form = document.querySelector("form#alerts");
const outcome = document.querySelector("#outcome");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "X-CSRFToken": cookie("csrftoken") ?? "" },
    body: new FormData(form),
  });
  outcome.textContent = answer.ok ? "Enregistré." : `Échec de l'enregistrement (${answer.status}).`;
});
