/// How much lower or higher a reviewer scores than the others: a dot on a line. The middle means "as the others do".
struct SeverityPlot {
    /// In points of the scale; negative is stricter.
    var difference: Double

    private static let (width, height, range) = (120.0, 16.0, 2.0)

    var svg: String {
        let middle = Self.width / 2
        let at = middle + max(-Self.range, min(Self.range, difference)) / Self.range * (middle - 6)
        return """
            <svg class="plot" width="120" height="16" viewBox="0 0 120 16" aria-hidden="true"><path class="grid" d="M0 8h120"/>\
            <path class="axis" d="M60 2v12"/><path class="spread" d="M60 8H\(at.rounded())"/><circle class="mean" cx="\(at.rounded())" cy="8" r="4"/></svg>
            """
    }
}
