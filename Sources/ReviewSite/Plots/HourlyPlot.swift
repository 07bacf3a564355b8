/// Counts over time as bars, the oldest first, with the highest written beside the axis and the times below it.
struct HourlyPlot {
    struct Bar {
        var count: Int
        /// Of `count`, what is drawn in the colour of faults.
        var failed = 0
    }

    var label: String
    var bars: [Bar]
    /// What stands below the first and the last bar.
    var first = ""
    var last = ""

    private static let (width, height, left) = (720, 120, 34)

    var svg: String {
        let highest = max(1, bars.map(\.count).max() ?? 0)
        let step = Double(Self.width - Self.left) / Double(max(1, bars.count))
        var (all, failed) = ("", "")
        for (at, bar) in bars.enumerated() {
            let x = (Double(Self.left) + Double(at) * step).inTenths
            let wide = max(1, step - 2).inTenths
            all += Self.column(x, wide, bar.count - bar.failed, above: bar.failed, highest)
            failed += Self.column(x, wide, bar.failed, above: 0, highest)
        }
        return """
            <svg class="plot plot-wide" viewBox="0 0 \(Self.width) \(Self.height + 20)" role="img" aria-label="\(Markup.escaped(label))">\
            <path class="grid" d="M\(Self.left) .5H\(Self.width)M\(Self.left) \(Self.height / 2).5H\(Self.width)"/>\
            <path class="bar" d="\(all)"/><path class="bar-fault" d="\(failed)"/><path class="axis" d="M\(Self.left) \(Self.height).5H\(Self.width)"/>\
            <text x="\(Self.left - 6)" y="11" text-anchor="end">\(highest)</text><text x="\(Self.left - 6)" y="\(Self.height)" text-anchor="end">0</text>\
            <text x="\(Self.left)" y="\(Self.height + 16)">\(Markup.escaped(first))</text>\
            <text x="\(Self.width)" y="\(Self.height + 16)" text-anchor="end">\(Markup.escaped(last))</text></svg>
            """
    }

    private static func column(_ x: String, _ wide: String, _ count: Int, above below: Int, _ highest: Int) -> String {
        guard count > 0 else { return "" }
        let foot = height - height * below / highest
        let tall = max(1, height * count / highest)
        return "M\(x) \(foot)v-\(tall)h\(wide)v\(tall)z"
    }
}

extension Double {
    /// With one digit after the point where it needs one: a thousand of these stand in a page.
    fileprivate var inTenths: String {
        let tenths = (self * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
