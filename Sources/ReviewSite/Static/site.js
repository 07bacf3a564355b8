// The one script that pages load. What a page holds decides what is brought to life on it.

let living = [];

async function begin(arrived) {
    const page = document.querySelector('#main');
    if (page.querySelector('answer-player, a[rel="next"], a[rel="prev"]')) {
        const {Review} = await import('./review.js');
        living.push(new Review(page, {arrived}));
    }
    if (page.querySelector('[data-storyboard]')) {
        const {Wall} = await import('./wall.js');
        living.push(new Wall(page));
    }
    // The server never sees a fragment, such as the moment of an answer: the browser carries it to the sign-in, and the form on from there.
    const target = page.querySelector('form[action="/sign-in"] [name="return_to"]');
    if (target && location.hash && !target.value.includes('#')) target.value += location.hash;
    document.documentElement.dataset.ready = 'yes';
}

document.addEventListener('dailies:leave', () => {
    for (const part of living) part.end();
    living = [];
    delete document.documentElement.dataset.ready;
});
document.addEventListener('dailies:arrive', () => begin(true));
begin(false);
