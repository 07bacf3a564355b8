import {adopt} from './warm.js';

// From answer to answer without loading everything anew: the next page is fetched, and its main part takes the place of this
// one's. Addresses, history and the pages themselves are those of the server; without this script links and forms do the same.

/** What goes wrong comes back as a page too, with a sentence in it. */
const asPage = {Accept: 'text/html'};
const place = () => location.pathname + location.search;
let shown = place();

/** Follows a link. */
export async function travel(address, {remember = true} = {}) {
    try {
        await arrive(await fetch(address, {headers: asPage}), remember);
    } catch {
        location.assign(address);
    }
}

/** Sends a form as the browser would, and returns the answer, which is the page that the server sent us on to. */
export function send(form, submitter, more = {}) {
    const fields = new URLSearchParams(new FormData(form, submitter));
    for (const [name, value] of Object.entries(more)) fields.set(name, value);
    return fetch(form.action, {method: 'POST', body: fields, headers: asPage});
}

/** Shows the page that came back. What is no page of ours, such as the sign-in after a session's end, is loaded as usual. */
export async function arrive(response, remember = true) {
    const page = parsed(await response.text()), there = page.querySelector('#main');
    if (!response.ok || !there) return location.assign(response.url);
    const main = adopt(there);
    document.dispatchEvent(new Event('dailies:leave'));
    document.title = page.title;
    document.body.className = page.body.className;
    if (remember) history.pushState(null, '', response.url);
    document.querySelector('#main').replaceWith(main);
    scrollTo(0, 0);
    main.focus({preventScroll: true});
    shown = place();
    document.dispatchEvent(new Event('dailies:arrive'));
}

export function parsed(text) {
    return new DOMParser().parseFromString(text, 'text/html');
}

/** The sentence that the server's error page gives. */
export async function problem(response) {
    return parsed(await response.text()).querySelector('#main .problem, #main p')?.textContent.trim() || 'That did not work. Load the page again.';
}

document.addEventListener('click', event => {
    const link = event.target.closest?.('a[data-travel]');
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    travel(link.href);
});
// Going back to another moment of the same answer is the player's affair.
window.addEventListener('popstate', () => { if (place() !== shown) travel(location.href, {remember: false}); });
