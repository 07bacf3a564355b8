/// An answer as a poster with what one wants to know before opening it: length, one's own rating, findings. On the wall and in a
/// candidate's interview.
///
/// Put together here rather than in a template, because the wall has hundreds of them.
struct Poster: Sendable {
    enum Own: Sendable {
        case none
        case score(Int)
        case abstained
    }

    var response: Int64
    /// What stands in the picture's place where there is none: that it is still processed, that there is only sound.
    var instead: String?
    var hasStoryboard = false
    var length: String?
    var own = Own.none
    /// Sentences about the recording; faults first.
    var faults: [String] = []
    var warnings: [String] = []
    var isSplit = false

    /// Attributes for the element around the poster, by which moving over it shows its storyboard.
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
