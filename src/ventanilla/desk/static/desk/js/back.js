// The page that says "back in a moment": asks until the server can answer, then shows the real one.
const ASK_EVERY = 5_000;

setInterval(async () => {
  const answer = await fetch(location.href).catch(() => null); // not even a web server: ask on
  if (answer?.ok) location.reload();
}, ASK_EVERY);
