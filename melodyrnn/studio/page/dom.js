// The small things that every view needs of the document.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id; an id that the page lacks is a mistake, and is named. */
export function id(name) {
  const found = document.getElementById(name);
  if (!found) throw new Error(`the page has no element "${name}"`);
  return found;
}

/** An HTML element; attributes that are functions listen, false or null ones are left out. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An icon of the sheet of symbols in the page. */
export function icon(name) {
  const picture = svg("svg", { class: "icon", "aria-hidden": "true" });
  picture.append(svg("use", { href: `#i-${name}` }));
  return picture;
}

/** Says something to those who do not see it happen. */
export function announce(words) {
  const region = id("announce");
  region.textContent = region.textContent === words ? `${words}\u00a0` : words;
}

/** Lets the browser save a file. */
export function save(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Calls at most once in `wait` milliseconds, with the last arguments. */
export function later(call, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...values), wait);
  };
}
