// Building what the page's HTML does not have, without any text being read as markup.

export function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [property, value] of Object.entries(properties)) {
        if (property in made && !property.startsWith('aria')) made[property] = value;
        else made.setAttribute(property, value);
    }
    made.append(...children);
    return made;
}

const paths = {
    play: 'M7 4.5v15l12-7.5z',
    pause: 'M6.5 5h4v14h-4zM13.5 5h4v14h-4z',
    again: 'M12 5V1.8L7 6l5 4.2V7a5.5 5.5 0 1 1-5.5 5.5h-2A7.5 7.5 0 1 0 12 5z',
    sound: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM14.5 8.2a5 5 0 0 1 0 7.6M16.8 5.6a8.5 8.5 0 0 1 0 12.8',
    muted: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9.5l5 5M20.5 9.5l-5 5',
    full: 'M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15',
    captions: 'M3.5 6h17v12h-17zM10.5 10.5a2 2 0 1 0 0 3M17 10.5a2 2 0 1 0 0 3',
    link: 'M9.5 14.5l5-5M11 7.5l2-2a3.9 3.9 0 0 1 5.5 5.5l-2 2M13 16.5l-2 2A3.9 3.9 0 0 1 5.5 13l2-2',
};
const filled = new Set(['play', 'pause', 'again']);

export function icon(name) {
    const space = 'http://www.w3.org/2000/svg';
    const drawing = document.createElementNS(space, 'svg'), path = document.createElementNS(space, 'path');
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.setAttribute('aria-hidden', 'true');
    drawing.setAttribute('class', filled.has(name) ? 'icon icon-filled' : 'icon');
    path.setAttribute('d', paths[name]);
    drawing.append(path);
    return drawing;
}

/** A button with a drawing; its name is what is spoken and what hovering shows. */
export function iconButton(drawing, name, pressed) {
    const button = element('button', {type: 'button', className: 'control', title: name, 'aria-label': name}, icon(drawing));
    button.addEventListener('click', pressed);
    return button;
}

export function relabel(button, drawing, name) {
    if (button.title === name) return;
    button.title = name;
    button.setAttribute('aria-label', name);
    button.replaceChildren(icon(drawing));
}
