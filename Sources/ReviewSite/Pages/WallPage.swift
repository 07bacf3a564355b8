internal import Recordings
internal import Reviews

/// All answers of a role as a table: one row for each candidate, one column for each question.
struct WallPage: Page {
    struct Filter {
        var href: String
        var says: String
        var isOn: Bool
    }

    struct Question {
        var href: String
        var number: Int
        var prompt: String
    }

    struct Row {
        var href: String
        var candidate: String
        /// HTML, made in ``WallPage/cell(_:of:role:)``.
        var cells: String
    }

    static let template = "wall"
    let title: String
    var role: String
    var roleTitle: String
    var summary: String
    var isBlind: Bool
    var filters: [Filter]
    var questions: [Question]
    var hasRows: Bool
    var rows: [Row]
    var pager: PageOfRows.Links?
    var isFiltered: Bool
    var emptyTitle: String
    var emptyAdvice: String

    init(_ wall: Wall, filter: Wall.Filter?, part: PageOfRows) {
        let address = "/roles/\(wall.role.slug)"
        title = wall.role.title
        role = wall.role.slug
        roleTitle = wall.role.title
        summary = "\(Count.of(wall.count, "candidate")) · \(Count.of(wall.questions.count, "question"))"
        isBlind = wall.role.isBlind
        filters =
            [Filter(href: address, says: "All", isOn: filter == nil)]
            + Wall.Filter.allCases.map { Filter(href: "\(address)?show=\($0.rawValue)", says: $0.label, isOn: filter == $0) }
        questions = wall.questions.map { Question(href: "\(address)/questions/\($0.key)", number: $0.number, prompt: $0.prompt) }
        hasRows = !wall.rows.isEmpty
        rows = wall.rows.map { row in
            Row(
                href: "\(address)/candidates/\(row.interviewID)", candidate: row.candidate.label,
                cells: zip(row.cells, wall.questions).map { Self.cell($0, of: $1, role: wall.role.slug) }.joined())
        }
        pager = part.links(of: wall.count, at: filter.map { "\(address)?show=\($0.rawValue)" } ?? address)
        isFiltered = filter != nil
        emptyTitle = filter?.nothingFound ?? "No answers yet"
        emptyAdvice =
            filter == nil
            ? "They appear here as soon as candidates send them. To bring recordings in: dailies import MANIFEST.csv" : "That is good news."
    }

    private static func cell(_ cell: Wall.Cell?, of question: QuestionReference, role: String) -> String {
        guard let cell else { return "<div class=\"wall-cell\" role=\"cell\"><span class=\"wall-nothing\">–</span></div>" }
        let poster = Poster(cell)
        return """
            <div class="wall-cell\(cell.isMatch ? "" : " dim")" role="cell"><a class="cell" \
            href="/roles/\(role)/questions/\(Markup.escaped(question.key))/\(cell.responseID)"\(poster.scrubbing)>\
            <span class="unseen">Question \(question.number) </span>\(poster.html)</a></div>
            """
    }
}

extension Wall.Filter {
    fileprivate var label: String {
        switch self {
        case .unrated: "Unrated by me"
        case .faults: "With faults"
        case .split: "Split opinions"
        }
    }

    fileprivate var nothingFound: String {
        switch self {
        case .unrated: "You have rated everything"
        case .faults: "No recording is at fault"
        case .split: "No opinions are split"
        }
    }
}

extension Poster {
    fileprivate init(_ cell: Wall.Cell) {
        self.init(response: cell.responseID)
        instead = cell.hasPoster ? nil : cell.standing.insteadOfPicture
        hasStoryboard = cell.hasStoryboard
        length = cell.durationMs.map { DurationText.clock($0) }
        own = Own(cell.mine)
        faults = cell.faults.map(\.sentence)
        warnings = cell.warnings.map(\.sentence)
        isSplit = cell.isSplit
    }
}

extension Poster.Own {
    init(_ judgement: Judgement?) {
        switch judgement {
        case .score(let score): self = .score(score)
        case .abstained: self = .abstained
        case nil: self = .none
        }
    }
}

extension AnswerStanding {
    /// The text in place of a picture.
    var insteadOfPicture: String {
        switch self {
        case .processing: "Processing"
        case .awaitingFile: "Not arrived yet"
        case .awaitingTake: "New take asked for"
        case .fault: "Cannot be shown"
        case .waiting, .done: "Sound only"
        }
    }
}
