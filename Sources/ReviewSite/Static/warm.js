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

/**
 * Takes `page` over from the document that it was parsed in, with the video that was loaded ahead in the place of the one that would begin
 * to load only now. That one never leaves this document, for a video that does begins anew.
 */
export function adopt(page) {
    const cold = page.querySelector('answer-player video[src]');
    if (!waiting || !cold || cold.getAttribute('src') !== waiting.url) return document.adoptNode(page);
    const {video} = waiting;
    waiting = null;
    cold.removeAttribute('src');
    document.adoptNode(page);
    for (const {name, value} of cold.attributes) if (name !== 'src') video.setAttribute(name, value);
    video.append(...cold.childNodes);
    cold.replaceWith(video);
    return page;
}
