internal import Recordings

extension Span {
    /// The same stretches in order, with overlaps and neighbours joined.
    static func joined(_ spans: [Span]) -> [Span] {
        var result: [Span] = []
        for span in spans.sorted(by: { $0.fromMs < $1.fromMs }) {
            if let last = result.last, span.fromMs <= last.toMs {
                result[result.count - 1].toMs = max(last.toMs, span.toMs)
            } else {
                result.append(span)
            }
        }
        return result
    }

    /// What two ordered lists of stretches have in common.
    static func common(_ first: [Span], _ second: [Span]) -> [Span] {
        var result: [Span] = []
        var (a, b) = (0, 0)
        while a < first.count, b < second.count {
            let from = max(first[a].fromMs, second[b].fromMs)
            let to = min(first[a].toMs, second[b].toMs)
            if from < to { result.append(Span(fromMs: from, toMs: to)) }
            if first[a].toMs < second[b].toMs { a += 1 } else { b += 1 }
        }
        return result
    }
}
