/// Amounts over time as bars, the oldest first. The plot stretches to the available width, so its text is in the HTML beside it.
struct BarsOverTime {
    /// Read aloud by screen readers.
    var label: String
    /// None is negative.
    var values: [Double]
    /// Whether it counts something that should not happen.
    var isFault = false

    private static let (width, height) = (480.0, 100.0)

    var svg: String {
        let highest = max(values.max() ?? 0, .leastNormalMagnitude)
        let step = Self.width / Double(max(1, values.count))
        var path = ""
        for (at, value) in values.enumerated() where value > 0 {
            // Every amount above 0 is visible.
            let tall = max(2, value / highest * (Self.height - 2))
            path += "M\((Double(at) * step).inTenths) \(Int(Self.height))v-\(tall.inTenths)h\((step - 1.5).inTenths)v\(tall.inTenths)z"
        }
        return """
            <svg class="plot" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" preserveAspectRatio="none" role="img" \
            aria-label="\(Markup.escaped(label))"><path class="grid" d="M0 1h480M0 50h480"/><path class="\(isFault ? "bar-fault" : "bar")" d="\(path)"/>\
            <path class="axis" d="M0 100h480"/></svg>
            """
    }
}

extension Double {
    /// With one digit after the point if needed.
    fileprivate var inTenths: String {
        let tenths = (self * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
