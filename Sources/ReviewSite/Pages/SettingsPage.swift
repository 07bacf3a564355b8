internal import Reviews

/// A role's settings, its reviewers, and the wording of its questions.
struct SettingsPage: Page {
    struct Question {
        var number: Int
        var key: String
        var prompt: String
        var version: Int
        /// One a line.
        var keyPoints: String
        var anchor1: String
        var anchor3: String
        var anchor5: String
        /// The earlier versions and their numbers of answers.
        var history: String?
    }

    struct Visibility {
        var value: String
        var says: String
        var isChosen: Bool
    }

    struct Member {
        var id: Int64
        var name: String
        var isMember: Bool
    }

    static let template = "settings"
    let title: String
    var role: String
    var roleTitle: String
    var isBlind: Bool
    var adminsFollowRule: Bool
    var visibilities: [Visibility]
    var hasMembers: Bool
    var members: [Member]
    var questions: [Question]

    init(_ details: RoleDetails, settings: RoleSettings, members: [RoleMember], wordings: [QuestionWording]) {
        title = "Settings: \(details.role.title)"
        role = details.role.slug
        roleTitle = details.role.title
        isBlind = settings.isBlind
        adminsFollowRule = settings.adminsFollowRule
        visibilities = RoleSettings.OthersRatings.allCases.map {
            Visibility(value: $0.rawValue, says: $0.label, isChosen: settings.othersRatings == $0)
        }
        self.members = members.filter { !$0.isAdmin }.map { Member(id: $0.reviewerID, name: $0.name, isMember: $0.isMember) }
        hasMembers = !self.members.isEmpty
        questions = Dictionary(grouping: wordings, by: \.key).values.compactMap(Question.init).sorted { $0.number < $1.number }
    }
}

extension SettingsPage.Question {
    /// Made from a question's versions; the newest can be edited.
    fileprivate init?(_ versions: [QuestionWording]) {
        let versions = versions.sorted { $0.version > $1.version }
        guard let newest = versions.first else { return nil }
        number = newest.number
        key = newest.key
        prompt = newest.prompt
        version = newest.version
        keyPoints = newest.keyPoints.joined(separator: "\n")
        anchor1 = newest.anchors.one
        anchor3 = newest.anchors.three
        anchor5 = newest.anchors.five
        history =
            versions.count > 1
            ? versions.map { "Version \($0.version): \(Count.of($0.answers, "answer"))" }.joined(separator: " · ") : nil
    }
}

extension RoleSettings.OthersRatings {
    fileprivate var label: String {
        switch self {
        case .afterOwn: "once I have rated the answer myself (independent ratings)"
        case .always: "always"
        case .never: "never"
        }
    }
}
