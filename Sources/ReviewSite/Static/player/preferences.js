// Preferences of this browser, not data: speed, skipping of silence, keys. If the browser keeps nothing, nothing else is lost.

export function remembered(name, otherwise) {
    try { return localStorage.getItem(`dailies-${name}`) ?? otherwise; } catch { return otherwise; }
}

export function remember(name, value) {
    try { localStorage.setItem(`dailies-${name}`, value); } catch { /* Private windows may refuse. */ }
}
