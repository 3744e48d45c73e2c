// Elements made and found.

export const byId = (id) => document.getElementById(id);

// An element with attributes (functions listen: onclick) and children, which are text or elements.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// A copy of a template.
export const copyOf = (id) => byId(id).content.firstElementChild.cloneNode(true);

// A button that saves what `data()` gives, under a name.
export function saving(name, data, type, label) {
  const save = () => {
    const href = URL.createObjectURL(new Blob([data()], { type }));
    const link = make("a", { href, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return make("button", { type: "button", class: "save", onclick: save }, label);
}
