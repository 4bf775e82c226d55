// What is dropped on a composer or pasted into it: pictures go into the text, other files beside it.
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

export function receive(composer) {
  const { form } = composer;
  const carriesFiles = ({ dataTransfer }) => dataTransfer.types.includes("Files");

  composer.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-drop");
  });
  composer.addEventListener("dragleave", (event) => {
    if (!composer.contains(event.relatedTarget)) form.classList.remove("is-drop");
  });
  composer.addEventListener("drop", (event) => {
    form.classList.remove("is-drop");
    take(event, event.dataTransfer);
  });
  composer.addEventListener("paste", (event) => {
    const onlyFiles = !event.clipboardData.types.includes("text/plain");
    if (onlyFiles) take(event, event.clipboardData);
  });

  function take(event, { files }) {
    if (!files.length) return;
    event.preventDefault();
    event.stopPropagation();
    for (const file of files) {
      if (PICTURE.test(file.type)) composer.insertPicture(file);
      else composer.addFile(file);
    }
  }
}
