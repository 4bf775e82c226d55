// A ticket on paper: first all of it is fetched and opened, then the browser prints. Loaded by
// Ctrl+P beside a conversation, and by its button.
const PATIENCE = 8_000; // milliseconds; what has not come by then says on paper that it is missing

export async function printAll() {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([Promise.all([unfold(), frames()]), late]);
  print();
}

// Each answer may end in a further fold.
async function unfold() {
  for (let fold; (fold = document.querySelector(".fold")); ) {
    await window.htmx.ajax("GET", fold.getAttribute("hx-get"), { source: fold, target: fold.parentElement, swap: "innerHTML" });
    if (fold.isConnected) return; // refused, or no connection
  }
  await frames();
}

// Mails in frames come when they are scrolled to: not on paper.
function frames() {
  const all = [...document.querySelectorAll(".mail-frame[loading=lazy]")];
  return Promise.all(
    all.map((frame) => {
      const { contentDocument: page } = frame;
      const there = page?.readyState === "complete" && page.URL !== "about:blank";
      const come = there || new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      frame.loading = "eager";
      return come;
    }),
  );
}
