internal import ForeignText
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// Compares the files that a child wrote with what its report says of them. Blocks on the files.
struct ArtifactCheck {
    let files: [ArtifactKind: FileDescriptor]
    let limits: InspectionLimits

    /// The artifacts with their sizes filled in. A file that the report does not name is emptied.
    /// - Throws: `ReportDefect` for a file that is not what it should be, `Errno` when a file cannot be read.
    func checked(_ named: ReportArtifacts) throws -> ReportArtifacts {
        // Computed first: an assignment through an optional chain that is `nil` does not evaluate its right side.
        let poster = try size(of: .poster, isNamed: named.poster != nil)
        let storyboard = try size(of: .storyboard, isNamed: named.storyboard != nil)
        let waveform = try size(of: .waveform, isNamed: named.waveform != nil)
        let playback = try size(of: .playback, isNamed: named.playback != nil)
        var artifacts = named
        artifacts.poster?.file.bytes = poster
        artifacts.storyboard?.file.bytes = storyboard
        artifacts.waveform?.file.bytes = waveform
        artifacts.playback?.file.bytes = playback
        if let poster = artifacts.poster { try checkJPEG(.poster, width: poster.width, height: poster.height) }
        if let sheet = artifacts.storyboard { try checkJPEG(.storyboard, width: sheet.width, height: sheet.height) }
        if let waveform = artifacts.waveform { try check(waveform) }
        if let playback = artifacts.playback { try check(playback) }
        return artifacts
    }

    /// The rendition with its size filled in. Without one its file is emptied.
    func checked(_ named: Rendition?) throws -> Rendition? {
        let size = try size(of: .rendition, isNamed: named != nil)
        guard var rendition = named, let file = files[.rendition].map(LentFile.init) else { return nil }
        guard try file.read(from: 4, count: 4) == Array("ftyp".utf8) else { throw defect(.rendition, "does not begin as its type does") }
        rendition.file.bytes = size
        return rendition
    }

    private func size(of kind: ArtifactKind, isNamed: Bool) throws -> Int64? {
        guard let descriptor = files[kind] else {
            if isNamed { throw defect(kind, "is named, but was not asked for") }
            return nil
        }
        let file = LentFile(descriptor: descriptor)
        guard isNamed else {
            try file.empty()
            return nil
        }
        let size = try file.size()
        guard size > 0 else { throw defect(kind, "is named, but its file is empty") }
        guard size <= limits.artifactBytes else { throw defect(kind, "is larger than it may be") }
        return size
    }

    private func checkJPEG(_ kind: ArtifactKind, width: Int, height: Int) throws {
        guard let file = files[kind].map(LentFile.init) else { return }
        guard let header = try JPEGHeader(file.read(count: 64 << 10)) else { throw defect(kind, "is not a JPEG") }
        guard header.width == width, header.height == height else { throw defect(kind, "is of another size than the report says") }
        let end = try file.read(from: max(0, file.size() - 2), count: 2)
        guard end == [0xFF, 0xD9] else { throw defect(kind, "is not a whole JPEG") }
    }

    private func check(_ waveform: Waveform) throws {
        guard let file = files[.waveform].map(LentFile.init) else { return }
        guard try file.size() <= WaveformFile.bytesAtMost else { throw defect(.waveform, "is larger than it may be") }
        guard let content = try? WaveformFile(json: file.read(count: WaveformFile.bytesAtMost)), content.isConsistent else {
            throw defect(.waveform, "is not a waveform of version 2")
        }
        guard
            content.length == waveform.points, content.sampleRate == waveform.sampleRate,
            content.samplesPerPixel == waveform.samplesPerPoint
        else { throw defect(.waveform, "is another one than the report says") }
    }

    private func check(_ playback: Playback) throws {
        guard let file = files[.playback].map(LentFile.init) else { return }
        let start = try file.read(count: 8)
        let isRight =
            if playback.file.mediaType.ends(with: "/webm") {
                start.starts(with: [0x1A, 0x45, 0xDF, 0xA3])
            } else {
                Array(start.dropFirst(4)) == Array("ftyp".utf8)
            }
        guard isRight else { throw defect(.playback, "does not begin as its type does") }
    }

    private func defect(_ kind: ArtifactKind, _ problem: String) -> ReportDefect {
        ReportDefect(field: "artifacts.\(kind.rawValue)", problem: problem)
    }
}
