// Files that go with a message: uploaded at once, with progress; their ids are posted with it.
import { token } from "./send.js";
import { size } from "./words.js";

export class Uploads {
  // place: where the files are shown; told(message): what went wrong; changed(): a file came or went
  constructor({ place, url, max, told, changed }) {
    Object.assign(this, { place, url, max, told, changed });
    this.running = 0;
  }

  // Resolves to what the server answered ({ id, name, size, url }), or null.
  async add(file, fields = {}) {
    if (file.size > this.max) {
      this.told("large", file.name);
      return null;
    }
    const shown = this.show(file);
    this.running += 1;
    const stored = await send(this.url, file, fields, shown);
    this.running -= 1;
    if (!stored) {
      if (shown.isConnected) this.told("failed", file.name);
      shown.remove();
      return null;
    }
    this.settle(shown, stored);
    this.changed();
    return stored;
  }

  show(file) {
    const shown = document.getElementById("vt-file").content.cloneNode(true).firstElementChild;
    shown.querySelector("[data-name]").textContent = file.name;
    shown.querySelector("[data-size]").textContent = size(file.size);
    this.place.append(shown);
    return shown;
  }

  settle(shown, { id, url, content_type: type }) {
    const field = Object.assign(document.createElement("input"), { type: "hidden" });
    Object.assign(field, { name: "attachments", value: id });
    shown.prepend(field);
    shown.querySelector("progress").remove();
    if (!type?.startsWith("image/") || !url) return;
    const picture = Object.assign(document.createElement("img"), { src: url, alt: "" });
    shown.querySelector(".thumb").replaceChildren(picture);
  }

  drop(shown) {
    const id = shown.querySelector("[name=attachments]")?.value;
    shown.request?.abort();
    shown.remove();
    if (!id) return;
    fetch(`${this.url}/${id}`, { method: "DELETE", headers: { "X-CSRFToken": token() } }).catch(
      () => {}, // it is swept away later: no message refers to it
    );
    this.changed();
  }
}

function send(url, file, fields, shown) {
  const body = new FormData();
  body.append("file", file, file.name);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    shown.request = request;
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      const bar = shown.querySelector("progress");
      if (bar) bar.value = (loaded / total) * 100;
    };
    request.onloadend = () => {
      resolve(request.status >= 200 && request.status < 300 ? request.response : null);
    };
    request.send(body);
  });
}
