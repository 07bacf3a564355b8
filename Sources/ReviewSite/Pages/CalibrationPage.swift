internal import FoundationEssentials
internal import Reviews

/// A comparison of how the reviewers of a role score, as far as the reviewer may see it.
struct CalibrationPage: Page {
    struct Rater {
        var reviewer: String
        var common: Int
        /// HTML; empty with too few common answers.
        var severityPlot: String
        var severity: String
        var agreement: String
    }

    static let template = "calibration"
    let title: String
    var role: String
    var roleTitle: String
    var enough = RaterCalibration.enough
    var hasRaters: Bool
    var raters: [Rater]

    init(_ calibration: RoleCalibration) {
        title = "Reviewers: \(calibration.role.title)"
        role = calibration.role.slug
        roleTitle = calibration.role.title
        hasRaters = !calibration.raters.isEmpty
        raters = calibration.raters.map(Rater.init)
    }
}

extension CalibrationPage.Rater {
    fileprivate init(_ rater: RaterCalibration) {
        reviewer = rater.name
        common = rater.common
        severityPlot = rater.severity.map { SeverityPlot(difference: $0).svg } ?? ""
        severity =
            rater.severity.map { severity in
                let points = Self.decimal(abs(severity))
                return points == "0.0" ? "as the others" : "\(points) \(severity < 0 ? "lower" : "higher")"
            } ?? "not enough"
        agreement =
            rater.agreement.map(Self.decimal) ?? (rater.isEnough ? "all gave one score" : "not enough")
    }

    private static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
