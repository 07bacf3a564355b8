internal import FoundationEssentials
internal import Recordings
internal import Reviews

/// The values for `<answer-player>`: addresses, and the JSON that Static/player/answer-player.js describes.
struct PlayerPanel: Sendable {
    var hasPicture: Bool
    var playback: String?
    var poster: String?
    var captions: String?
    var whyNoPlayback: String
    var data: String

    private struct Mark: Encodable {
        var fromMs: Int
        var toMs: Int?
    }

    private struct Values: Encodable {
        var durationMs: Int?
        var silences: [Span]
        var watched: [Span]
        var comments: [Mark]
        var waveform: String?
        var storyboard: String?
        var storyboardTrack: String?
    }

    init(_ answer: AnswerDetails, comments: [Comment]) throws {
        let kinds = Set(answer.artifacts)
        func address(_ kind: ArtifactKind) -> String? { kinds.contains(kind) ? "/media/\(answer.responseID)/\(kind.rawValue)" : nil }
        hasPicture = answer.picture != nil
        // If there is no playback copy that browsers play, the rendition is used.
        playback = address(.playback) ?? (kinds.contains(.rendition) ? "/media/\(answer.responseID)/playback" : nil)
        captions = answer.hasCaptions ? "/media/\(answer.responseID)/captions" : nil
        poster = address(.poster)
        whyNoPlayback =
            switch answer.status {
            case .processing: "This answer is still being processed. Load the page again in a moment."
            case .awaitingFile:
                "The recording has not arrived yet. Dailies looks for it again and again, for a day unless set otherwise, and shows it here when it has come."
            case .unusable: "There is nothing to play."
            case .reviewable:
                "No browser plays what this was recorded with. A copy that plays everywhere is made as soon as a worker is free."
            }
        let values = Values(
            durationMs: answer.durationMs, silences: answer.silences, watched: answer.mine?.watched ?? [],
            comments: comments.map { Mark(fromMs: $0.fromMs, toMs: $0.toMs) }, waveform: address(.waveform),
            storyboard: address(.storyboard), storyboardTrack: address(.storyboardTrack))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        data = Markup.embedded(json: String(decoding: try encoder.encode(values), as: UTF8.self))
    }
}
