/// How often each score from 1 to 5 was given, as five small bars.
struct DistributionPlot {
    /// The counts of the scores 1, 2, 3, 4 and 5.
    var counts: [Int]

    private static let (width, height, gap) = (50, 22, 2)

    /// The label holds the numbers, and the same numbers are in the text beside the plot.
    var svg: String {
        let highest = max(1, counts.max() ?? 0)
        let step = Self.width / max(1, counts.count)
        var path = ""
        for (at, count) in counts.enumerated() where count > 0 {
            let bar = max(2, Self.height * count / highest)
            path += "M\(at * step) \(Self.height)v-\(bar)h\(step - Self.gap)v\(bar)z"
        }
        return """
            <svg class="plot" width="\(Self.width)" height="\(Self.height + 1)" viewBox="0 0 \(Self.width) \(Self.height + 1)" role="img" \
            aria-label="\(label)"><path class="bar" d="\(path)"/><path class="axis" d="M0 \(Self.height).5h\(Self.width - Self.gap)"/></svg>
            """
    }

    private var label: String {
        counts.enumerated().filter { $0.element > 0 }.map { "\($0.element) × \($0.offset + 1)" }.joined(separator: ", ")
    }
}
