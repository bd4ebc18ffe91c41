/** An element with attributes and children. Strings become text, whatever they hold: never markup. */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
        if (value !== null) {
            made.setAttribute(attribute, value);
        }
    }
    made.append(...children);
    return made;
}

/** Text from the API: in its own direction, so that a name from right to left does not turn its neighbours around. */
export function foreignText(text) {
    return element("bdi", {}, String(text ?? ""));
}

/** A button that is no submit button. */
export function button(label, onClick) {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", onClick);
    return made;
}
