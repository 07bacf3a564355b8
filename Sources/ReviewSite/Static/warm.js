// The next answer's video, loaded while this one is watched, so that it is there at once.

let waiting = null;

export function warm(url) {
    if (waiting?.url === url) return;
    waiting = null;
    if (!url) return;
    const video = document.createElement('video');
    video.preload = 'auto';
    video.src = url;
    waiting = {url, video};
}

/** Puts the video that was loaded ahead in the place of the one in `page` that would begin to load only now. */
export function adopt(page) {
    const cold = page.querySelector('answer-player video[src]');
    if (!waiting || !cold || cold.getAttribute('src') !== waiting.url) return;
    const {video} = waiting;
    waiting = null;
    for (const {name, value} of cold.attributes) if (name !== 'src') video.setAttribute(name, value);
    video.append(...cold.childNodes);
    cold.replaceWith(video);
}
