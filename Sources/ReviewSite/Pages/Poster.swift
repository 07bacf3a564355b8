/// An answer's poster with its length, the reviewer's own rating and the findings. Shown on the wall and in a candidate's interview.
///
/// The HTML is made here and not in a template, because the wall has hundreds of posters.
struct Poster: Sendable {
    enum Own: Sendable {
        case none
        case score(Int)
        case abstained
    }

    var response: Int64
    /// The text in place of a missing picture, such as that the answer is being processed or has only sound.
    var instead: String?
    var hasStoryboard = false
    var length: String?
    var own = Own.none
    /// Sentences about the recording; faults first.
    var faults: [String] = []
    var warnings: [String] = []
    var isSplit = false

    /// Attributes for the element around the poster. They make the storyboard appear when the mouse moves over it.
    var scrubbing: String {
        hasStoryboard ? " data-storyboard=\"/media/\(response)/storyboard\" data-track=\"/media/\(response)/storyboard_track\"" : ""
    }

    var html: String {
        var html = "<span class=\"poster\">"
        if let instead {
            html += "<span class=\"poster-none\">\(Markup.escaped(instead))</span>"
        } else {
            html += "<img loading=\"lazy\" decoding=\"async\" src=\"/media/\(response)/poster\" alt=\"\" width=\"160\" height=\"100\">"
        }
        if isSplit { html += "<span class=\"remark split chip-warning\" title=\"Opinions are split\">split</span>" }
        if !faults.isEmpty || !warnings.isEmpty {
            let sentences = Markup.escaped((faults + warnings).joined(separator: " "))
            let kind = faults.isEmpty ? ("chip-warning", "note") : ("chip-fault", "fault")
            html += "<span class=\"remark \(kind.0)\" title=\"\(sentences)\">\(kind.1)</span>"
        }
        switch own {
        case .score(let score): html += "<span class=\"mine chip-\(score)\"><span class=\"unseen\">You rated it </span>\(score)</span>"
        case .abstained: html += "<span class=\"mine chip-none\"><span class=\"unseen\">You abstained</span>–</span>"
        case .none: break
        }
        if let length { html += "<span class=\"length\">\(length)</span>" }
        return html + "</span>"
    }
}
