internal import Reviews

/// Comments in the order of the answer.
struct CommentsPanel: Sendable {
    struct Item: Sendable {
        var id: Int64
        var author: String
        var isMine: Bool
        /// For `#t=…`.
        var seconds: String
        var moment: String
        var until: String?
        var body: String
    }

    var items: [Item]

    init(_ comments: [Comment]) {
        items = comments.map { comment in
            Item(
                id: comment.id, author: comment.isMine ? "You" : comment.reviewerName, isMine: comment.isMine,
                seconds: "\(comment.fromMs / 1000).\(comment.fromMs % 1000 / 100)", moment: DurationText.clock(comment.fromMs),
                until: comment.toMs.map { DurationText.clock($0) }, body: comment.body)
        }
    }
}
