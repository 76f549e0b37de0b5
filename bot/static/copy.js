// A button that copies the text it names. Without a secure address browsers give no clipboard to
// scripts; there the text is selected and copied as by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const told = document.getElementById("copied");
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(text);
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text.textContent);
      else if (!document.execCommand("copy")) return;
    } catch {
      return; // it stays selected
    }
    told.textContent = told.dataset.words;
    button.textContent = told.dataset.words;
    setTimeout(() => { button.textContent = label; told.textContent = ""; }, 2000);
  });
}
