internal import FoundationEssentials
import NullableJSON
internal import Reviews

/// A role, inside another object.
struct RoleReferenceJSON: Encodable, Sendable {
    var slug: String
    var title: String
    var isBlind: Bool

    init(_ role: RoleReference) {
        slug = role.slug
        title = role.title
        isBlind = role.isBlind
    }
}

/// A role with the viewer's work to do.
struct RoleOverviewJSON: Encodable, Sendable {
    var slug: String
    var title: String
    var isBlind: Bool
    var candidates: Int
    var waiting: Int
    /// Not counting silences.
    var waitingMs: Int
    var faults: Int
    var awaitingTake: Int
    var processing: Int
    var done: Int
    @OrNull var nextQuestion: String?

    init(_ overview: RoleOverview) {
        slug = overview.role.slug
        title = overview.role.title
        isBlind = overview.role.isBlind
        candidates = overview.candidates
        waiting = overview.waiting
        waitingMs = overview.waitingMs
        faults = overview.faults
        awaitingTake = overview.awaitingTake
        processing = overview.processing
        done = overview.done
        nextQuestion = overview.nextQuestion
    }
}

/// A role with the questions that it asks now, in order.
struct RoleJSON: Encodable, Sendable {
    var slug: String
    var title: String
    var isBlind: Bool
    var questions: [QuestionReferenceJSON]

    init(_ details: RoleDetails) {
        slug = details.role.slug
        title = details.role.title
        isBlind = details.role.isBlind
        questions = details.questions.map(QuestionReferenceJSON.init)
    }
}

/// How a role is reviewed.
struct RoleSettingsJSON: Encodable, Sendable {
    var isBlind: Bool
    var othersRatings: RoleSettings.OthersRatings
    var adminsFollowRule: Bool

    init(_ settings: RoleSettings) {
        isBlind = settings.isBlind
        othersRatings = settings.othersRatings
        adminsFollowRule = settings.adminsFollowRule
    }
}

/// Somebody who could review a role.
struct RoleMemberJSON: Encodable, Sendable {
    var reviewerID: Int64
    var name: String
    var email: String
    var isAdmin: Bool
    var isMember: Bool

    init(_ member: RoleMember) {
        reviewerID = member.reviewerID
        name = member.name
        email = member.email
        isAdmin = member.isAdmin
        isMember = member.isMember
    }
}
