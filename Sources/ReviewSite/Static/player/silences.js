// Which silences are skipped, and what that saves. Times are seconds.

/** What stays audible around speech, so that no word is cut and pauses stay pauses. */
const padding = 0.3;
/** A jump that saves less than this disturbs more than it helps. */
const shortest = 0.4;

/** The stretches that playing leaves out. `silences` are [from, to] in milliseconds, as the report has them. */
export function skips(silences, duration) {
    return silences
        .map(([from, to]) => [from / 1000, Math.min(to / 1000, duration)])
        // Before the first and after the last word there is nothing to keep a distance from.
        .map(([from, to]) => [from <= 0.05 ? 0 : from + padding, to >= duration - 0.05 ? duration : to - padding])
        .filter(([from, to]) => to - from >= shortest);
}

export function saved(skips) {
    return skips.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** Where to go on from `time`: the end of the stretch that it lies in, or null. */
export function exit(skips, time) {
    const inside = skips.find(([from, to]) => time >= from && time < to - 0.05);
    return inside ? inside[1] : null;
}
