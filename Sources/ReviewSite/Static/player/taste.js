// Taste, not data: how fast, whether silence is skipped, whether keys work. A browser that keeps nothing loses nothing else.

export function remembered(name, otherwise) {
    try { return localStorage.getItem(`dailies-${name}`) ?? otherwise; } catch { return otherwise; }
}

export function remember(name, value) {
    try { localStorage.setItem(`dailies-${name}`, value); } catch { /* Private windows may refuse. */ }
}
