import ArgumentParser
import ForeignText
import JobQueue

/// The filters that commands on several jobs share.
struct JobFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only jobs of this kind, for example inspect_response.", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("Only jobs whose latest error holds this text, in capitals or not.", valueName: "text"))
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "Only jobs that a worker of this name has or had; its beginning, such as the host, is enough.", valueName: "name"))
    var worker: String?

    @Option(
        help: ArgumentHelp("Only jobs inserted at least this long ago: 90s, 10m, 2h, 3d.", valueName: "time"),
        transform: Duration.init(text:))
    var older: Duration?

    @Option(
        help: ArgumentHelp("Only jobs inserted within this time: 90s, 10m, 2h, 3d.", valueName: "time"), transform: Duration.init(text:))
    var newer: Duration?

    func filter(_ statuses: Set<JobStatus>) -> JobFilter {
        JobFilter(statuses: statuses, kind: kind, reason: reason, worker: worker, olderThan: older, newerThan: newer)
    }

    /// Whether any filter is set.
    var isEmpty: Bool { kind == nil && reason == nil && worker == nil && older == nil && newer == nil }
}

extension Duration {
    /// `90s`, `10m`, `2h`, `3d`.
    fileprivate init(text: String) throws {
        let units: [Substring: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let match = text.plainMatch(of: /([0-9]{1,7})([smhd])/), let unit = units[match.2], let number = Int64(match.1),
            number <= 1_000_000
        else {
            throw ValidationError("a time is a number with s, m, h or d behind it, such as 10m; this is \"\(text)\".")
        }
        self = .seconds(number * unit)
    }
}
