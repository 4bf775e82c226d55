// Requests of our own, with the token that the page carries.
export function token() {
  const headers = document.body.getAttribute("hx-headers:inherited");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

export function post(url, fields, options = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  return fetch(url, { method: "POST", body, headers, ...options });
}
